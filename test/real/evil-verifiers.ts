import { spawnSync } from "node:child_process"
import { createRequire } from "node:module"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"

import { bundleFromJSON } from "@sigstore/bundle"
import { TrustedRoot } from "@sigstore/protobuf-specs"
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify"

import { type Exhibit, EXPECTED, type Form } from "../evil/exhibit.ts"
import { WHEEL_NAME } from "../support/judge.ts"
import { installPeer, type PeerName, PEERS } from "./peers.ts"

/** What a verifier made of an exhibit; "not asked" where it has no way to be shown it. */
export type Outcome =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "not asked" }

/** A verifier that evil is shown to. */
export interface EvilVerifier {
  readonly name: string
  readonly version: string
  readonly verify: (exhibit: Exhibit, form: Form) => Outcome
}

const PREDICATE = "https://slsa.dev/provenance/v1"
const REPOSITORY = "https://github.com/acme/rocket"
const require = createRequire(import.meta.url)
const { identity, issuer } = EXPECTED

/** The peers that evil is shown to, which are programs to be installed. */
export const EVIL_PEERS: readonly PeerName[] = ["cosign", "sigstore-python", "pypi-attestations"]

/** The verifiers, ours first; installs those that are programs of others. */
export function evilVerifiers(): readonly EvilVerifier[] {
  return [wheelproof(), cosign(), sigstorePython(), sigstoreVerify(), pypiAttestations()]
}

function wheelproof(): EvilVerifier {
  return {
    name: "wheelproof",
    version: versionOf("../../package.json"),
    verify: (exhibit) =>
      inFolder(exhibit, ({ file, bundle, root }) => {
        const bin = path.resolve("src/cli/bin.ts")
        const told = `--trusted-root ${root} --offline --format json --identity ${identity} --issuer ${issuer}`
        const words = [bin, "verify", file, "--provenance", bundle, ...told.split(" ")]
        const { status, stdout, stderr } = run(process.execPath, words)
        return status === 0
          ? { kind: "accepted" }
          : { kind: "refused", why: reasonsIn(stdout) ?? codeIn(stderr) }
      }),
  }
}

/** The checks that a report names, or nothing for output that is no report. */
function reasonsIn(report: string): string | undefined {
  if (!report.startsWith("{")) return undefined
  const { results }: Report = JSON.parse(report)
  const checks = results.flatMap(({ reasons }) => reasons ?? []).map(({ check }) => check)
  return [...new Set(checks)].join()
}

/** As much of wheelproof's report as is read here. */
interface Report {
  readonly results: readonly { readonly reasons?: readonly { readonly check: string }[] }[]
}

function codeIn(text: string): string {
  return /\b(ERR_[A-Z_]+)\b/.exec(text)?.[1] ?? lastWords(text)
}

function cosign(): EvilVerifier {
  return program("cosign", ({ bundle, root, file }, form) => {
    const command =
      form === "file" ? ["verify-blob"] : ["verify-blob-attestation", "--type", PREDICATE]
    const told = `--certificate-identity ${identity} --certificate-oidc-issuer ${issuer}`
    const times = form === "statement-rekor-v2" ? ["--use-signed-timestamps"] : []
    return [
      ...command,
      "--bundle",
      bundle,
      "--trusted-root",
      root,
      ...told.split(" "),
      ...times,
      file,
    ]
  })
}

function sigstorePython(): EvilVerifier {
  return program("sigstore-python", ({ config, bundle, file }) => {
    const told = `--cert-identity ${identity} --cert-oidc-issuer ${issuer}`
    const command = ["--trust-config", config, "verify", "identity", "--bundle", bundle]
    return [...command, ...told.split(" "), file]
  })
}

/** A library: signature, certificate, log and identity; what a statement says is its callers' business. */
function sigstoreVerify(): EvilVerifier {
  return {
    name: "@sigstore/verify",
    version: versionOf("@sigstore/verify/package.json"),
    verify({ bundle, trustedRoot, file }) {
      try {
        const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(parse(trustedRoot))))
        verifier.verify(toSignedEntity(bundleFromJSON(parse(bundle)), Buffer.from(file)), {
          subjectAlternativeName: identity,
          extensions: { issuer },
        })
        return { kind: "accepted" }
      } catch (error) {
        return { kind: "refused", why: String(error) }
      }
    },
  }
}

