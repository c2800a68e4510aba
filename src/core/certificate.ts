import { decodeUtf8, equalBytes } from "./bytes.ts"
import {
  DER,
  derBitStringBytes,
  derBoolean,
  derChildren,
  type DerElement,
  derIntegerBytes,
  derOid,
  DerReader,
  derSmallInteger,
  derTime,
  readDer,
} from "./der.ts"
import { malformed, WheelproofError } from "./errors.ts"
import { type HashName, parsePublicKey, type PublicKey } from "./keys.ts"
import { LIMITS } from "./limits.ts"
import { memoizePair } from "./memo.ts"

/** An extension as it stands in the certificate. */
export interface Extension {
  readonly critical: boolean
  /** The content of the OCTET STRING. */
  readonly value: Uint8Array
  /** The whole extension, DER. */
  readonly bytes: Uint8Array
}

/** An X.509 v3 certificate (RFC 5280 §4.1) as slices of its own DER; nothing is ever re-encoded. */
export interface Certificate {
  readonly der: Uint8Array
  readonly tbs: DerElement
  readonly serial: Uint8Array
  /** The issuer's and subject's names, DER; compared as bytes. */
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  /** Milliseconds since 1970, both included. */
  readonly notBefore: number
  readonly notAfter: number
  readonly publicKey: PublicKey
  readonly extensions: ReadonlyMap<string, Extension>
  readonly signatureAlgorithm: string
  readonly signature: Uint8Array
}

/** The extensions that checks read, by object identifier. */
export const EXTENSION = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAlternativeName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  signedCertificateTimestamps: "1.3.6.1.4.1.11129.2.4.2",
} as const

/** Parses a DER certificate. Throws `ERR_INPUT_MALFORMED`, `ERR_INPUT_TOO_LARGE` or `ERR_INPUT_UNSUPPORTED`. */
export function parseCertificate(der: Uint8Array, what = "certificate"): Certificate {
  if (der.byteLength > LIMITS.certificateBytes) {
    throw new WheelproofError(
      "ERR_INPUT_TOO_LARGE",
      `${what} is over ${LIMITS.certificateBytes} bytes`,
    )
  }
  const outer = new DerReader(readDer(der, what), what)
  const tbs = outer.take(DER.sequence)
  const algorithm = outer.take(DER.sequence)
  const signature = derBitStringBytes(outer.take(DER.bitString), what)
  outer.end()
  const fields = readTbs(tbs, what)
  // RFC 5280 §4.1.1.2: the signed copy of the algorithm is the one outside.
  if (!equalBytes(fields.algorithm, algorithm.bytes)) {
    throw malformed(`${what} names two signature algorithms`)
  }
  const signatureAlgorithm = derOid(new DerReader(algorithm, what).take(DER.oid), what)
  return { der, tbs, ...fields.parts, signatureAlgorithm, signature }
}

interface TbsFields {
  readonly algorithm: Uint8Array
  readonly parts: Omit<Certificate, "der" | "tbs" | "signatureAlgorithm" | "signature">
}

function readTbs(tbs: DerElement, what: string): TbsFields {
  const reader = new DerReader(tbs, what)
  const version = new DerReader(reader.take(0xa0), what).take(DER.integer)
  if (derSmallInteger(version, what) !== 2)
    throw malformed(`${what} is not an X.509 v3 certificate`)
  const serial = derIntegerBytes(reader.take(DER.integer), what)
  const algorithm = reader.take(DER.sequence).bytes
  const issuer = reader.take(DER.sequence).bytes
  const validity = reader.take(DER.sequence)
  const subject = reader.take(DER.sequence).bytes
  const publicKey = parsePublicKey(reader.take(DER.sequence).bytes, `${what}'s key`)
  reader.takeIf(0x81)
  reader.takeIf(0x82)
  const extensions = readExtensions(reader.takeIf(0xa3), what)
  reader.end()
  return {
    algorithm,
    parts: { serial, issuer, subject, ...readValidity(validity, what), publicKey, extensions },
  }
}

function readValidity(validity: DerElement, what: string): { notBefore: number; notAfter: number } {
  const [first, second, ...rest] = derChildren(validity, what)
  if (first === undefined || second === undefined || rest.length > 0) {
    throw malformed(`${what} has no validity`)
  }
  return { notBefore: derTime(first, what), notAfter: derTime(second, what) }
}

function readExtensions(
  wrapper: DerElement | undefined,
  what: string,
): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>()
  if (wrapper === undefined) return extensions
  const reader = new DerReader(wrapper, what)
  const list = derChildren(reader.take(DER.sequence), what)
  reader.end()
  if (list.length > LIMITS.extensions)
    throw malformed(`${what} has over ${LIMITS.extensions} extensions`)
  for (const element of list) {
    const fields = new DerReader(element, what)
    const oid = derOid(fields.take(DER.oid), what)
    const critical = fields.takeIf(DER.boolean)
    const value = fields.take(DER.octetString).content
    fields.end()
    // RFC 5280 §4.2: at most one of each; with two, parsers differ in which they keep.
    if (extensions.has(oid)) throw malformed(`${what} has the extension ${oid} twice`)
    extensions.set(oid, {
      critical: critical !== undefined && derBoolean(critical, what),
      value,
      bytes: element.bytes,
    })
  }
  return extensions
}

