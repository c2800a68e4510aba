import type { Identity, SubjectAlternativeName } from "../../core/identity.ts"
import { generalName, OID, type CertificateExtension } from "../crypto/certificate.ts"
import {
  explicit,
  objectIdentifier,
  sequence,
  tagged,
  utf8String,
  type Der,
} from "../crypto/der.ts"

const ARC = "1.3.6.1.4.1.57264.1"
const GITHUB = "https://github.com/"
const OTHER_NAME = `${ARC}.7`

/** Fulcio's extension `number` (Fulcio, `docs/oid-info.md`): raw UTF-8 up to 6, a DER UTF8String from 8 on. */
export function fulcioExtension(number: number, text: string): CertificateExtension {
  const value = number <= 6 ? Buffer.from(text, "utf8") : utf8String(text)
  return { oid: `${ARC}.${number}`, value }
}

/**
 * The extensions that Fulcio writes for this identity, in its order: the issuer in old and new form, for a GitHub
 * identity the legacy five besides the new ones, and nothing for what is absent.
 */
export function identityExtensions(identity: Identity): CertificateExtension[] {
  const values = { ...legacyValues(identity), ...currentValues(identity) }
  return Object.entries(values)
    .map(([number, text]) => ({ number: Number(number), text }))
    .toSorted((a, b) => a.number - b.number)
    .flatMap(({ number, text }) => (text === undefined ? [] : [fulcioExtension(number, text)]))
}

/** Subject alternative name; critical, because the subject is empty (RFC 5280 §4.2.1.6). */
export function subjectAlternativeName(
  names: readonly SubjectAlternativeName[],
  critical = true,
): CertificateExtension {
  const value = sequence(...names.map(encodeName))
  return { oid: OID.subjectAlternativeName, critical, value }
}

function encodeName({ kind, value }: SubjectAlternativeName): Der {
  switch (kind) {
    case "email":
      return generalName(1, value)
    case "uri":
      return generalName(6, value)
    case "other":
      return tagged(0xa0, objectIdentifier(OTHER_NAME), explicit(0, utf8String(value)))
  }
}

function legacyValues(identity: Identity): Record<number, string | undefined> {
  const repository = identity.sourceRepository
  if (repository?.startsWith(GITHUB) !== true) return { 1: identity.issuer }
  return {
    1: identity.issuer,
    2: identity.trigger,
    3: identity.sourceCommit,
    4: identity.workflowName,
    5: repository.slice(GITHUB.length),
    6: identity.sourceRef,
  }
}

function currentValues(identity: Identity): Record<number, string | undefined> {
  return {
    8: identity.issuer,
    9: identity.buildSignerUri,
    10: identity.buildSignerDigest,
    11: identity.runnerEnvironment,
    12: identity.sourceRepository,
    13: identity.sourceCommit,
    14: identity.sourceRef,
    15: identity.sourceRepositoryId,
    16: identity.ownerUri,
    17: identity.ownerId,
    18: identity.buildConfigUri,
    19: identity.buildConfigDigest,
    20: identity.trigger,
    21: identity.runUri,
    22: identity.visibility,
    23: identity.deploymentEnvironment,
    24: identity.tokenSubject,
  }
}
