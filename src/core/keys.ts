import { Buffer } from "node:buffer"
import { createPublicKey, hash, type KeyObject, verify as verifySignature } from "node:crypto"

import { concatBytes, decodeWrappedBase64, encodeBase64 } from "./bytes.ts"
import { DER, derBitStringBytes, derOid, DerReader, readDer, writeDer } from "./der.ts"
import { malformed, WheelproofError } from "./errors.ts"

/** The key types that signatures are accepted from. */
export type KeyType = "p256" | "p384" | "p521" | "rsa" | "ed25519"

/** A digest algorithm as node:crypto names it. */
export type HashName = "sha256" | "sha384" | "sha512"

/** A public key: its SubjectPublicKeyInfo, its type, and a signature check that fails closed. */
export interface PublicKey {
  readonly spki: Uint8Array
  readonly type: KeyType
  /** The content of the key's bit string: for EC keys the point as SEC 1 §2.3.3 writes it. */
  readonly point: Uint8Array
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  readonly fingerprint: string
  /**
   * Whether `signature` is valid over `data`. ECDSA signatures are DER (X9.62), RSA ones PKCS #1 v1.5.
   * `hash` is ignored for Ed25519; absent, it is the one that goes with the key.
   */
  verify(data: Uint8Array, signature: Uint8Array, hashName?: HashName): boolean
}

const NATURAL_HASH: Record<KeyType, HashName> = {
  p256: "sha256",
  p384: "sha384",
  p521: "sha512",
  rsa: "sha256",
  ed25519: "sha512",
}

const OID_EC = "1.2.840.10045.2.1"
const OID_RSA = "1.2.840.113549.1.1.1"
const OID_ED25519 = "1.3.101.112"
const CURVES = new Map<string, KeyType>([
  ["1.2.840.10045.3.1.7", "p256"],
  ["1.3.132.0.34", "p384"],
  ["1.3.132.0.35", "p521"],
])

/** The least modulus that CA/Browser baseline requirements §6.1.5 and Fulcio accept. */
const MIN_RSA_BITS = 2048

/** Exponents of up to this many octets are accepted: OpenSSL itself takes no larger ones with long keys. */
const MAX_EXPONENT_OCTETS = 8

/** The hash that goes with a type of key; Ed25519 hashes by itself. */
export function naturalHash(type: KeyType): HashName {
  return NATURAL_HASH[type]
}

/**
 * Reads a DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). The key itself is only built when it is first used.
 * Throws `ERR_INPUT_MALFORMED`, and `ERR_INPUT_UNSUPPORTED` for a key type that we do not accept.
 */
export function parsePublicKey(spki: Uint8Array, what: string): PublicKey {
  const { type, point } = readKeyType(spki, what)
  let key: KeyObject | undefined
  let fingerprint: string | undefined
  return {
    spki,
    type,
    point,
    get fingerprint() {
      fingerprint ??= hash("sha256", spki)
      return fingerprint
    },
    verify(data, signature, hashName = NATURAL_HASH[type]) {
      key ??= importKey(spki, what)
      try {
        return verifySignature(type === "ed25519" ? null : hashName, data, key, signature)
      } catch {
        /* v8 ignore next -- neither runtime throws here today; a signature that cannot even be read is not valid. */
        return false
      }
    },
  }
}

/** Reads a PEM public key (`PUBLIC KEY`, RFC 7468 §13), one and nothing else. */
export function parsePublicKeyPem(text: string, what: string): PublicKey {
  return parsePublicKey(parsePem(text, "PUBLIC KEY", what), what)
}

/** Decodes a text that is exactly one PEM block with this label (RFC 7468 §3, lax about white space). */
export function parsePem(text: string, label: string, what: string): Uint8Array {
  const [begin, end] = [`-----BEGIN ${label}-----`, `-----END ${label}-----`]
  const block = text.trim()
  const body = block.slice(begin.length, -end.length)
  if (!block.startsWith(begin) || !block.endsWith(end) || body.includes("-")) {
    throw malformed(`${what} is not one PEM block of type ${label}`)
  }
  return decodeWrappedBase64(body.replaceAll(/[ \t]+/g, ""), what)
}

