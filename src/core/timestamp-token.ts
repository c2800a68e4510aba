import { Buffer } from "node:buffer"

import { type Certificate, parseCertificate, signatureHash } from "./certificate.ts"
import {
  checkDer,
  DER,
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
import type { HashName } from "./keys.ts"
import { LIMITS } from "./limits.ts"

/** A timestamp token as it came (RFC 3161 §2.4.2 in CMS, RFC 5652 §5). */
export interface TimestampToken {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly imprint: { readonly hashName: HashName; readonly hash: Uint8Array }
  /** The DER of TSTInfo, which the signer's message digest is over. */
  readonly info: Uint8Array
  readonly signer: SignerInfo
  /** Certificates that travel in the token; trusted only through the trust root. */
  readonly certificates: readonly Certificate[]
}

/** Who signed a token, and over what (RFC 5652 §5.3). */
export interface SignerInfo {
  readonly id:
    | { readonly kind: "issuer"; readonly issuer: Uint8Array; readonly serial: Uint8Array }
    | { readonly kind: "key"; readonly identifier: Uint8Array }
  /** Of what is signed: the message digest. */
  readonly digest: HashName
  /** Of the signature itself. */
  readonly signatureHash: HashName
  /** The signed attributes as the SET they are signed as. */
  readonly signedAttributes: Uint8Array
  readonly contentType: string
  readonly messageDigest: Uint8Array
  /** The hash of the signer's certificate (RFC 5035 §3, RFC 2634 §5.4). */
  readonly certificateHash:
    | { readonly hashName: HashName | "sha1"; readonly hash: Uint8Array }
    | undefined
  readonly signature: Uint8Array
}

/** Object identifiers of RFC 5652, RFC 3161 and RFC 5035. */
export const TIMESTAMP_OID = {
  signedData: "1.2.840.113549.1.7.2",
  timestampInfo: "1.2.840.113549.1.9.16.1.4",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingCertificate: "1.2.840.113549.1.9.16.2.12",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
} as const

const HASHES = new Map<string, HashName>([
  ["2.16.840.1.101.3.4.2.1", "sha256"],
  ["2.16.840.1.101.3.4.2.2", "sha384"],
  ["2.16.840.1.101.3.4.2.3", "sha512"],
])

const WHAT = "timestamp"

/** Parses a `TimeStampResp` (RFC 3161 §2.4.2) that was granted. Throws `ERR_INPUT_MALFORMED` or `ERR_INPUT_TOO_LARGE`. */
export function parseTimestampResponse(der: Uint8Array): TimestampToken {
  if (der.byteLength > LIMITS.timestampBytes) {
    throw new WheelproofError(
      "ERR_INPUT_TOO_LARGE",
      `a ${WHAT} is over ${LIMITS.timestampBytes} bytes`,
    )
  }
  const whole = readDer(der, WHAT)
  checkDer(whole, WHAT, LIMITS.derDepth)
  const response = new DerReader(whole, WHAT)
  const status = derSmallInteger(
    new DerReader(response.take(DER.sequence), WHAT).take(DER.integer),
    WHAT,
  )
  // 0 granted, 1 granted with modifications; every other status comes without a usable token.
  if (status > 1) throw malformed(`the ${WHAT} was not granted (status ${status})`)
  const content = new DerReader(response.take(DER.sequence), WHAT)
  response.end()
  expectOid(content.take(DER.oid), TIMESTAMP_OID.signedData)
  const signedData = readDer(content.take(0xa0).content, WHAT)
  content.end()
  return parseSignedData(signedData)
}

function parseSignedData(signedData: DerElement): TimestampToken {
  const reader = new DerReader(signedData, WHAT)
  // Versions differ between authorities; RFC 5652 §5.1 wants 3, and nothing hangs on it.
  derSmallInteger(reader.take(DER.integer), WHAT)
  reader.take(DER.set)
  const encapsulated = new DerReader(reader.take(DER.sequence), WHAT)
  const certificates = reader.takeIf(0xa0)
  reader.takeIf(0xa1)
  const [signer, ...others] = derChildren(reader.take(DER.set), WHAT)
  reader.end()
  expectOid(encapsulated.take(DER.oid), TIMESTAMP_OID.timestampInfo)
  const octets = readDer(encapsulated.take(0xa0).content, WHAT)
  encapsulated.end()
  if (octets.tag !== DER.octetString) throw malformed(`a ${WHAT}'s content is no octet string`)
  const info = readDer(octets.content, WHAT)
  // RFC 3161 §2.4.2: the token has the signature of the authority and no other.
  if (signer === undefined || others.length > 0)
    throw malformed(`a ${WHAT} has not exactly one signer`)
  return {
    ...parseInfo(info),
    info: info.bytes,
    signer: parseSigner(signer),
    certificates: parseCertificates(certificates),
  }
}

// TSTInfo ::= SEQUENCE { version, policy, messageImprint, serialNumber, genTime, ... } (RFC 3161 §2.4.2).
function parseInfo(info: DerElement): Pick<TimestampToken, "time" | "imprint"> {
  const reader = new DerReader(info, WHAT)
  if (derSmallInteger(reader.take(DER.integer), WHAT) !== 1)
    throw malformed(`unknown ${WHAT} version`)
  reader.take(DER.oid)
  const imprint = new DerReader(reader.take(DER.sequence), WHAT)
  const hashName = parseHash(imprint.take(DER.sequence))
  const hash = imprint.take(DER.octetString).content
  imprint.end()
  derIntegerBytes(reader.take(DER.integer), WHAT)
  return { time: derTime(reader.take(DER.generalizedTime), WHAT), imprint: { hashName, hash } }
}

function parseSigner(signer: DerElement): SignerInfo {
  const reader = new DerReader(signer, WHAT)
  derSmallInteger(reader.take(DER.integer), WHAT)
  const id = parseSignerId(reader)
  const digest = parseHash(reader.take(DER.sequence))
  const attributes = reader.take(0xa0)
  const algorithm = reader.take(DER.sequence)
  const signature = reader.take(DER.octetString).content
  reader.takeIf(0xa1)
  reader.end()
  // RFC 5652 §5.4: signed as a SET OF, whatever implicit tag it travels under.
  const signedAttributes = Buffer.from(attributes.bytes)
  signedAttributes[0] = DER.set
  const values = parseAttributes(attributes)
  const contentType = values.get(TIMESTAMP_OID.contentType)
  const messageDigest = values.get(TIMESTAMP_OID.messageDigest)
  if (contentType === undefined || messageDigest === undefined) {
    throw malformed(`a ${WHAT} lacks signed attributes`)
  }
  return {
    id,
    digest,
    signatureHash: parseSignatureHash(algorithm, digest),
    signedAttributes,
    contentType: derOid(contentType, WHAT),
    messageDigest: messageDigest.content,
    certificateHash: parseCertificateHash(values),
    signature,
  }
}

// RFC 3370 §3.2: plain rsaEncryption leaves the hash to the digest algorithm.
const RSA_ENCRYPTION = "1.2.840.113549.1.1.1"

function parseSignatureHash(algorithm: DerElement, digest: HashName): HashName {
  const oid = derOid(new DerReader(algorithm, WHAT).take(DER.oid), WHAT)
  const hashName = oid === RSA_ENCRYPTION ? digest : signatureHash(oid)
  if (hashName === undefined) throw malformed(`a ${WHAT} uses the unknown signature ${oid}`)
  return hashName
}

function parseSignerId(reader: DerReader): SignerInfo["id"] {
  const key = reader.takeIf(0x80)
  if (key !== undefined) return { kind: "key", identifier: key.content }
  const pair = new DerReader(reader.take(DER.sequence), WHAT)
  const issuer = pair.take(DER.sequence).bytes
  const serial = derIntegerBytes(pair.take(DER.integer), WHAT)
  pair.end()
  return { kind: "issuer", issuer, serial }
}

function parseAttributes(attributes: DerElement): ReadonlyMap<string, DerElement> {
  const values = new Map<string, DerElement>()
  for (const attribute of derChildren(attributes, WHAT)) {
    const reader = new DerReader(attribute, WHAT)
    const oid = derOid(reader.take(DER.oid), WHAT)
    const [value, ...others] = derChildren(reader.take(DER.set), WHAT)
    // RFC 5652 §11: content type and message digest appear once, with one value.
    if (value === undefined || others.length > 0 || values.has(oid)) {
      throw malformed(`a ${WHAT} has an ambiguous signed attribute`)
    }
    values.set(oid, value)
  }
  return values
}

// SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2 { hashAlgorithm DEFAULT sha256, certHash, ... } }.
function parseCertificateHash(
  values: ReadonlyMap<string, DerElement>,
): SignerInfo["certificateHash"] {
  const second = values.get(TIMESTAMP_OID.signingCertificateV2)
  const attribute = second ?? values.get(TIMESTAMP_OID.signingCertificate)
  if (attribute === undefined) return undefined
  const ids = new DerReader(attribute, WHAT).take(DER.sequence)
  const id = new DerReader(new DerReader(ids, WHAT).take(DER.sequence), WHAT)
  const algorithm = second === undefined ? undefined : id.takeIf(DER.sequence)
  const hashName =
    second === undefined ? "sha1" : algorithm === undefined ? "sha256" : parseHash(algorithm)
  return { hashName, hash: id.take(DER.octetString).content }
}

function parseCertificates(set: DerElement | undefined): readonly Certificate[] {
  if (set === undefined) return []
  const elements = derChildren(set, WHAT)
  if (elements.length > LIMITS.certificates) throw malformed(`a ${WHAT} has too many certificates`)
  return elements.map(({ bytes }) => parseCertificate(bytes, `${WHAT} certificate`))
}

function parseHash(algorithm: DerElement): HashName {
  const oid = derOid(new DerReader(algorithm, WHAT).take(DER.oid), WHAT)
  const hashName = HASHES.get(oid)
  if (hashName === undefined) throw malformed(`a ${WHAT} uses the unknown digest ${oid}`)
  return hashName
}

function expectOid(element: DerElement, oid: string): void {
  if (derOid(element, WHAT) !== oid) throw malformed(`a ${WHAT} is not of the type ${oid}`)
}
