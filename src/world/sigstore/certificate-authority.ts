import type { KeyObject } from "node:crypto"

import type { Identity, SubjectAlternativeName } from "../../core/identity.ts"
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
  tbsCertificate,
  type CertificateExtension,
  type CertificateFields,
} from "../crypto/certificate.ts"
import { timestampList, type CtLog } from "./ct-log.ts"
import { octetString, type Der } from "../crypto/der.ts"
import { identityExtensions, subjectAlternativeName } from "./fulcio-extensions.ts"
import {
  createKeyPair,
  digest,
  keepKeyPair,
  randomSerialNumber,
  readKeyPair,
  signatureAlgorithm,
  subjectPublicKeyInfo,
  type HashName,
  type KeyKind,
  type KeyPair,
} from "../crypto/keys.ts"

const YEAR = 365 * 86_400_000
const LEAF_LIFETIME = 600_000

/** An embedded promise of a CT log; what is left out is the authority's own log and the start of validity. */
interface TimestampRequest {
  readonly log?: CtLog
  /** Milliseconds since 1970. */
  readonly timestamp?: number
  readonly extensions?: Uint8Array
  /** Hash another issuer's key than the one that signs. */
  readonly issuerKeyHash?: Uint8Array
}

/** What to write into a signing certificate. What is left out is what Fulcio would write. */
export interface IssueOptions {
  readonly publicKey: KeyObject
  readonly identity: Identity
  /** Milliseconds since 1970; the authority's `now`. */
  readonly notBefore?: number
  /** Ten minutes after `notBefore`. */
  readonly notAfter?: number
  readonly serialNumber?: bigint
  /** Instead of the identity's one name. */
  readonly names?: readonly SubjectAlternativeName[]
  readonly namesCritical?: boolean
  /** Instead of the extensions that follow from the identity. */
  readonly identityExtensions?: readonly CertificateExtension[]
  /** After all others, in order, duplicates and all. */
  readonly extraExtensions?: readonly CertificateExtension[]
  /** Extensions to leave out, by object identifier. */
  readonly omit?: readonly string[]
  /** Purposes by object identifier; code signing. */
  readonly extendedKeyUsage?: readonly string[]
  readonly extendedKeyUsageCritical?: boolean
  /** Bits; digital signature. */
  readonly keyUsage?: readonly number[]
  /** Adds basic constraints, which Fulcio leaves out. */
  readonly basicConstraints?: { readonly ca: boolean; readonly pathLength?: number }
  /** One promise of the authority's own log; an empty list leaves the extension out. */
  readonly timestamps?: readonly TimestampRequest[]
  /** Changes the finished list of promises. */
  readonly alterTimestampList?: (list: Uint8Array) => Uint8Array
  /** Who signs; the intermediate. */
  readonly by?: "intermediate" | "root" | KeyPair
  /** A DER `Name`; the one of who signs. */
  readonly issuerName?: Der
  /** A DER `Name`; empty. */
  readonly subjectName?: Der
  /** The hash of the signature. */
  readonly hash?: HashName
}

/** An authority laid out as Fulcio is: a root, an intermediate, and leaves of ten minutes. */
export interface CertificateAuthority {
  readonly uri: string
  readonly organization: string
  readonly root: Der
  readonly intermediate: Der
  readonly rootKey: KeyPair
  readonly intermediateKey: KeyPair
  readonly ctLog: CtLog
  /** A signing certificate, DER. */
  readonly issue: (options: IssueOptions) => Der
}

/** What an authority keeps, to go on after a restart: keys in PEM, certificates in base64. */
export interface KeptCertificateAuthority {
  readonly rootKey: string
  readonly intermediateKey: string
  readonly root: string
  readonly intermediate: string
}

/** How to set up a {@link CertificateAuthority}. */
export interface CertificateAuthorityOptions {
  /** Milliseconds since 1970. */
  readonly now: number
  readonly ctLog: CtLog
  readonly uri?: string
  readonly organization?: string
  readonly keyKind?: KeyKind
  /** Of root and intermediate; a year before `now` to nine years after. */
  readonly notBefore?: number
  readonly notAfter?: number
  readonly kept?: KeptCertificateAuthority
}

/** Makes an authority with fresh keys, or takes one up that was kept. */
export function createCertificateAuthority(
  options: CertificateAuthorityOptions,
): CertificateAuthority {
  const organization = options.organization ?? "sigstore.test"
  const { rootKey, intermediateKey } = authorityKeys(options)
  const rootName = distinguishedName(organization, "sigstore")
  const intermediateName = distinguishedName(organization, "sigstore-intermediate")
  const common = authorityFields(options, rootName)
  return {
    uri: options.uri ?? "https://fulcio.sigstore.test",
    organization,
    rootKey,
    intermediateKey,
    ctLog: options.ctLog,
    root: decoded(options.kept?.root) ?? createCertificate(rootFields(common, rootKey), rootKey),
    intermediate:
      decoded(options.kept?.intermediate) ??
      createCertificate(
        intermediateFields({ ...common, subject: intermediateName }, intermediateKey, rootKey),
        rootKey,
      ),
    issue(wanted) {
      const by = wanted.by ?? "intermediate"
      const signer = by === "root" ? rootKey : by === "intermediate" ? intermediateKey : by
      const issuerName = wanted.issuerName ?? (by === "root" ? rootName : intermediateName)
      return issueLeaf({ ...wanted, issuerName }, signer, options)
    },
  }
}

