import { WheelproofError, malformed } from "../core/errors.ts"
import type { Evidence } from "../core/evidence.ts"
import { parseJson } from "../core/json.ts"
import { LIMITS } from "../core/limits.ts"
import { Shape } from "../core/shape.ts"
import { parseBundle } from "./bundle.ts"
import { parseBareEnvelope } from "./envelope.ts"
import { parseAttestation, parseProvenanceItem, readProvenanceObject } from "./pep740.ts"
import { readSnappyBlock } from "./snappy.ts"

/** One attestation of a document, or why it is none. One broken attestation does not hide the others. */
export type ParsedEvidence =
  | { readonly kind: "evidence"; readonly evidence: Evidence }
  | { readonly kind: "malformed"; readonly origin: string; readonly message: string }

/**
 * Parses one JSON document in any form that evidence comes in, told apart by its members: a Sigstore bundle, a DSSE envelope,
 * a PEP 740 attestation or provenance object, an answer of GitHub's attestations API; also compressed, as GitHub serves a bundle by itself.
 * `origin` names the document for people.
 * Never throws for what the document holds. An empty list means: the document holds no attestation.
 */
export function parseEvidenceDocument(
  bytes: Uint8Array,
  origin: string,
): readonly ParsedEvidence[] {
  try {
    const text = unpack(bytes)
    return readDocument(new Shape(parseJson(text, origin), origin), text, origin)
  } catch (error) {
    return [asMalformed(error, origin)]
  }
}

// No JSON begins with a byte above 0x7f, and every Snappy block of 128 bytes or more does: its length comes first, seven bits a byte.
function unpack(bytes: Uint8Array): Uint8Array {
  const isPacked = (bytes[0] ?? 0) > 0x7f
  return (isPacked ? readSnappyBlock(bytes, LIMITS.documentBytes) : undefined) ?? bytes
}

function readDocument(
  document: Shape,
  bytes: Uint8Array,
  origin: string,
): readonly ParsedEvidence[] {
  if (document.has("mediaType") || document.has("verificationMaterial")) {
    return [guard(origin, () => parseBundle(document, origin))]
  }
  if (document.has("payload") && document.has("signatures")) {
    return [guard(origin, () => parseBareEnvelope(document, bytes, origin))]
  }
  if (document.has("attestation_bundles")) {
    return readProvenanceObject(document).map((item, index) => {
      const place = `${origin}, attestation ${index + 1}`
      return guard(place, () => parseProvenanceItem(item, place))
    })
  }
  if (document.has("envelope")) return [guard(origin, () => parseAttestation(document, origin))]
  if (document.has("attestations")) return readGithubAnswer(document, origin)
  throw malformed(`${origin} is no form of evidence that is known here`)
}

// GitHub's REST API, "List attestations": {"attestations": [{"bundle": {...} | null, "bundle_url": "..."}]}.
function readGithubAnswer(document: Shape, origin: string): readonly ParsedEvidence[] {
  return document.list("attestations", LIMITS.attestations).map(({ value, path }, index) => {
    const place = `${origin}, attestation ${index + 1}`
    return guard(place, () => {
      const item = new Shape(value, path)
      const bundle = item.optionalObject("bundle")
      if (bundle !== undefined) return parseBundle(bundle, place)
      throw malformed(
        item.has("bundle_url")
          ? `${place} only names the address of its bundle; download that and name the file`
          : `${place} has no bundle`,
      )
    })
  })
}

function guard(origin: string, parse: () => Evidence): ParsedEvidence {
  try {
    return { kind: "evidence", evidence: parse() }
  } catch (error) {
    return asMalformed(error, origin)
  }
}

function asMalformed(error: unknown, origin: string): ParsedEvidence {
  if (!(error instanceof WheelproofError)) throw error
  return { kind: "malformed", origin, message: error.message }
}
