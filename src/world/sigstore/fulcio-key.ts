import { createPublicKey, type KeyObject } from "node:crypto"

import { DER, derBitStringBytes, derChildren, derOid, readDer } from "../../core/der.ts"
import { malformed } from "../../core/errors.ts"
import { parsePem, parsePublicKey, type HashName, type PublicKey } from "../../core/keys.ts"

/** What Fulcio says about a request's key, by what is wrong with it. */
export const KEY_ERRORS = {
  publicKey: "The public key supplied in the request could not be parsed",
  csr: "The certificate signing request could not be parsed",
  signature: "The signature supplied in the request could not be verified",
} as const

const SIGNATURE_HASHES: Readonly<Record<string, HashName>> = {
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
  "1.3.101.112": "sha512",
}

/** The key of a request with its proof of possession: a signature over the challenge with the hash that goes with the key. */
export function keyWithProof(pem: string, proof: Uint8Array, challenge: string): KeyObject {
  const key = attempt(KEY_ERRORS.publicKey, () => {
    return parsePublicKey(parsePem(pem, "PUBLIC KEY", "public key"), "public key")
  })
  if (!key.verify(Buffer.from(challenge, "utf8"), proof)) throw malformed(KEY_ERRORS.signature)
  return toKeyObject(key)
}

/** The key of a PKCS #10 request in PEM, which proves possession by its own signature (RFC 2986 §4.2). */
export function keyOfSigningRequest(pem: string): KeyObject {
  const { signed, key, hash, signature } = attempt(KEY_ERRORS.csr, () => readSigningRequest(pem))
  if (!key.verify(signed, signature, hash)) throw malformed(KEY_ERRORS.signature)
  if (!isNaturalHash(key, hash)) {
    throw malformed(`signing algorithm not permitted: ${key.type}, ${hash}`)
  }
  return toKeyObject(key)
}

interface SigningRequest {
  readonly signed: Uint8Array
  readonly key: PublicKey
  readonly hash: HashName
  readonly signature: Uint8Array
}

function readSigningRequest(pem: string): SigningRequest {
  const what = "certificate signing request"
  const label = pem.includes("NEW CERTIFICATE REQUEST")
    ? "NEW CERTIFICATE REQUEST"
    : "CERTIFICATE REQUEST"
  const [info, algorithm, bits] = derChildren(readDer(parsePem(pem, label, what), what), what)
  if (info === undefined || algorithm === undefined || bits === undefined) throw malformed(what)
  const [version, , spki] = derChildren(info, what)
  const [identifier] = derChildren(algorithm, what)
  if (version?.tag !== DER.integer || spki === undefined || identifier === undefined) {
    throw malformed(what)
  }
  const hash = SIGNATURE_HASHES[derOid(identifier, what)]
  if (hash === undefined) throw malformed(what)
  return {
    signed: info.bytes,
    key: parsePublicKey(spki.bytes, what),
    hash,
    signature: derBitStringBytes(bits, what),
  }
}

// The pairs of Fulcio's default `--client-signing-algorithms`.
function isNaturalHash({ type }: PublicKey, hash: HashName): boolean {
  const natural = {
    p256: "sha256",
    p384: "sha384",
    p521: "sha512",
    rsa: "sha256",
    ed25519: "sha512",
  }
  return natural[type] === hash
}

function toKeyObject({ spki }: PublicKey): KeyObject {
  return createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" })
}

function attempt<T>(message: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw malformed(message, cause)
  }
}