/** What is to be kept of an authority. */
export function keepCertificateAuthority(
  authority: CertificateAuthority,
): KeptCertificateAuthority {
  return {
    rootKey: keepKeyPair(authority.rootKey),
    intermediateKey: keepKeyPair(authority.intermediateKey),
    root: Buffer.from(authority.root).toString("base64"),
    intermediate: Buffer.from(authority.intermediate).toString("base64"),
  }
}

function decoded(base64: string | undefined): Der | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, "base64")
}

function authorityKeys({
  kept: before,
  keyKind = "p384",
}: CertificateAuthorityOptions): Record<"rootKey" | "intermediateKey", KeyPair> {
  if (before === undefined) {
    return { rootKey: createKeyPair(keyKind), intermediateKey: createKeyPair(keyKind) }
  }
  return {
    rootKey: readKeyPair(before.rootKey),
    intermediateKey: readKeyPair(before.intermediateKey),
  }
}

type Validity = Pick<CertificateFields, "serialNumber" | "issuer" | "notBefore" | "notAfter">

function authorityFields(options: CertificateAuthorityOptions, issuer: Der): Validity {
  return {
    serialNumber: randomSerialNumber(),
    issuer,
    notBefore: options.notBefore ?? options.now - YEAR,
    notAfter: options.notAfter ?? options.now + 9 * YEAR,
  }
}

function rootFields(common: Validity, { publicKey }: KeyPair): CertificateFields {
  return {
    ...common,
    subject: common.issuer,
    publicKey,
    extensions: [
      keyUsage(KEY_USAGE.keyCertSign, KEY_USAGE.crlSign),
      basicConstraints(true),
      subjectKeyIdentifier(publicKey),
      authorityKeyIdentifier(publicKey),
    ],
  }
}

function intermediateFields(
  common: Validity & { readonly subject: Der },
  { publicKey }: KeyPair,
  issuer: KeyPair,
): CertificateFields {
  return {
    ...common,
    serialNumber: randomSerialNumber(),
    publicKey,
    extensions: [
      keyUsage(KEY_USAGE.keyCertSign, KEY_USAGE.crlSign),
      extendedKeyUsage([OID.codeSigning]),
      basicConstraints(true, 0),
      subjectKeyIdentifier(publicKey),
      authorityKeyIdentifier(issuer.publicKey),
    ],
  }
}

function issueLeaf(
  wanted: IssueOptions & { readonly issuerName: Der },
  signer: KeyPair,
  authority: CertificateAuthorityOptions,
): Der {
  const notBefore = wanted.notBefore ?? authority.now
  const fields = {
    serialNumber: wanted.serialNumber ?? randomSerialNumber(),
    issuer: wanted.issuerName,
    subject: wanted.subjectName ?? distinguishedName(),
    notBefore,
    notAfter: wanted.notAfter ?? notBefore + LEAF_LIFETIME,
    publicKey: wanted.publicKey,
    extensions: leafExtensions(wanted, signer),
  }
  const precertificate = tbsCertificate(fields, signatureAlgorithm(signer, wanted.hash))
  const promises = (wanted.timestamps ?? [{}]).map((request) =>
    (request.log ?? authority.ctLog).signCertificateTimestamp({
      tbsCertificate: precertificate,
      timestamp: request.timestamp ?? notBefore,
      issuerKeyHash:
        request.issuerKeyHash ?? digest("sha256", subjectPublicKeyInfo(signer.publicKey)),
      ...(request.extensions === undefined ? {} : { extensions: request.extensions }),
    }),
  )
  const extensions = [...fields.extensions, ...timestampExtension(promises, wanted)]
  return createCertificate({ ...fields, extensions }, signer, wanted.hash)
}

function timestampExtension(
  promises: readonly Uint8Array[],
  { alterTimestampList }: IssueOptions,
): CertificateExtension[] {
  if (promises.length === 0) return []
  const list = timestampList(promises)
  return [
    {
      oid: OID.signedCertificateTimestamps,
      value: octetString(alterTimestampList?.(list) ?? list),
    },
  ]
}

function leafExtensions(wanted: IssueOptions, signer: KeyPair): CertificateExtension[] {
  const constraints = wanted.basicConstraints
  const all = [
    keyUsage(...(wanted.keyUsage ?? [KEY_USAGE.digitalSignature])),
    extendedKeyUsage(wanted.extendedKeyUsage ?? [OID.codeSigning], wanted.extendedKeyUsageCritical),
    ...(constraints === undefined
      ? []
      : [basicConstraints(constraints.ca, constraints.pathLength)]),
    subjectKeyIdentifier(wanted.publicKey),
    authorityKeyIdentifier(signer.publicKey),
    subjectAlternativeName(wanted.names ?? [wanted.identity.san], wanted.namesCritical),
    ...(wanted.identityExtensions ?? identityExtensions(wanted.identity)),
  ]
  const kept = all.filter(({ oid }) => wanted.omit?.includes(oid) !== true)
  return [...kept, ...(wanted.extraExtensions ?? [])]
}
