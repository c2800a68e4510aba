import { parseCertificate } from "../../core/certificate.ts"
import { malformed } from "../../core/errors.ts"
import { parsePublicKey, type HashName, type PublicKey } from "../../core/keys.ts"
import { Shape } from "../../core/shape.ts"
import { protoBytes, protoNames } from "../http/grpc-gateway.ts"
import { canonicalBody } from "./rekor-body.ts"
import { tiledHashedRekordBody, type TiledVerifier } from "./rekor-v2-body.ts"
import { isPermitted, verifyDigest } from "./rekor-verifier.ts"

const DIGEST_BYTES: Readonly<Record<HashName, number>> = { sha256: 32, sha384: 48, sha512: 64 }

// Sigstore's `PublicKeyDetails`, those of Rekor's default `--client-signing-algorithms`.
const KEY_DETAILS: Readonly<Record<string, { readonly type: string; readonly hash: HashName }>> = {
  PKIX_ECDSA_P256_SHA_256: { type: "p256", hash: "sha256" },
  PKIX_ECDSA_P384_SHA_384: { type: "p384", hash: "sha384" },
  PKIX_ECDSA_P521_SHA_512: { type: "p521", hash: "sha512" },
  PKIX_RSA_PKCS1V15_2048_SHA256: { type: "rsa", hash: "sha256" },
  PKIX_RSA_PKCS1V15_3072_SHA256: { type: "rsa", hash: "sha256" },
  PKIX_RSA_PKCS1V15_4096_SHA256: { type: "rsa", hash: "sha256" },
}

/**
 * The canonical body of the entry that a client asks for, or throws `ERR_INPUT_MALFORMED`. As the gateway of Rekor v2 does, it refuses
 * members that it does not know. Since version 2.3 the log takes signatures over digests alone, no envelopes.
 */
export function acceptRequest(value: unknown): Uint8Array {
  const request = new Shape(protoNames(value), "request")
  const hashed = request.optionalObject("hashedRekordRequestV002")
  const envelope = request.raw("dsseRequestV002")
  request.refuseUnread()
  if (hashed === undefined || envelope !== undefined) {
    throw malformed("invalid type, must be hashedrekord")
  }
  const parts = readParts(hashed)
  try {
    return canonicalBody(tiledHashedRekordBody(verified(parts)))
  } catch (cause) {
    throw malformed("invalid hashedrekord request", cause)
  }
}

interface Parts {
  readonly digest: Uint8Array
  readonly signature: Uint8Array
  readonly verifier: TiledVerifier
}

function readParts(hashed: Shape): Parts {
  const digest = bytes(hashed, "digest")
  const outer = hashed.optionalObject("signature") ?? new Shape({}, "signature")
  hashed.refuseUnread()
  const signature = bytes(outer, "content")
  const verifier = outer.optionalObject("verifier") ?? new Shape({}, "verifier")
  outer.refuseUnread()
  const keyDetails = verifier.optionalString("keyDetails") ?? ""
  const certificate = rawBytes(verifier, "x509Certificate")
  const publicKey = rawBytes(verifier, "publicKey")
  verifier.refuseUnread()
  return {
    digest,
    signature,
    verifier: {
      keyDetails,
      ...(certificate === undefined ? {} : { certificate }),
      ...(publicKey === undefined ? {} : { publicKey }),
    },
  }
}

function rawBytes(verifier: Shape, name: string): Uint8Array | undefined {
  const inner = verifier.optionalObject(name)
  if (inner === undefined) return undefined
  const value = bytes(inner, "rawBytes")
  inner.refuseUnread()
  return value
}

function bytes(shape: Shape, name: string): Uint8Array {
  const value = protoBytes(shape.optionalString(name) ?? "")
  if (value === undefined) throw malformed(`invalid value for bytes field ${name}`)
  return value
}

/** The parts with the hash of their key's kind, once the signature holds. */
function verified(parts: Parts): Parts & { readonly algorithm: HashName } {
  const { digest, signature, verifier } = parts
  const details = KEY_DETAILS[verifier.keyDetails]
  if (details === undefined) throw malformed(`key details ${verifier.keyDetails} are not supported`)
  const key = keyOf(verifier)
  if (key.type !== details.type || !isPermitted(key, details.hash)) {
    throw malformed("the key is not of the kind that its details say")
  }
  if (digest.length !== DIGEST_BYTES[details.hash]) throw malformed("the digest's length is wrong")
  if (!verifyDigest(key, details.hash, digest, signature)) throw malformed("verifying signature")
  return { ...parts, algorithm: details.hash }
}

function keyOf({ certificate, publicKey }: TiledVerifier): PublicKey {
  if (publicKey !== undefined && certificate !== undefined) throw malformed("two verifiers")
  if (publicKey !== undefined) return parsePublicKey(publicKey, "public key")
  if (certificate !== undefined) return parseCertificate(certificate).publicKey
  throw malformed("missing signature public key or X.509 certificate")
}
