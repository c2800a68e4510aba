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
import { installPeer, PEERS } from "./peers.ts"

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

/** The verifiers, ours first; installs those that are programs of others. */
export function evilVerifiers(): readonly EvilVerifier[] {
  return [wheelproof(), cosign(), sigstorePython(), sigstoreVerify(), pypiAttestations()]
}

function wheelproof(): EvilVerifier {
  return {
    name: "wheelproof",
    version: versionOf("../../package.json"),
    verify: (exhibit) =>
      inFolder(exhibit, (files) => {
        const { identity, issuer } = EXPECTED
        const { status, stdout, stderr } = run(process.execPath, [
          path.resolve("src/cli/bin.ts"),
          ...["verify", files.file, "--provenance", files.bundle, "--trusted-root", files.root],
          ...["--offline", "--format", "json", "--identity", identity, "--issuer", issuer],
        ])
        if (status === 0) return { kind: "accepted" }
        return { kind: "refused", why: reasonsIn(stdout) ?? lastLine(stderr) }
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

function cosign(): EvilVerifier {
  const program = installPeer("cosign")
  return {
    name: "cosign",
    version: PEERS.cosign.version,
    verify: (exhibit, form) =>
      inFolder(exhibit, (files) => {
        const command =
          form === "file" ? ["verify-blob"] : ["verify-blob-attestation", "--type", PREDICATE]
        return answerOf(
          run(program, [
            ...command,
            ...["--bundle", files.bundle, "--trusted-root", files.root],
            ...["--certificate-identity", EXPECTED.identity],
            ...["--certificate-oidc-issuer", EXPECTED.issuer],
            ...(form === "statement-rekor-v2" ? ["--use-signed-timestamps"] : []),
            files.file,
          ]),
        )
      }),
  }
}

function sigstorePython(): EvilVerifier {
  const program = installPeer("sigstore-python")
  return {
    name: "sigstore-python",
    version: PEERS["sigstore-python"].version,
    verify: (exhibit) =>
      inFolder(exhibit, (files) =>
        answerOf(
          run(program, [
            ...[
              "--trust-config",
              files.trustConfig,
              "verify",
              "identity",
              "--bundle",
              files.bundle,
            ],
            ...["--cert-identity", EXPECTED.identity, "--cert-oidc-issuer", EXPECTED.issuer],
            files.file,
          ]),
        ),
      ),
  }
}

/** A library: signature, certificate, log and identity; what a statement says is its callers' business. */
function sigstoreVerify(): EvilVerifier {
  return {
    name: "@sigstore/verify",
    version: versionOf("@sigstore/verify/package.json"),
    verify({ bundle, trustedRoot, file }) {
      try {
        const read = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString("utf8"))
        const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(read(trustedRoot))))
        verifier.verify(toSignedEntity(bundleFromJSON(read(bundle)), Buffer.from(file)), {
          subjectAlternativeName: EXPECTED.identity,
          extensions: { issuer: EXPECTED.issuer },
        })
        return { kind: "accepted" }
      } catch (error) {
        return { kind: "refused", why: String(error) }
      }
    },
  }
}

function pypiAttestations(): EvilVerifier {
  const program = installPeer("pypi-attestations")
  return {
    name: "pypi-attestations",
    version: PEERS["pypi-attestations"].version,
    verify: (exhibit) =>
      exhibit.provenance === undefined
        ? { kind: "not asked" }
        : inFolder(exhibit, (files) =>
            answerOf(
              run(
                program,
                [
                  ...["verify", "pypi", "--offline", "--repository", REPOSITORY],
                  ...["--provenance-file", files.provenance, files.file],
                ],
                // Offline it trusts what is in the user's cache: here our trust root, in a home of its own.
                {
                  HOME: files.home,
                  XDG_CACHE_HOME: path.join(files.home, "cache"),
                  XDG_DATA_HOME: path.join(files.home, "data"),
                },
              ),
            ),
          ),
  }
}

interface ExhibitFiles {
  readonly file: string
  readonly bundle: string
  readonly provenance: string
  readonly root: string
  readonly trustConfig: string
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
    trustConfig: write("trust_config.json", trustConfig(trustedRoot)),
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
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): { readonly status: number; readonly stdout: string; readonly stderr: string } {
  const env = { ...process.env, NO_COLOR: "1", ...environment }
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    env,
    encoding: "utf8",
    timeout: 120_000,
  })
  if (status === null) throw new Error(`${program} did not end by itself`, { cause: error })
  return { status, stdout, stderr }
}

function answerOf({ status, stdout, stderr }: ReturnType<typeof run>): Outcome {
  return status === 0
    ? { kind: "accepted" }
    : { kind: "refused", why: lastLine(`${stdout}\n${stderr}`) }
}

function lastLine(text: string): string {
  return text.trim().split("\n").slice(-3).join(" | ")
}

function versionOf(manifest: string): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(require.resolve(manifest), "utf8"),
  )
  return version
}