// AlgorithmIdentifier { rsaEncryption, NULL } (RFC 8017 A.1).
const RSA_ALGORITHM = Uint8Array.from(Buffer.from("300d06092a864886f70d0101010500", "hex"))

/** Wraps an RSA key in PKCS #1 form as SubjectPublicKeyInfo. */
export function spkiFromPkcs1(key: Uint8Array): Uint8Array {
  const bits = writeDer(DER.bitString, concatBytes(Uint8Array.of(0), key))
  return writeDer(DER.sequence, concatBytes(RSA_ALGORITHM, bits))
}

function readKeyType(
  spki: Uint8Array,
  what: string,
): { readonly type: KeyType; readonly point: Uint8Array } {
  const outer = new DerReader(readDer(spki, what), what)
  const algorithm = new DerReader(outer.take(DER.sequence), what)
  const bits = derBitStringBytes(outer.take(DER.bitString), what)
  outer.end()
  const oid = derOid(algorithm.take(DER.oid), what)
  if (oid === OID_EC) {
    const type = CURVES.get(derOid(algorithm.take(DER.oid), what))
    if (type !== undefined) return { type, point: bits }
  } else if (oid === OID_ED25519) {
    return { type: "ed25519", point: bits }
  } else if (oid === OID_RSA) {
    checkRsa(bits, what)
    return { type: "rsa", point: bits }
  }
  throw new WheelproofError(
    "ERR_INPUT_UNSUPPORTED",
    `${what}: keys of type ${oid} are not accepted`,
  )
}

function checkRsa(bits: Uint8Array, what: string): void {
  const reader = new DerReader(readDer(bits, what), what)
  const modulus = reader.take(DER.integer).content
  const exponent = reader.take(DER.integer).content
  reader.end()
  const octets = modulus[0] === 0 ? modulus.byteLength - 1 : modulus.byteLength
  if (octets * 8 < MIN_RSA_BITS) {
    throw new WheelproofError(
      "ERR_INPUT_UNSUPPORTED",
      `${what}: RSA keys under ${MIN_RSA_BITS} bits are not accepted`,
    )
  }
  // With exponent 1 everybody can sign; RFC 8017 §3.1 wants an odd one from 3 on.
  const last = exponent.at(-1) ?? 0
  const isOne = exponent.every(
    (octet, index) => octet === (index === exponent.byteLength - 1 ? 1 : 0),
  )
  if (isOne || last % 2 === 0 || exponent.byteLength > MAX_EXPONENT_OCTETS) {
    throw new WheelproofError(
      "ERR_INPUT_UNSUPPORTED",
      `${what}: an RSA key with this exponent is not accepted`,
    )
  }
}

// As PEM, which Node.js reads in half of the time that it needs for the same key as DER.
function importKey(spki: Uint8Array, what: string): KeyObject {
  const pem = `-----BEGIN PUBLIC KEY-----\n${encodeBase64(spki)}\n-----END PUBLIC KEY-----\n`
  try {
    return createPublicKey(pem)
  } catch (cause) {
    throw malformed(`${what} is not a usable public key`, cause)
  }
}

/** SHA-256 as bytes. */
export function sha256(data: Uint8Array): Uint8Array {
  return digestOf("sha256", data)
}

/** A digest as bytes. */
export function digestOf(hashName: HashName, data: Uint8Array): Uint8Array {
  // By way of a text: a buffer that Node.js makes for a digest alone costs more than hashing a small thing does.
  return Buffer.from(hash(hashName, data, "binary"), "binary")
}

/** SHA-256 as lower-case hex. */
export function sha256Hex(data: Uint8Array): string {
  return hash("sha256", data, "hex")
}
