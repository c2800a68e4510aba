import { decodeBase64 } from "../core/bytes.ts"
import type { EnvelopeSignature, Evidence, SignedContent } from "../core/evidence.ts"
import { malformed } from "../core/errors.ts"
import { parsePem } from "../core/keys.ts"
import { LIMITS } from "../core/limits.ts"
import type { Shape } from "../core/shape.ts"
import { parseStatement } from "./statement.ts"

/** Parses a DSSE envelope (DSSE v1.0.2, "JSON envelope"). Throws `ERR_INPUT_MALFORMED` or `ERR_INPUT_TOO_LARGE`. */
export function parseEnvelope(
  envelope: Shape,
  raw?: Uint8Array,
): Extract<SignedContent, { kind: "dsse" }> {
  const payload = envelope.base64("payload")
  const signatures = envelope
    .shapes("signatures", LIMITS.signatures)
    .map((signature) => parseSignature(signature, raw !== undefined))
  if (signatures.length === 0) throw malformed("an envelope has no signatures")
  const content = {
    kind: "dsse" as const,
    payloadType: envelope.string("payloadType"),
    payload,
    signatures,
    statement: parseStatement(payload),
  }
  envelope.refuseUnread()
  return raw === undefined ? content : { ...content, raw }
}

// Only an envelope that stands alone has a certificate here; in a bundle it would be a second opinion on who signed.
function parseSignature(signature: Shape, standsAlone: boolean): EnvelopeSignature {
  const sig = decodeBase64(signature.string("sig"), `${signature.path}.sig`)
  const keyid = signature.optionalString("keyid") ?? ""
  if (standsAlone) signature.optionalString("cert")
  signature.refuseUnread()
  return { sig, keyid }
}

/**
 * Parses an envelope that stands alone, as the SLSA generators up to v2.0.0 publish it: with the signer's certificate in a member
 * `cert` beside its one signature, or without. It carries no log entry. `raw` is its text, which log entries of its time hash.
 */
export function parseBareEnvelope(envelope: Shape, raw: Uint8Array, origin: string): Evidence {
  const certificates = envelope
    .shapes("signatures", LIMITS.signatures)
    .map((signature) => signature.optionalString("cert"))
    .filter((pem) => pem !== undefined && pem !== "")
  const [pem, ...others] = certificates
  if (others.length > 0) throw malformed("an envelope has more than one certificate")
  return {
    form: "dsse-envelope",
    origin,
    content: parseEnvelope(envelope, raw),
    material:
      pem === undefined
        ? { kind: "none" }
        : {
            kind: "certificate",
            leaf: parsePem(pem, "CERTIFICATE", "the envelope's certificate"),
            intermediates: [],
          },
    entries: [],
    timestamps: [],
  }
}
