import { concatBytes } from "../../core/bytes.ts"
import { DER, writeDer } from "../../core/der.ts"
import { sha256 } from "../../core/keys.ts"
import { LIMITS } from "../../core/limits.ts"
import type { HttpClient, HttpLimits } from "../../io/http.ts"
import { refusal } from "./failures.ts"

// AlgorithmIdentifier { id-sha256, NULL } (RFC 5754 §2).
const SHA256_ALGORITHM = Uint8Array.from(Buffer.from("300d06096086480165030402010500", "hex"))
const VERSION_1 = Uint8Array.of(DER.integer, 1, 1)
const TRUE = Uint8Array.of(DER.boolean, 1, 0xff)

/**
 * Has a timestamp authority stamp a signature (RFC 3161 §2.4.1, §3.4) and returns its response, DER. There is no nonce: nobody has stamped this
 * signature before, so no old answer fits it. Throws `ERR_SIGNING` and `ERR_NETWORK`.
 */
export async function requestTimestamp(
  authority: URL,
  signature: Uint8Array,
  http: HttpClient,
  limits: Omit<HttpLimits, "maxBytes">,
): Promise<Uint8Array> {
  const answer = await http.send(authority, {
    ...limits,
    method: "POST",
    headers: {
      "content-type": "application/timestamp-query",
      accept: "application/timestamp-reply",
    },
    body: timestampQuery(signature),
    maxBytes: LIMITS.timestampBytes,
  })
  if (answer.status === 200 || answer.status === 201) return answer.body
  throw refusal("the timestamp authority", authority, answer)
}

/** TimeStampReq { version 1, messageImprint, certReq TRUE }. */
function timestampQuery(signature: Uint8Array): Uint8Array {
  const hashed = writeDer(DER.octetString, sha256(signature))
  const imprint = writeDer(DER.sequence, concatBytes(SHA256_ALGORITHM, hashed))
  return writeDer(DER.sequence, concatBytes(VERSION_1, imprint, TRUE))
}
