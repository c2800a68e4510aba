import { hash } from "node:crypto"

import { equalBytes } from "./bytes.ts"
import {
  type Certificate,
  EXTENSION,
  extendedKeyUsages,
  subjectKeyIdentifier,
} from "./certificate.ts"
import { findIssuer, isValidAt, unknownCriticalExtension, USAGE } from "./chain.ts"
import { digestOf } from "./keys.ts"
import { parseTimestampResponse, TIMESTAMP_OID, type TimestampToken } from "./timestamp-token.ts"
import { isWithin, type TrustedAuthority } from "./trust.ts"

/** How a timestamp turned out: the time it proves, or what was wrong with it. */
export type TimestampResult =
  | { readonly kind: "valid"; readonly time: number; readonly authority: string }
  | { readonly kind: "invalid"; readonly expected: string; readonly found: string }

/**
 * Verifies an RFC 3161 response over `signature`: imprint, signed attributes, the signer's certificate (chain, time stamping only,
 * in service at that time, named by the token) and the signature itself (RFC 3161 §2.2, §2.3; RFC 5652 §5.6).
 * Throws `ERR_INPUT_MALFORMED` for what is not a granted response.
 */
export function verifyTimestamp(
  der: Uint8Array,
  signature: Uint8Array,
  authorities: readonly TrustedAuthority[],
): TimestampResult {
  const token = parseTimestampResponse(der)
  const { imprint, signer } = token
  if (!equalBytes(digestOf(imprint.hashName, signature), imprint.hash)) {
    return invalid("a timestamp over this signature", "one over other bytes")
  }
  if (signer.contentType !== TIMESTAMP_OID.timestampInfo) {
    return invalid("a signed timestamp", `signed content of type ${signer.contentType}`)
  }
  if (!equalBytes(digestOf(signer.digest, token.info), signer.messageDigest)) {
    return invalid("a signature over this timestamp", "one over another")
  }
  return verifySigner(token, authorities)
}

function verifySigner(
  token: TimestampToken,
  authorities: readonly TrustedAuthority[],
): TimestampResult {
  const { signer, time } = token
  const serving = authorities.filter(({ validity }) => isWithin(validity, time))
  for (const authority of serving) {
    const certificate = findSigner(token, authority)
    if (certificate === undefined) continue
    const problem = checkSigner(certificate, token, authority)
    if (problem !== undefined) return problem
    const { signedAttributes, signature, signatureHash } = signer
    if (!certificate.publicKey.verify(signedAttributes, signature, signatureHash)) {
      return invalid(`a signature by ${authority.name}`, "an invalid signature")
    }
    return { kind: "valid", time, authority: authority.name }
  }
  return invalid(
    "a timestamp authority of the trust root, in service at that time",
    `a timestamp of ${new Date(time).toISOString()} by another`,
  )
}

/** The signer's certificate: the authority's own, or one in the token that the authority issued. */
function findSigner(token: TimestampToken, authority: TrustedAuthority): Certificate | undefined {
  const own = authority.chain.find((certificate) => isNamedBy(certificate, token))
  if (own !== undefined) return own
  return token.certificates.find(
    (certificate) =>
      isNamedBy(certificate, token) &&
      findIssuer(certificate, authority, token.time, USAGE.timeStamping) !== undefined,
  )
}

function isNamedBy(certificate: Certificate, { signer }: TimestampToken): boolean {
  if (signer.id.kind === "issuer") {
    return (
      equalBytes(certificate.issuer, signer.id.issuer) &&
      equalBytes(certificate.serial, signer.id.serial)
    )
  }
  const identifier = subjectKeyIdentifier(certificate)
  return identifier !== undefined && equalBytes(identifier, signer.id.identifier)
}

function checkSigner(
  certificate: Certificate,
  { signer, time }: TimestampToken,
  authority: TrustedAuthority,
): TimestampResult | undefined {
  if (findIssuer(certificate, authority, time, USAGE.timeStamping) === undefined) {
    return invalid(`a certificate of ${authority.name}, valid at that time`, "another chain")
  }
  if (!isValidAt(certificate, time)) {
    return invalid("a timestamp within its certificate's validity", new Date(time).toISOString())
  }
  // RFC 3161 §2.3: this usage, no other, and critical.
  const usages = extendedKeyUsages(certificate)
  const critical = certificate.extensions.get(EXTENSION.extendedKeyUsage)?.critical === true
  if (usages?.length !== 1 || usages[0] !== USAGE.timeStamping || !critical) {
    return invalid(
      "a certificate for time stamping alone",
      `usages ${usages?.join(", ") ?? "none"}`,
    )
  }
  const unknown = unknownCriticalExtension(certificate)
  if (unknown !== undefined) return invalid("known critical extensions", unknown)
  return checkCertificateHash(certificate, signer.certificateHash)
}

// RFC 5816 §2.2.1: the token names its signer's certificate by hash, so that another of the same key cannot stand in.
function checkCertificateHash(
  certificate: Certificate,
  named: TimestampToken["signer"]["certificateHash"],
): TimestampResult | undefined {
  if (named === undefined) return invalid("a token that names its certificate", "none named")
  return equalBytes(hash(named.hashName, certificate.der, "buffer"), named.hash)
    ? undefined
    : invalid("the certificate that the token names", "another certificate")
}

function invalid(expected: string, found: string): TimestampResult {
  return { kind: "invalid", expected, found }
}
