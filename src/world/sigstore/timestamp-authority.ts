import {
  authorityKeyIdentifier,
  basicConstraints,
  createCertificate,
  distinguishedName,
  extendedKeyUsage,
  KEY_USAGE,
  keyUsage,
  OID,
  subjectKeyIdentifier,
} from "../crypto/certificate.ts"
import type { Der } from "../crypto/der.ts"
import {
  createKeyPair,
  keepKeyPair,
  randomSerialNumber,
  readKeyPair,
  type KeyPair,
} from "../crypto/keys.ts"
import {
  timestampResponse,
  type TimestampRequestFields,
  type TimestampSigner,
} from "./timestamp-token.ts"

const YEAR = 365 * 86_400_000

/** What to write into a timestamping certificate instead of the usual. */
interface TimestampSignerOptions {
  readonly key?: KeyPair
  /** Purposes by object identifier; time stamping. */
  readonly extendedKeyUsage?: readonly string[]
  readonly extendedKeyUsageCritical?: boolean
  /** Milliseconds since 1970. */
  readonly notBefore?: number
  readonly notAfter?: number
}

/** What to stamp and how. */
export interface StampOptions extends Partial<TimestampRequestFields> {
  /** Signs instead of the authority's own certificate. */
  readonly signer?: TimestampSigner
}

/** An RFC 3161 authority: a root, and a leaf that signs. */
export interface TimestampAuthority {
  readonly uri: string
  readonly organization: string
  readonly root: Der
  readonly rootKey: KeyPair
  readonly signer: TimestampSigner
  /** Another certificate from the same root. */
  readonly issueSigner: (options?: TimestampSignerOptions) => TimestampSigner
  /** A `TimeStampResp` over `message`, DER (RFC 3161 §2.4.2). */
  readonly stamp: (message: Uint8Array, options?: StampOptions) => Der
}

/** What an authority keeps, to go on after a restart: the signer's key in PEM, certificates in base64. */
export interface KeptTimestampAuthority {
  readonly rootKey: string
  readonly root: string
  readonly signerKey: string
  readonly signerCertificate: string
  readonly signerSerialNumber: string
}

/** How to set up a {@link TimestampAuthority}. */
export interface TimestampAuthorityOptions {
  /** Milliseconds since 1970. */
  readonly now: number
  readonly uri?: string
  readonly organization?: string
  /** Of both certificates; a year before `now` to nine years after. */
  readonly notBefore?: number
  readonly notAfter?: number
  readonly kept?: KeptTimestampAuthority
}

/** Makes an authority with fresh P-384 keys, or takes one up that was kept. */
export function createTimestampAuthority(options: TimestampAuthorityOptions): TimestampAuthority {
  const organization = options.organization ?? "sigstore.test"
  const issuer = distinguishedName(organization, "sigstore-tsa-selfsigned")
  const subject = distinguishedName(organization, "sigstore-tsa")
  const { kept } = options
  const rootKey = kept === undefined ? createKeyPair("p384") : readKeyPair(kept.rootKey)
  const validity = {
    notBefore: options.notBefore ?? options.now - YEAR,
    notAfter: options.notAfter ?? options.now + 9 * YEAR,
  }
  const issueSigner: TimestampAuthority["issueSigner"] = (wanted = {}) => {
    const key = wanted.key ?? createKeyPair("p384")
    const serialNumber = randomSerialNumber()
    const fields = {
      serialNumber,
      issuer,
      subject,
      notBefore: wanted.notBefore ?? validity.notBefore,
      notAfter: wanted.notAfter ?? validity.notAfter,
      publicKey: key.publicKey,
      extensions: [
        keyUsage(KEY_USAGE.digitalSignature),
        subjectKeyIdentifier(key.publicKey),
        authorityKeyIdentifier(rootKey.publicKey),
        extendedKeyUsage(
          wanted.extendedKeyUsage ?? [OID.timeStamping],
          wanted.extendedKeyUsageCritical ?? true,
        ),
      ],
    }
    const certificate = createCertificate(fields, rootKey)
    return { key, certificate, subject, issuer, serialNumber }
  }
  const signer = kept === undefined ? issueSigner() : keptSigner(kept, subject, issuer)
  return {
    uri: options.uri ?? "https://timestamp.sigstore.test/api/v1/timestamp",
    organization,
    root:
      kept === undefined
        ? rootCertificate(rootKey, issuer, validity)
        : Buffer.from(kept.root, "base64"),
    rootKey,
    signer,
    issueSigner,
    stamp: (message, { signer: by = signer, ...wanted } = {}) =>
      timestampResponse(message, { time: options.now, ...wanted }, by),
  }
}

/** What is to be kept of an authority. */
export function keepTimestampAuthority({
  root,
  rootKey,
  signer,
}: TimestampAuthority): KeptTimestampAuthority {
  return {
    rootKey: keepKeyPair(rootKey),
    root: Buffer.from(root).toString("base64"),
    signerKey: keepKeyPair(signer.key),
    signerCertificate: Buffer.from(signer.certificate).toString("base64"),
    signerSerialNumber: String(signer.serialNumber),
  }
}

function keptSigner(kept: KeptTimestampAuthority, subject: Der, issuer: Der): TimestampSigner {
  return {
    key: readKeyPair(kept.signerKey),
    certificate: Buffer.from(kept.signerCertificate, "base64"),
    subject,
    issuer,
    serialNumber: BigInt(kept.signerSerialNumber),
  }
}

function rootCertificate(
  key: KeyPair,
  name: Der,
  validity: { readonly notBefore: number; readonly notAfter: number },
): Der {
  const extensions = [
    keyUsage(KEY_USAGE.keyCertSign, KEY_USAGE.crlSign),
    basicConstraints(true, 0),
    subjectKeyIdentifier(key.publicKey),
  ]
  const { publicKey } = key
  const names = { issuer: name, subject: name, serialNumber: randomSerialNumber() }
  return createCertificate({ ...names, ...validity, publicKey, extensions }, key)
}