function parse(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString("utf8"))
}

/** Told the repository; the workflow is the provenance object's. Offline it trusts what is in the user's cache: here our trust root. */
function pypiAttestations(): EvilVerifier {
  const told = ["verify", "pypi", "--offline", "--repository", REPOSITORY, "--provenance-file"]
  const asked = program("pypi-attestations", ({ provenance, file }) => [...told, provenance, file])
  return {
    ...asked,
    verify: (exhibit, form) =>
      exhibit.provenance === undefined ? { kind: "not asked" } : asked.verify(exhibit, form),
  }
}

/** A verifier that is a program: accepted is exit code 0. It runs with a home of its own. */
function program(
  name: PeerName,
  words: (files: ExhibitFiles, form: Form) => readonly string[],
): EvilVerifier {
  const command = installPeer(name)
  return {
    name,
    version: PEERS[name].version,
    verify: (exhibit, form) =>
      inFolder(exhibit, (files) => {
        const { home } = files
        const [cache, data] = ["cache", "data"].map((part) => path.join(home, part))
        const environment = { HOME: home, XDG_CACHE_HOME: cache, XDG_DATA_HOME: data }
        const { status, stdout, stderr } = run(command, words(files, form), environment)
        return status === 0
          ? { kind: "accepted" }
          : { kind: "refused", why: lastWords(`${stdout}\n${stderr}`) }
      }),
  }
}

interface ExhibitFiles {
  readonly file: string
  readonly bundle: string
  readonly provenance: string
  readonly root: string
  readonly config: string
  readonly home: string
}

function inFolder(exhibit: Exhibit, verify: (files: ExhibitFiles) => Outcome): Outcome {
  const folder = mkdtempSync(path.join(tmpdir(), "wheelproof-evil-"))
  try {
    return verify(writeFiles(exhibit, folder))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function writeFiles(
  { file, bundle, provenance, trustedRoot }: Exhibit,
  folder: string,
): ExhibitFiles {
  const write = (name: string, content: Uint8Array | string): string => {
    const target = path.join(folder, name)
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, content)
    return target
  }
  const tuf = `cache/sigstore-python/tuf/${encodeURIComponent("https://tuf-repo-cdn.sigstore.dev")}`
  write(`home/${tuf}/trusted_root.json`, trustedRoot)
  write(`home/${tuf}/signing_config.v0.2.json`, SIGNING_CONFIG)
  return {
    file: write(WHEEL_NAME, file),
    bundle: write("evidence.sigstore.json", bundle),
    provenance: write("evidence.provenance", provenance ?? ""),
    root: write("trusted_root.json", trustedRoot),
    config: write("trust_config.json", trustConfig(trustedRoot)),
    home: path.join(folder, "home"),
  }
}

const SIGNING_CONFIG = JSON.stringify({
  mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
  rekorTlogConfig: { selector: "ANY" },
  tsaConfig: { selector: "ANY" },
})

// Put together as text: the trust root may hold what no JSON value can.
function trustConfig(trustedRoot: Uint8Array): string {
  const mediaType = "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json"
  const root = Buffer.from(trustedRoot).toString("utf8")
  return `{"mediaType":"${mediaType}","trustedRoot":${root},"signingConfig":${SIGNING_CONFIG}}`
}

function run(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): { readonly status: number; readonly stdout: string; readonly stderr: string } {
  const env = { ...process.env, NO_COLOR: "1", ...environment }
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    env,
    encoding: "utf8",
    timeout: 120_000,
  })
  if (status === null) throw new Error(`${command} did not end by itself`, { cause: error })
  return { status, stdout, stderr }
}

/** The end of what a program says, on one line. */
function lastWords(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ").slice(-400)
}

function versionOf(manifest: string): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(require.resolve(manifest), "utf8"),
  )
  return version
}
