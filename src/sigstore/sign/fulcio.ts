import { below } from "../../core/address.ts"
import { encodeBase64 } from "../../core/bytes.ts"
import { malformed } from "../../core/errors.ts"
import { parseJson } from "../../core/json.ts"
import { parsePem } from "../../core/keys.ts"
import { LIMITS } from "../../core/limits.ts"
import { Shape } from "../../core/shape.ts"
import { type HttpClient, type HttpLimits, postJson } from "../../io/http.ts"
import { readAnswer, refusal } from "./failures.ts"

const WHAT = "the certificate authority"
const MAX_ANSWER_BYTES = 1_048_576

/** What a certificate is asked for with. */
export interface CertificateRequest {
  /** The identity token. */
  readonly token: string
  /** SubjectPublicKeyInfo as PEM. */
  readonly publicKey: string
  /** A signature over the token's subject, by the key. */
  readonly proof: Uint8Array
}

/**
 * Has Fulcio issue a certificate (Fulcio, `fulcio.proto`, `CreateSigningCertificate`) and returns the leaf, DER. Throws `ERR_SIGNING` where it refuses,
 * and `ERR_NETWORK`.
 */
export async function requestCertificate(
  authority: URL,
  { token, publicKey, proof }: CertificateRequest,
  http: HttpClient,
  limits: Omit<HttpLimits, "maxBytes">,
): Promise<Uint8Array> {
  const request = {
    credentials: { oidcIdentityToken: token },
    publicKeyRequest: {
      publicKey: { algorithm: "ECDSA", content: publicKey },
      proofOfPossession: encodeBase64(proof),
    },
  }
  const answer = await postJson(http, below(authority, "api/v2/signingCert"), request, {
    ...limits,
    maxBytes: MAX_ANSWER_BYTES,
  })
  if (answer.status !== 200 && answer.status !== 201) throw refusal(WHAT, authority, answer)
  return readAnswer(WHAT, authority, () => readLeaf(answer.body))
}

function readLeaf(body: Uint8Array): Uint8Array {
  const issued = new Shape(parseJson(body, "the answer", MAX_ANSWER_BYTES), "the answer")
  // A proof of publication beside the certificate has no place in any bundle.
  if (issued.has("signedCertificateDetachedSct")) {
    throw malformed("the certificate does not carry its proof of publication itself")
  }
  const [leaf] = issued
    .object("signedCertificateEmbeddedSct")
    .object("chain")
    .list("certificates", LIMITS.certificates)
  if (typeof leaf?.value !== "string") throw malformed("there is no certificate")
  return parsePem(leaf.value, "CERTIFICATE", "the certificate")
}