const SIGNATURE_HASHES = new Map<string, HashName>([
  ["1.2.840.10045.4.3.2", "sha256"],
  ["1.2.840.10045.4.3.3", "sha384"],
  ["1.2.840.10045.4.3.4", "sha512"],
  ["1.2.840.113549.1.1.11", "sha256"],
  ["1.2.840.113549.1.1.12", "sha384"],
  ["1.2.840.113549.1.1.13", "sha512"],
  ["1.3.101.112", "sha512"],
])

/** The hash of a signature algorithm that we accept (RFC 5758, RFC 4055, RFC 8410), by its object identifier. */
export function signatureHash(algorithm: string): HashName | undefined {
  return SIGNATURE_HASHES.get(algorithm)
}

/** Whether `issuer` signed `certificate`: names match as bytes, key identifiers where both have one, and the signature is valid. */
export const isSignedBy: (certificate: Certificate, issuer: Certificate) => boolean =
  memoizePair(computeIsSignedBy)

function computeIsSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  const hashName = signatureHash(certificate.signatureAlgorithm)
  if (hashName === undefined || !equalBytes(certificate.issuer, issuer.subject)) return false
  const authority = authorityKeyIdentifier(certificate)
  const subject = subjectKeyIdentifier(issuer)
  if (authority !== undefined && subject !== undefined && !equalBytes(authority, subject)) {
    return false
  }
  return issuer.publicKey.verify(certificate.tbs.bytes, certificate.signature, hashName)
}

/** A name for people: the text of its attributes in order, such as `sigstore.dev, sigstore-intermediate`. */
export function describeName(name: Uint8Array): string {
  const what = "name"
  return derChildren(readDer(name, what), what)
    .flatMap((relative) => derChildren(relative, what))
    .map((attribute) => derChildren(attribute, what).at(-1)?.content ?? new Uint8Array())
    .map((text) => decodeUtf8(text, what))
    .join(", ")
}

/** The subject key identifier (RFC 5280 §4.2.1.2). */
export function subjectKeyIdentifier(certificate: Certificate): Uint8Array | undefined {
  const extension = certificate.extensions.get(EXTENSION.subjectKeyIdentifier)
  return extension === undefined ? undefined : readDer(extension.value, "key identifier").content
}

function authorityKeyIdentifier(certificate: Certificate): Uint8Array | undefined {
  const extension = certificate.extensions.get(EXTENSION.authorityKeyIdentifier)
  if (extension === undefined) return undefined
  return new DerReader(readDer(extension.value, "key identifier"), "key identifier").takeIf(0x80)
    ?.content
}

/** Whether the certificate is an authority (RFC 5280 §4.2.1.9), and how many more may follow it. */
export function basicConstraints(certificate: Certificate): {
  readonly authority: boolean
  readonly pathLength: number | undefined
} {
  const extension = certificate.extensions.get(EXTENSION.basicConstraints)
  if (extension === undefined) return { authority: false, pathLength: undefined }
  const what = "basic constraints"
  const reader = new DerReader(readDer(extension.value, what), what)
  const flag = reader.takeIf(DER.boolean)
  const length = reader.takeIf(DER.integer)
  reader.end()
  return {
    authority: flag !== undefined && derBoolean(flag, what),
    pathLength: length === undefined ? undefined : derSmallInteger(length, what),
  }
}

/** The extended key usages by object identifier (RFC 5280 §4.2.1.12); undefined where the extension is absent. */
export function extendedKeyUsages(certificate: Certificate): readonly string[] | undefined {
  const extension = certificate.extensions.get(EXTENSION.extendedKeyUsage)
  if (extension === undefined) return undefined
  const what = "extended key usage"
  return derChildren(readDer(extension.value, what), what).map((usage) => derOid(usage, what))
}

/** A bit of the key usage extension (RFC 5280 §4.2.1.3); undefined where the extension is absent. */
export function hasKeyUsage(
  certificate: Certificate,
  usage: "digitalSignature" | "keyCertSign",
): boolean | undefined {
  const extension = certificate.extensions.get(EXTENSION.keyUsage)
  if (extension === undefined) return undefined
  const element = readDer(extension.value, "key usage")
  if (element.tag !== DER.bitString) throw malformed("key usage is not a bit string")
  const mask = usage === "digitalSignature" ? 0x80 : 0x04
  return ((element.content[1] ?? 0) & mask) !== 0
}
