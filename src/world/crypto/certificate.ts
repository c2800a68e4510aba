import type { KeyObject } from "node:crypto"

import {
  bitString,
  boolean,
  certificateTime,
  explicit,
  implicit,
  integer,
  namedBits,
  objectIdentifier,
  octetString,
  printableString,
  sequence,
  setOf,
  tagged,
  type Der,
} from "./der.ts"
import {
  digest,
  publicKeyBits,
  sign,
  signatureAlgorithm,
  subjectPublicKeyInfo,
  type HashName,
  type KeyPair,
} from "./keys.ts"

/** The object identifiers of the extensions and usages that the local world writes. */
export const OID = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAlternativeName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  signedCertificateTimestamps: "1.3.6.1.4.1.11129.2.4.2",
  codeSigning: "1.3.6.1.5.5.7.3.3",
  timeStamping: "1.3.6.1.5.5.7.3.8",
} as const

/** The bits of a key usage (RFC 5280 §4.2.1.3) that are used here. */
export const KEY_USAGE = { digitalSignature: 0, keyCertSign: 5, crlSign: 6 } as const

/** One extension of a certificate. */
export interface CertificateExtension {
  readonly oid: string
  readonly critical?: boolean
  /** What the extension's OCTET STRING holds: DER, or whatever a test wants there. */
  readonly value: Uint8Array
}

/** Everything in a certificate but its signature. */
export interface CertificateFields {
  readonly serialNumber: bigint
  /** A DER `Name`, such as {@link distinguishedName} makes. */
  readonly issuer: Der
  readonly subject: Der
  /** Milliseconds since 1970. */
  readonly notBefore: number
  readonly notAfter: number
  readonly publicKey: KeyObject
  readonly extensions: readonly CertificateExtension[]
}

/** A DER `Name` with an organization and a common name; empty where neither is given. */
export function distinguishedName(organization?: string, commonName?: string): Der {
  const attributes = [
    { oid: "2.5.4.10", value: organization },
    { oid: "2.5.4.3", value: commonName },
  ]
  return sequence(
    ...attributes.flatMap(({ oid, value }) =>
      value === undefined ? [] : [setOf(sequence(objectIdentifier(oid), printableString(value)))],
    ),
  )
}

/** The `TBSCertificate` (RFC 5280 §4.1.2), version 3. */
export function tbsCertificate(fields: CertificateFields, algorithm: Der): Der {
  return sequence(
    explicit(0, integer(2)),
    integer(fields.serialNumber),
    algorithm,
    fields.issuer,
    sequence(certificateTime(fields.notBefore), certificateTime(fields.notAfter)),
    fields.subject,
    subjectPublicKeyInfo(fields.publicKey),
    explicit(3, sequence(...fields.extensions.map(encodeExtension))),
  )
}

/** A certificate, signed. */
export function createCertificate(
  fields: CertificateFields,
  signer: KeyPair,
  hash?: HashName,
): Der {
  const algorithm = signatureAlgorithm(signer, hash)
  const tbs = tbsCertificate(fields, algorithm)
  return sequence(tbs, algorithm, bitString(sign(signer, tbs, hash)))
}

/** SHA-1 of the public key's bits, by which certificates name keys (RFC 5280 §4.2.1.2). */
function keyIdentifier(key: KeyObject): Uint8Array {
  return digest("sha1", publicKeyBits(key))
}

/** Subject key identifier. */
export function subjectKeyIdentifier(key: KeyObject): CertificateExtension {
  return { oid: OID.subjectKeyIdentifier, value: octetString(keyIdentifier(key)) }
}

/** Authority key identifier, by key id only. */
export function authorityKeyIdentifier(issuerKey: KeyObject): CertificateExtension {
  const value = sequence(implicit(0, keyIdentifier(issuerKey)))
  return { oid: OID.authorityKeyIdentifier, value }
}

/** Key usage, critical. */
export function keyUsage(...bits: readonly number[]): CertificateExtension {
  return { oid: OID.keyUsage, critical: true, value: namedBits(bits) }
}

/** Extended key usage. */
export function extendedKeyUsage(
  purposes: readonly string[],
  critical = false,
): CertificateExtension {
  const value = sequence(...purposes.map(objectIdentifier))
  return { oid: OID.extendedKeyUsage, critical, value }
}

/** Basic constraints, critical. */
export function basicConstraints(ca: boolean, pathLength?: number): CertificateExtension {
  const value = sequence(
    ...(ca ? [boolean(true)] : []),
    ...(pathLength === undefined ? [] : [integer(pathLength)]),
  )
  return { oid: OID.basicConstraints, critical: true, value }
}

function encodeExtension({ oid, critical = false, value }: CertificateExtension): Der {
  return sequence(objectIdentifier(oid), ...(critical ? [boolean(true)] : []), octetString(value))
}

/** A general name that is a plain string: 1 an address, 2 a host, 6 a URI (RFC 5280 §4.2.1.6). */
export function generalName(number: number, text: string): Der {
  return tagged(0x80 | number, Buffer.from(text, "utf8"))
}
