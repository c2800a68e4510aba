import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign as nodeSign,
  type KeyObject,
  type KeyPairKeyObjectResult,
} from "node:crypto"

import { nullValue, objectIdentifier, sequence, type Der } from "./der.ts"

/** The kinds of keys that the local world makes. */
export type KeyKind = "p256" | "p384" | "p521" | "ed25519" | "rsa2048" | "rsa3072" | "rsa4096"

/** The hash functions that its signatures use. Ed25519 ignores them. */
export type HashName = "sha1" | "sha256" | "sha384" | "sha512"

/** A key pair of `node:crypto`. */
export type KeyPair = KeyPairKeyObjectResult

const CURVES = { p256: "P-256", p384: "P-384", p521: "P-521" } as const

interface CurveFacts {
  readonly hash: HashName
  readonly details: string
  /** The length of an uncompressed point. */
  readonly bytes: number
}

const CURVE_FACTS: Readonly<Record<string, CurveFacts>> = {
  prime256v1: { hash: "sha256", details: "PKIX_ECDSA_P256_SHA_256", bytes: 65 },
  secp384r1: { hash: "sha384", details: "PKIX_ECDSA_P384_SHA_384", bytes: 97 },
  secp521r1: { hash: "sha512", details: "PKIX_ECDSA_P521_SHA_512", bytes: 133 },
}

const SIGNATURE_OIDS: Readonly<Record<string, Readonly<Record<HashName, string>>>> = {
  ec: {
    sha1: "1.2.840.10045.4.1",
    sha256: "1.2.840.10045.4.3.2",
    sha384: "1.2.840.10045.4.3.3",
    sha512: "1.2.840.10045.4.3.4",
  },
  rsa: {
    sha1: "1.2.840.113549.1.1.5",
    sha256: "1.2.840.113549.1.1.11",
    sha384: "1.2.840.113549.1.1.12",
    sha512: "1.2.840.113549.1.1.13",
  },
}

/** Makes a fresh key pair. RSA takes a noticeable fraction of a second. */
export function createKeyPair(kind: KeyKind = "p256"): KeyPair {
  switch (kind) {
    case "p256":
    case "p384":
    case "p521":
      return generateKeyPairSync("ec", { namedCurve: CURVES[kind] })
    case "ed25519":
      return generateKeyPairSync("ed25519")
    case "rsa2048":
    case "rsa3072":
    case "rsa4096":
      return generateKeyPairSync("rsa", { modulusLength: Number(kind.slice(3)) })
  }
}

/** A key pair as it is kept: PKCS #8 in PEM. */
export function keepKeyPair({ privateKey }: KeyPair): string {
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString()
}

/** The key pair that was kept. */
export function readKeyPair(pem: string): KeyPair {
  const privateKey = createPrivateKey(pem)
  return { privateKey, publicKey: createPublicKey(pem) }
}

/** The public key as a DER `SubjectPublicKeyInfo`. */
export function subjectPublicKeyInfo(key: KeyObject): Der {
  return key.export({ type: "spki", format: "der" })
}

/** The hash that Sigstore pairs with this key: SHA-384 for P-384, SHA-512 for P-521, else SHA-256. */
export function usualHash(key: KeyObject): HashName {
  return curveFacts(key)?.hash ?? "sha256"
}

/** Signs as Sigstore does: ECDSA in DER, RSA by PKCS #1 v1.5, Ed25519 pure. */
export function sign(
  key: KeyPair,
  data: Uint8Array,
  hash: HashName = usualHash(key.publicKey),
): Buffer {
  const ed25519 = key.privateKey.asymmetricKeyType === "ed25519"
  return nodeSign(ed25519 ? null : hash, data, key.privateKey)
}

/** The `AlgorithmIdentifier` of {@link sign} with this key and hash (RFC 5758, RFC 8017, RFC 8410). */
export function signatureAlgorithm(key: KeyPair, hash: HashName = usualHash(key.publicKey)): Der {
  const kind = key.publicKey.asymmetricKeyType ?? ""
  const oid = SIGNATURE_OIDS[kind]?.[hash] ?? "1.3.101.112"
  return kind === "rsa"
    ? sequence(objectIdentifier(oid), nullValue())
    : sequence(objectIdentifier(oid))
}

/** The key's name in Sigstore's `PublicKeyDetails`. */
export function keyDetails(key: KeyObject): string {
  const bits = key.asymmetricKeyDetails?.modulusLength
  if (bits !== undefined) return `PKIX_RSA_PKCS1V15_${bits}_SHA256`
  return curveFacts(key)?.details ?? "PKIX_ED25519"
}

/** The key's bits as its SubjectPublicKeyInfo holds them. */
export function publicKeyBits(key: KeyObject): Uint8Array {
  if (key.asymmetricKeyType === "rsa") return key.export({ type: "pkcs1", format: "der" })
  // In the other kinds made here the bits end the SubjectPublicKeyInfo and have a fixed length.
  return subjectPublicKeyInfo(key).subarray(-(curveFacts(key)?.bytes ?? 32))
}

/** The hash of `bytes`. */
export function digest(hash: HashName, bytes: Uint8Array): Buffer {
  return createHash(hash).update(bytes).digest()
}

/** A serial number as authorities choose it: 159 random bits. */
export function randomSerialNumber(): bigint {
  return BigInt(`0x${randomBytes(20).toString("hex")}`) >> 1n
}

function curveFacts(key: KeyObject): CurveFacts | undefined {
  return CURVE_FACTS[key.asymmetricKeyDetails?.namedCurve ?? ""]
}
