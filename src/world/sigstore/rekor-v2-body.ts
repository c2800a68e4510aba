import type { Json } from "../crypto/canonical-json.ts"
import type { HashName } from "../crypto/keys.ts"
import { base64 } from "./wire.ts"

/** Whose signature an entry of Rekor v2 records. */
export interface TiledVerifier {
  /** The key's name in Sigstore's `PublicKeyDetails`. */
  readonly keyDetails: string
  /** A certificate or a SubjectPublicKeyInfo, DER. */
  readonly certificate?: Uint8Array
  readonly publicKey?: Uint8Array
}

/** The body of kind hashedrekord/0.0.2. For an envelope the digest is that of the pre-authentication encoding. */
export function tiledHashedRekordBody(options: {
  readonly digest: Uint8Array
  readonly algorithm?: HashName
  readonly signature: Uint8Array
  readonly verifier: TiledVerifier
}): Json {
  return {
    apiVersion: "0.0.2",
    kind: "hashedrekord",
    spec: {
      hashedRekordV002: {
        data: { algorithm: hashName(options.algorithm), digest: base64(options.digest) },
        signature: tiledSignature(options.signature, options.verifier),
      },
    },
  }
}

/** The body of kind dsse/0.0.2, which the log took until mid-2026. */
export function tiledDsseBody(options: {
  readonly payloadHash: Uint8Array
  readonly signature: Uint8Array
  readonly verifier: TiledVerifier
}): Json {
  return {
    apiVersion: "0.0.2",
    kind: "dsse",
    spec: {
      dsseV002: {
        payloadHash: { algorithm: hashName(), digest: base64(options.payloadHash) },
        signatures: [tiledSignature(options.signature, options.verifier)],
      },
    },
  }
}

/** A hash's name in Sigstore's `HashAlgorithm`. */
export function hashName(hash: HashName = "sha256"): string {
  return `SHA2_${hash.slice(3)}`
}

function tiledSignature(signature: Uint8Array, verifier: TiledVerifier): Json {
  const { keyDetails, certificate, publicKey } = verifier
  return {
    content: base64(signature),
    verifier: {
      keyDetails,
      ...(publicKey === undefined ? {} : { publicKey: { rawBytes: base64(publicKey) } }),
      ...(certificate === undefined ? {} : { x509Certificate: { rawBytes: base64(certificate) } }),
    },
  }
}
