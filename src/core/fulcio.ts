import { decodeUtf8 } from "./bytes.ts"
import { type Certificate, EXTENSION, type Extension } from "./certificate.ts"
import { DER, derChildren, type DerElement, readDer } from "./der.ts"
import { malformed } from "./errors.ts"
import type { Identity, SubjectAlternativeName } from "./identity.ts"

/** Fulcio's extensions by their last number: `1.3.6.1.4.1.57264.1.8` for 8. Made once, not for each certificate. */
const OIDS: readonly string[] = Array.from(
  { length: 25 },
  (_, last) => `1.3.6.1.4.1.57264.1.${last}`,
)
const GITHUB = "https://github.com/"

/**
 * Reads what a Fulcio certificate proves about the signer (Fulcio `docs/oid-info.md`). Throws `ERR_INPUT_MALFORMED` for
 * none or several names, for text that is not UTF-8, and where a legacy extension and its successor contradict each other.
 */
export function parseIdentity(certificate: Certificate): Identity {
  const { extensions } = certificate
  const current = (number: number): string | undefined => {
    const extension = extensions.get(OIDS[number] ?? "")
    return extension === undefined ? undefined : derText(extension, number)
  }
  const legacy = (number: number): string | undefined => {
    const extension = extensions.get(OIDS[number] ?? "")
    return extension === undefined ? undefined : decodeUtf8(extension.value, `extension .${number}`)
  }
  const legacyRepository = legacy(5)
  const sourceRepository = current(12)
  const identity: Identity = {
    san: parseSubjectAlternativeName(extensions.get(EXTENSION.subjectAlternativeName)),
    ...present("issuer", agree("issuer", legacy(1), current(8))),
    ...present("buildSignerUri", current(9)),
    ...present("buildSignerDigest", current(10)),
    // CircleCI's tokens have no such claim and Fulcio writes the two quotes of an empty JSON string.
    ...present("runnerEnvironment", unlessEmpty(current(11))),
    ...present("sourceRepository", repositoryUrl(legacyRepository, sourceRepository)),
    ...present("sourceCommit", agree("source commit", legacy(3), current(13))),
    ...present("sourceRef", agree("source ref", legacy(6), current(14))),
    ...present("sourceRepositoryId", current(15)),
    ...present("ownerUri", current(16)),
    ...present("ownerId", current(17)),
    ...present("buildConfigUri", current(18)),
    ...present("buildConfigDigest", current(19)),
    ...present("trigger", agree("trigger", legacy(2), current(20))),
    ...present("runUri", current(21)),
    ...present("visibility", current(22)),
    ...present("deploymentEnvironment", current(23)),
    ...present("tokenSubject", current(24)),
    ...present("workflowName", legacy(4)),
  }
  return identity
}

function present<Key extends keyof Identity>(
  key: Key,
  value: string | undefined,
): Partial<Record<Key, string>> {
  const field: Partial<Record<Key, string>> = {}
  if (value !== undefined) field[key] = value
  return field
}

function unlessEmpty(value: string | undefined): string | undefined {
  return value === "" || value === '""' ? undefined : value
}

function agree(
  what: string,
  legacy: string | undefined,
  current: string | undefined,
): string | undefined {
  if (legacy !== undefined && current !== undefined && legacy !== current) {
    throw malformed(`the certificate names two values for the ${what}: ${legacy} and ${current}`)
  }
  return unlessEmpty(current ?? legacy)
}

// .5 has `owner/name` and was only ever written for GitHub; .12 has the whole address.
function repositoryUrl(
  legacy: string | undefined,
  current: string | undefined,
): string | undefined {
  if (
    legacy !== undefined &&
    current !== undefined &&
    current.replace(/^https:\/\/[^/]+\//, "") !== legacy
  ) {
    throw malformed(`the certificate names two source repositories: ${legacy} and ${current}`)
  }
  return unlessEmpty(current ?? (legacy === undefined ? undefined : `${GITHUB}${legacy}`))
}

function derText(extension: Extension, number: number): string {
  const what = `extension .${number}`
  const element = readDer(extension.value, what)
  if (element.tag !== DER.utf8String) throw malformed(`${what} is not a UTF-8 string`)
  return decodeUtf8(element.content, what)
}

/** The tags of GeneralName (RFC 5280 §4.2.1.6) that Fulcio writes. */
const EMAIL = 0x81
const URI = 0x86
const OTHER_NAME = 0xa0

function parseSubjectAlternativeName(extension: Extension | undefined): SubjectAlternativeName {
  const what = "subject alternative name"
  if (extension === undefined) throw malformed(`the certificate has no ${what}`)
  const [name, ...others] = derChildren(readDer(extension.value, what), what)
  if (name === undefined) throw malformed(`the certificate has no ${what}`)
  if (others.length > 0) throw malformed(`the certificate has more than one ${what}`)
  switch (name.tag) {
    case URI:
      return { kind: "uri", value: matching(URI_FORM, "an address", name) }
    case EMAIL:
      return { kind: "email", value: matching(EMAIL_FORM, "a mail address", name) }
    case OTHER_NAME:
      return { kind: "other", value: otherName(name, what) }
    default:
      throw malformed(`the certificate's ${what} is of an unknown kind`)
  }
}

// RFC 5280 §4.2.1.6: ASCII. A URI has a scheme and no spaces, a mail address no colon, so that neither passes for the other, nor for
// a longer one that ends in what some reader cuts off.
const URI_FORM = /^[a-z][a-z0-9+.-]*:[!-~]+$/i
const EMAIL_FORM = /^[\w!#$%&'*+/=?^`{|}~.-]+@[a-z0-9.-]+$/i

function matching(form: RegExp, what: string, { content }: DerElement): string {
  const text = decodeUtf8(content, "subject alternative name")
  if (!form.test(text)) {
    throw malformed(`the certificate's name ${JSON.stringify(text)} is not ${what}`)
  }
  return text
}

// Fulcio's username identities: OtherName { type-id, [0] EXPLICIT UTF8String }.
function otherName(name: DerElement, what: string): string {
  const [type, value, ...rest] = derChildren(name, what)
  if (type === undefined || value === undefined || rest.length > 0) {
    throw malformed(`${what} is not an other-name`)
  }
  const text = readDer(value.content, what)
  if (text.tag !== DER.utf8String) throw malformed(`${what} is not a UTF-8 string`)
  return decodeUtf8(text.content, what)
}
