import {
  explicit,
  generalizedTime,
  implicit,
  integer,
  nullValue,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  tagged,
  utcTime,
  utf8String,
  type Der,
} from "../crypto/der.ts"
import {
  digest,
  randomSerialNumber,
  sign,
  signatureAlgorithm,
  type HashName,
  type KeyPair,
} from "../crypto/keys.ts"

const SIGNED_DATA = "1.2.840.113549.1.7.2"
const TST_INFO = "1.2.840.113549.1.9.16.1.4"
const POLICY = "1.3.6.1.4.1.57264.2"
const ATTRIBUTE = {
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingTime: "1.2.840.113549.1.9.5",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
} as const
const HASH_OIDS: Readonly<Record<HashName, string>> = {
  sha1: "1.3.14.3.2.26",
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
}

/** A key that signs timestamps, with its certificate. */
export interface TimestampSigner {
  readonly key: KeyPair
  readonly certificate: Der
  /** The certificate's own DER `Name`. */
  readonly subject: Der
  /** The issuer's DER `Name` and the serial number, by which tokens name the certificate. */
  readonly issuer: Der
  readonly serialNumber: bigint
}

/** What goes into a timestamp; all but the time has a good default, and the rest is for bad tokens. */
export interface TimestampRequestFields {
  /** Milliseconds since 1970. */
  readonly time: number
  /** Of the message imprint; SHA-256. */
  readonly hash?: HashName
  readonly nonce?: bigint
  readonly serialNumber?: bigint
  /** Whether the token carries the signing certificate; true. */
  readonly includeCertificate?: boolean
  readonly accuracy?: {
    readonly seconds?: number
    readonly millis?: number
    readonly micros?: number
  }
  /** `PKIStatus`; 0, granted. */
  readonly status?: number
  /** Answer with the status alone, as a refusal does. */
  readonly withoutToken?: boolean
  /** Stamp this digest instead of the message's. */
  readonly imprint?: Uint8Array
  readonly policy?: string
  /** The DER `Name` that the token says it is by; none unless one is given. */
  readonly authorityName?: Der
  /** The ESS certificate hash; `null` leaves the attribute out. */
  readonly certificateHash?: Uint8Array | null
  /** The signed message digest; `null` leaves the attribute out. */
  readonly messageDigest?: Uint8Array | null
  /** The signed content type; `null` leaves the attribute out. */
  readonly contentType?: string | null
  /** Of the signature, and of the digest that is signed; SHA-256. */
  readonly signatureHash?: HashName
  /** Of the digest that is signed, where it is another. */
  readonly digestHash?: HashName
  /** Changes the finished signature. */
  readonly alterSignature?: (signature: Uint8Array) => Uint8Array
}

/** A `TimeStampResp` over `message`, DER (RFC 3161 §2.4.2). */
export function timestampResponse(
  message: Uint8Array,
  fields: TimestampRequestFields,
  signer: TimestampSigner,
): Der {
  const status = fields.status ?? 0
  const text = status < 2 ? [] : [sequence(utf8String("the request was refused"))]
  const info = sequence(integer(status), ...text)
  return fields.withoutToken === true
    ? sequence(info)
    : sequence(info, timestampToken(message, fields, signer))
}

function timestampToken(
  message: Uint8Array,
  fields: TimestampRequestFields,
  signer: TimestampSigner,
): Der {
  const info = timestampInfo(message, fields)
  const certificates = fields.includeCertificate === false ? [] : [explicit(0, signer.certificate)]
  const signedData = sequence(
    integer(3),
    setOf(hashAlgorithm(digestHashOf(fields))),
    sequence(objectIdentifier(TST_INFO), explicit(0, octetString(info))),
    ...certificates,
    setOf(signerInfo(info, fields, signer)),
  )
  return sequence(objectIdentifier(SIGNED_DATA), explicit(0, signedData))
}

function timestampInfo(message: Uint8Array, fields: TimestampRequestFields): Der {
  const hash = fields.hash ?? "sha256"
  const imprint = fields.imprint ?? digest(hash, message)
  return sequence(
    integer(1),
    objectIdentifier(fields.policy ?? POLICY),
    sequence(sequence(objectIdentifier(HASH_OIDS[hash]), nullValue()), octetString(imprint)),
    integer(fields.serialNumber ?? randomSerialNumber()),
    generalizedTime(fields.time),
    ...(fields.accuracy === undefined ? [] : [accuracy(fields.accuracy)]),
    ...(fields.nonce === undefined ? [] : [integer(fields.nonce)]),
    // `tsa`, a GeneralName: 4 is a directory name.
    ...(fields.authorityName === undefined ? [] : [explicit(0, explicit(4, fields.authorityName))]),
  )
}

function accuracy(value: NonNullable<TimestampRequestFields["accuracy"]>): Der {
  return sequence(
    ...(value.seconds === undefined ? [] : [integer(value.seconds)]),
    ...smallInteger(0, value.millis),
    ...smallInteger(1, value.micros),
  )
}

function smallInteger(tag: number, value: number | undefined): Der[] {
  return value === undefined ? [] : [implicit(tag, integer(value).subarray(2))]
}

function signerInfo(info: Der, fields: TimestampRequestFields, signer: TimestampSigner): Der {
  const attributes = setOf(...signedAttributes(info, fields, signer))
  const hash = fields.signatureHash ?? "sha256"
  const signature = sign(signer.key, attributes, hash)
  return sequence(
    integer(1),
    sequence(signer.issuer, integer(signer.serialNumber)),
    hashAlgorithm(digestHashOf(fields)),
    // RFC 5652 §5.4: signed as a SET OF, sent under the implicit tag [0].
    Buffer.concat([Uint8Array.of(0xa0), attributes.subarray(1)]),
    signatureAlgorithm(signer.key, hash),
    octetString(fields.alterSignature?.(signature) ?? signature),
  )
}

function signedAttributes(
  info: Der,
  fields: TimestampRequestFields,
  signer: TimestampSigner,
): Der[] {
  const contentType = orDefault(fields.contentType, TST_INFO)
  const messageDigest = orDefault(fields.messageDigest, digest(digestHashOf(fields), info))
  const certificateHash = orDefault(fields.certificateHash, digest("sha256", signer.certificate))
  return [
    ...(contentType === null ? [] : [attribute("contentType", objectIdentifier(contentType))]),
    attribute("signingTime", utcTime(fields.time)),
    ...(messageDigest === null ? [] : [attribute("messageDigest", octetString(messageDigest))]),
    ...(certificateHash === null
      ? []
      : [attribute("signingCertificateV2", signingCertificate(certificateHash, signer))]),
  ]
}

function signingCertificate(hash: Uint8Array, { issuer, serialNumber }: TimestampSigner): Der {
  const issuerSerial = sequence(sequence(tagged(0xa4, issuer)), integer(serialNumber))
  return sequence(sequence(sequence(octetString(hash), issuerSerial)))
}

function attribute(name: keyof typeof ATTRIBUTE, value: Der): Der {
  return sequence(objectIdentifier(ATTRIBUTE[name]), setOf(value))
}

function digestHashOf({ digestHash, signatureHash }: TimestampRequestFields): HashName {
  return digestHash ?? signatureHash ?? "sha256"
}

function hashAlgorithm(hash: HashName = "sha256"): Der {
  return sequence(objectIdentifier(HASH_OIDS[hash]))
}

function orDefault<T>(value: T | null | undefined, usual: T): T | null {
  return value === undefined ? usual : value
}
