import { concatBytes, utf8 } from "./bytes.ts"

/** The payload type of in-toto statements (in-toto attestation spec, "Envelope"). */
export const IN_TOTO_PAYLOAD_TYPE = "application/vnd.in-toto+json"

/** What a DSSE signature is made over: `DSSEv1 LEN(type) type LEN(body) body`, lengths in bytes (DSSE v1.0.2, "PAE"). */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = utf8(payloadType)
  return concatBytes(
    utf8(`DSSEv1 ${type.byteLength} `),
    type,
    utf8(` ${payload.byteLength} `),
    payload,
  )
}
