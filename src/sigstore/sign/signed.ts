import { encodeBase64 } from "../../core/bytes.ts"
import { IN_TOTO_PAYLOAD_TYPE, preAuthenticationEncoding } from "../../core/dsse.ts"
import type { SignedContent } from "../../core/evidence.ts"
import { sha256, sha256Hex } from "../../core/keys.ts"
import { parseStatement } from "../../formats/statement.ts"
import { certificatePem } from "../rekor.ts"

/** What there is to sign: a statement, or the content of a file. */
export type Unsigned =
  | { readonly kind: "statement"; readonly payload: Uint8Array }
  | { readonly kind: "file"; readonly content: Uint8Array }

/** A signature with its certificate, DER: all that a log is told. No secret is in it. */
export interface Signed {
  readonly content: SignedContent
  readonly certificate: Uint8Array
  /** SHA-256 of what the signature is over. */
  readonly digest: Uint8Array
}

/** The bytes that a signature of this is over. */
export function bytesToSign(unsigned: Unsigned): Uint8Array {
  return unsigned.kind === "file"
    ? unsigned.content
    : preAuthenticationEncoding(IN_TOTO_PAYLOAD_TYPE, unsigned.payload)
}

/** Puts a signature and what it is over together. */
export function assemble(
  unsigned: Unsigned,
  signature: Uint8Array,
  certificate: Uint8Array,
): Signed {
  return {
    certificate,
    digest: sha256(bytesToSign(unsigned)),
    content:
      unsigned.kind === "file"
        ? {
            kind: "message",
            signature,
            digest: { algorithm: "sha256", value: sha256Hex(unsigned.content) },
          }
        : {
            kind: "dsse",
            payloadType: IN_TOTO_PAYLOAD_TYPE,
            payload: unsigned.payload,
            signatures: [{ sig: signature, keyid: "" }],
            statement: parseStatement(unsigned.payload),
          },
  }
}

/** The one signature of it. */
export function signatureOf({ content }: Signed): Uint8Array {
  if (content.kind === "message") return content.signature
  return content.signatures[0]?.sig ?? new Uint8Array()
}

/** The envelope's JSON text, the same for the same signature: a log that hashes it has to see it twice alike. */
export function envelopeText({
  payload,
  payloadType,
  signatures,
}: Extract<SignedContent, { kind: "dsse" }>): string {
  return JSON.stringify({
    payload: encodeBase64(payload),
    payloadType,
    signatures: signatures.map(({ sig }) => ({ sig: encodeBase64(sig) })),
  })
}

/** The certificate as logs of Rekor v1 name a verifier: base64 of PEM. */
export function verifierText({ certificate }: Signed): string {
  return encodeBase64(Buffer.from(certificatePem(certificate)))
}
