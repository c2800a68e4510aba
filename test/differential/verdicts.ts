import { createHash } from "node:crypto"

import { bundleFromJSON, ValidationError } from "@sigstore/bundle"
import { PublicKeyDetails, TrustedRoot } from "@sigstore/protobuf-specs"
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify"

import type { Artifact } from "../../src/core/artifact.ts"
import { parseSha256 } from "../../src/core/digest.ts"
import { parsePublicKey } from "../../src/core/keys.ts"
import { createVerifier } from "../../src/core/verifier.ts"
import { parseEvidenceDocument } from "../../src/formats/evidence-document.ts"
import { parseTrustedRoots } from "../../src/formats/trusted-root.ts"
import { verifyPrehashed } from "../../src/core/prehash.ts"
import { rememberTrusted } from "./quick-peer.ts"
import type { Specimen } from "./specimen.ts"

/** Accepted, or why not. */
export type Answer =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly why: string }

/** Says what a verifier makes of a document. */
export type Judge = (document: Uint8Array) => Answer

/**
 * Our answer about who signed, and when: the part of a verdict that the peer has too. What the statement says is not looked at. Any
 * error that is not ours comes through.
 */
export function createOwnJudge({ trustedRoot, artifact, key }: Specimen): Judge {
  const verifier = createVerifier({
    instances: parseTrustedRoots(Buffer.from(JSON.stringify(trustedRoot)), "trusted root"),
    keys: key === undefined ? [] : [parsePublicKey(Buffer.from(key.spki, "base64"), "key")],
    verifyPrehashed,
    statementCounts: false,
  })
  const file = artifact === undefined ? undefined : artifactOf(Buffer.from(artifact, "base64"))
  return (document) => {
    const [parsed, ...others] = parseEvidenceDocument(document, "bundle")
    if (parsed === undefined || others.length > 0) return refused("evidence-present: no bundle")
    if (parsed.kind === "malformed") return refused(`evidence-malformed: ${parsed.message}`)
    const { evidence } = parsed
    if (evidence.content.kind === "message" && file !== undefined) {
      const verdict = verifier.verify(file, evidence, {})
      if (verdict.kind === "verified") return { accepted: true }
      return refused(verdict.reasons.map(({ check, found }) => `${check}: ${found}`).join())
    }
    const outcome = verifier.authenticate(evidence, file)
    if (outcome.ok) return { accepted: true }
    return refused(`${outcome.reason.check}: ${outcome.reason.found}`)
  }
}

function artifactOf(bytes: Uint8Array): Artifact {
  const hex = (algorithm: string): string => createHash(algorithm).update(bytes).digest("hex")
  return {
    digests: { sha256: parseSha256(hex("sha256")), sha384: hex("sha384"), sha512: hex("sha512") },
  }
}

/** The independent verifier's answer, by its own reader of JSON. */
export function createPeerJudge({ trustedRoot, artifact, key }: Specimen): Judge {
  const keys =
    key === undefined
      ? {}
      : {
          [key.hint]: {
            rawBytes: Buffer.from(key.spki, "base64"),
            keyDetails: PublicKeyDetails.PKIX_ECDSA_P256_SHA_256,
          },
        }
  const trust = toTrustMaterial(TrustedRoot.fromJSON(trustedRoot), keys)
  const verifier = new Verifier(rememberTrusted(trust))
  const file = artifact === undefined ? undefined : Buffer.from(artifact, "base64")
  return (document) => {
    try {
      const bundle = bundleFromJSON(JSON.parse(Buffer.from(document).toString("utf8")))
      verifier.verify(toSignedEntity(bundle, file))
      return { accepted: true }
    } catch (error) {
      // What a bundle lacks is in a member of its own.
      const fields = error instanceof ValidationError ? `: ${error.fields.join()}` : ""
      return refused(`${String(error)}${fields}`)
    }
  }
}

function refused(why: string): Answer {
  return { accepted: false, why }
}
