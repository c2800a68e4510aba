import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { homedir } from "node:os"
import path from "node:path"
import process from "node:process"

/**
 * Other people's programs that ours is held against, each of one pinned version. They live in a folder outside the tree, are installed
 * by their ordinary clients, and are never dependencies of the product. To add one: a line in this table, or in the next.
 */
export const PEERS: Readonly<Record<PeerName, Peer>> = {
  cosign: {
    kind: "go",
    module: "github.com/sigstore/cosign/v3",
    command: "cmd/cosign",
    program: "cosign",
    version: "3.1.3",
  },
  fulcio: {
    kind: "go",
    module: "github.com/sigstore/fulcio",
    command: "",
    program: "fulcio",
    version: "1.8.8",
  },
  rekor: {
    kind: "go",
    module: "github.com/sigstore/rekor",
    command: "cmd/rekor-server",
    program: "rekor-server",
    version: "1.5.5",
  },
  "rekor-tiles": {
    kind: "go",
    module: "github.com/sigstore/rekor-tiles/v2",
    command: "cmd/rekor-server/posix",
    program: "posix",
    version: "2.3.0",
  },
  "timestamp-authority": {
    kind: "go",
    module: "github.com/sigstore/timestamp-authority/v2",
    command: "cmd/timestamp-server",
    program: "timestamp-server",
    version: "2.1.5",
  },
  "trillian-log-server": {
    kind: "go",
    module: "github.com/google/trillian",
    command: "cmd/trillian_log_server",
    program: "trillian_log_server",
    version: "1.8.0",
  },
  "trillian-log-signer": {
    kind: "go",
    module: "github.com/google/trillian",
    command: "cmd/trillian_log_signer",
    program: "trillian_log_signer",
    version: "1.8.0",
  },
  "sigstore-python": {
    kind: "python",
    distribution: "sigstore",
    program: "sigstore",
    version: "4.5.1",
  },
  "pypi-attestations": {
    kind: "python",
    distribution: "pypi-attestations",
    program: "pypi-attestations",
    version: "0.0.30",
  },
  build: {
    kind: "python",
    distribution: "build",
    program: "pyproject-build",
    version: "1.6.1",
  },
}

export type PeerName =
  | "cosign"
  | "fulcio"
  | "rekor"
  | "rekor-tiles"
  | "timestamp-authority"
  | "trillian-log-server"
  | "trillian-log-signer"
  | "sigstore-python"
  | "pypi-attestations"
  | "build"

/** What people publish with and install with, held against the local index. */
const INDEX_CLIENTS: Readonly<Record<IndexClientName, Peer>> = {
  twine: { kind: "python", distribution: "twine", program: "twine", version: "7.0.0" },
  uv: { kind: "python", distribution: "uv", program: "uv", version: "0.13.9" },
  pip: { kind: "python", distribution: "pip", program: "pip", version: "26.3" },
}

export type IndexClientName = "twine" | "uv" | "pip"

type Peer =
  | {
      readonly kind: "go"
      readonly module: string
      /** The folder of the command in its module; empty where it is the module's own. */
      readonly command: string
      readonly program: string
      readonly version: string
    }
  | {
      readonly kind: "python"
      readonly distribution: string
      readonly program: string
      readonly version: string
    }

/** What Go builds with; the peers need a newer one than most machines have. */
const GO_TOOLCHAIN = "go1.27.0"

/** Where the peers are: `WHEELPROOF_PEERS`, or a folder in the user's cache. */
export function peersFolder(): string {
  const { WHEELPROOF_PEERS: own, XDG_CACHE_HOME: cache } = process.env
  return own ?? path.join(cache ?? path.join(homedir(), ".cache"), "wheelproof", "peers")
}

/** The path of a peer's program where it is there in its version, else undefined. */
export function findPeer(name: PeerName | IndexClientName): string | undefined {
  const peer = peerOf(name)
  const program = programOf(peer)
  return existsSync(program) && installedVersion(peer) === peer.version ? program : undefined
}

/** Go's module cache, in which the sources of what was built are. */
export function goModules(): string {
  return output("go", ["env", "GOMODCACHE"]).trim()
}

/** Installs a peer if it is not there; the path of its program. Throws where it cannot be had. */
export function installPeer(name: PeerName | IndexClientName): string {
  const found = findPeer(name)
  if (found !== undefined) return found
  const peer = peerOf(name)
  process.stderr.write(`installing ${name} ${peer.version} into ${peersFolder()}\n`)
  if (peer.kind === "go") {
    const command = path.posix.join(peer.module, peer.command)
    run("go", ["install", `${command}@v${peer.version}`], {
      GOBIN: path.join(peersFolder(), "bin"),
      GOTOOLCHAIN: GO_TOOLCHAIN,
    })
  } else {
    const venv = path.join(peersFolder(), "venv")
    if (!existsSync(venv)) run("python3", ["-m", "venv", venv])
    run(path.join(venv, "bin", "pip"), ["install", "-q", `${peer.distribution}==${peer.version}`])
  }
  const installed = findPeer(name)
  if (installed === undefined) throw new Error(`${name} ${peer.version} was not installed`)
  return installed
}

function peerOf(name: PeerName | IndexClientName): Peer {
  return { ...PEERS, ...INDEX_CLIENTS }[name]
}

function programOf({ kind, program }: Peer): string {
  return path.join(peersFolder(), ...(kind === "go" ? ["bin"] : ["venv", "bin"]), program)
}

function installedVersion(peer: Peer): string | undefined {
  if (peer.kind === "go") {
    const text = output("go", ["version", "-m", programOf(peer)])
    return /^\s*mod\s+\S+\s+v(\S+)/m.exec(text)?.[1]
  }
  const python = path.join(path.dirname(programOf(peer)), "python")
  const code = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
  return output(python, ["-c", code, peer.distribution]).trim()
}

function output(program: string, args: readonly string[]): string {
  return spawnSync(program, args, { encoding: "utf8" }).stdout
}

function run(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): void {
  const env = { ...process.env, ...environment }
  const { status, error } = spawnSync(program, args, {
    env,
    stdio: ["ignore", "inherit", "inherit"],
  })
  if (error !== undefined || status !== 0) {
    throw new Error(`${program} ${args.join(" ")} failed`, { cause: error })
  }
}
