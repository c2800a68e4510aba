import { readFileSync } from "node:fs"
import { parseArgs } from "node:util"

import { hashFile } from "../../src/io/hash-file.ts"
import { createFiles } from "../../src/io/files.ts"
import type { Artifact } from "../../src/core/artifact.ts"
import { parseSha256 } from "../../src/core/digest.ts"
import { parsePublicKeyPem } from "../../src/core/keys.ts"
import { createVerifier } from "../../src/core/verifier.ts"
import { parseEvidenceDocument } from "../../src/formats/evidence-document.ts"
import { parseTrustedRoots } from "../../src/formats/trusted-root.ts"
import { verifyPrehashed } from "../../src/core/prehash.ts"
import { loadEmbeddedRoot } from "../../src/sigstore/trust/embedded.ts"

/**
 * sigstore-conformance's `verify-bundle`: signature, certificate, log, time, identity and subject. What a statement claims beyond that
 * is not the suite's subject (one of its own happy paths signs another repository's provenance). Throws where it does not verify.
 */
export async function verifyBundle(argv: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      bundle: { type: "string" },
      "certificate-identity": { type: "string" },
      "certificate-oidc-issuer": { type: "string" },
      key: { type: "string" },
      "trusted-root": { type: "string" },
      staging: { type: "boolean" },
    },
  })
  const [target] = positionals
  if (values.bundle === undefined || target === undefined)
    fail("usage: verify-bundle --bundle FILE … FILE_OR_DIGEST")
  const [parsed] = parseEvidenceDocument(readFileSync(values.bundle), values.bundle)
  if (parsed?.kind !== "evidence") fail(parsed?.message ?? "no bundle")
  const root = await readRoot(values["trusted-root"], values.staging === true)
  const verifier = createVerifier({
    instances: parseTrustedRoots(root, "trusted root"),
    keys:
      values.key === undefined ? [] : [parsePublicKeyPem(readFileSync(values.key, "utf8"), "key")],
    verifyPrehashed,
    statementCounts: false,
  })
  const { "certificate-identity": identity, "certificate-oidc-issuer": issuer } = values
  if (values.key === undefined && (identity === undefined || issuer === undefined)) {
    fail("--certificate-identity and --certificate-oidc-issuer, or --key")
  }
  const verdict = verifier.verify(await readArtifact(target), parsed.evidence, {
    ...(identity === undefined ? {} : { identity }),
    ...(issuer === undefined ? {} : { issuer }),
  })
  if (verdict.kind === "rejected") fail(JSON.stringify(verdict.reasons))
}

async function readRoot(file: string | undefined, staging: boolean): Promise<Uint8Array> {
  if (file !== undefined) return readFileSync(file)
  if (staging)
    fail("the staging instance's root is not part of this build: name it with --trusted-root")
  return (await loadEmbeddedRoot()).trustedRoot
}

async function readArtifact(target: string): Promise<Artifact> {
  if (target.startsWith("sha256:")) return { digests: { sha256: parseSha256(target.slice(7)) } }
  return {
    digests: await hashFile(createFiles(), target, async () => undefined, ["sha384", "sha512"]),
  }
}

function fail(message: string): never {
  throw new Error(message)
}
