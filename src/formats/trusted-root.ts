import { type Certificate, parseCertificate } from "../core/certificate.ts"
import { WheelproofError } from "../core/errors.ts"
import { parseJson } from "../core/json.ts"
import { parsePublicKey, spkiFromPkcs1 } from "../core/keys.ts"
import { LIMITS } from "../core/limits.ts"
import { Shape } from "../core/shape.ts"
import type { TrustedAuthority, TrustedInstance, TrustedLog, Validity } from "../core/trust.ts"
import { parseLogId } from "./log-entry.ts"
import { parseTimestamp } from "./rfc3339.ts"

const MEDIA_TYPES: ReadonlySet<string> = new Set([
  "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
  "application/vnd.dev.sigstore.trustedroot.v0.2+json",
])

const MAX_INSTANCES = 32
const MAX_PARTS = 64

/**
 * Parses trusted roots: one JSON document, or JSON Lines with one instance on each line (the form of `gh attestation trusted-root`).
 * A key or authority whose service has no stated start is an error: no start is not "always". Throws `ERR_TRUST_ROOT`.
 */
export function parseTrustedRoots(bytes: Uint8Array, origin: string): readonly TrustedInstance[] {
  try {
    return readDocuments(bytes, origin)
  } catch (error) {
    if (!(error instanceof WheelproofError) || error.code === "ERR_TRUST_ROOT") throw error
    throw new WheelproofError(
      "ERR_TRUST_ROOT",
      `${origin} is not a usable trusted root: ${error.message}`,
      {
        hint: "a trusted root is the file trusted_root.json of a Sigstore instance, or JSON Lines of several",
        cause: error,
      },
    )
  }
}

function readDocuments(bytes: Uint8Array, origin: string): readonly TrustedInstance[] {
  const lines = splitLines(bytes)
  const documents = isOneEach(lines) ? lines : [bytes]
  if (documents.length > MAX_INSTANCES) {
    throw new WheelproofError("ERR_TRUST_ROOT", `${origin} has over ${MAX_INSTANCES} instances`)
  }
  return documents.map((document, index) => {
    const path = documents.length === 1 ? "trusted root" : `trusted root ${index + 1}`
    return parseInstance(new Shape(parseJson(document, path, LIMITS.trustedRootBytes), path))
  })
}

const OPEN = 0x7b
const CLOSE = 0x7d

// JSON Lines: more than one line, and each begins and ends with a brace, which no line of indented JSON does.
function isOneEach(lines: readonly Uint8Array[]): boolean {
  return lines.length > 1 && lines.every((line) => line[0] === OPEN && line.at(-1) === CLOSE)
}

function splitLines(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let start = 0; start < bytes.byteLength && lines.length <= MAX_INSTANCES + 1;) {
    const newline = bytes.indexOf(0x0a, start)
    const end = newline === -1 ? bytes.byteLength : newline
    const line = bytes.subarray(start, bytes[end - 1] === 0x0d ? end - 1 : end)
    if (line.byteLength > 0) lines.push(line)
    start = end + 1
  }
  return lines
}

function parseInstance(root: Shape): TrustedInstance {
  const mediaType = root.string("mediaType")
  if (!MEDIA_TYPES.has(mediaType)) {
    throw new WheelproofError(
      "ERR_TRUST_ROOT",
      `unknown trusted root media type ${JSON.stringify(mediaType)}`,
    )
  }
  const certificateAuthorities = root
    .shapes("certificateAuthorities", MAX_PARTS)
    .map(parseAuthority)
  const timestampAuthorities = root.shapes("timestampAuthorities", MAX_PARTS).map(parseAuthority)
  return {
    name: instanceName(certificateAuthorities, timestampAuthorities),
    certificateAuthorities,
    timestampAuthorities,
    logs: parseLogs(root, "tlogs"),
    certificateLogs: parseLogs(root, "ctlogs"),
    logsSignatures: root.shapes("tlogs", MAX_PARTS).length > 0,
    logsCertificates: root.shapes("ctlogs", MAX_PARTS).length > 0,
  }
}

// An instance has no name of its own; its authority's host is what people know it by.
function instanceName(...lists: readonly (readonly TrustedAuthority[])[]): string {
  const [first] = lists.flat()
  return first === undefined ? "an instance without authorities" : first.name
}

function parseAuthority(authority: Shape): TrustedAuthority {
  const uri = authority.optionalString("uri") ?? ""
  const subject = authority.optionalObject("subject")
  const organization = subject?.optionalString("organization")
  const chain = authority
    .object("certChain")
    .shapes("certificates", LIMITS.certificates)
    .map((certificate): Certificate =>
      parseCertificate(certificate.base64("rawBytes"), certificate.path),
    )
  return {
    uri,
    name: uri === "" ? (organization ?? authority.path) : hostOf(uri),
    chain,
    validity: parseValidity(authority, "validFor"),
  }
}

function hostOf(uri: string): string {
  return uri.replace(/^https?:\/\//, "").replace(/\/.*$/, "")
}

// A log with a key of a type that we do not know is not trusted, and no reason to do without the others.
function parseLogs(root: Shape, name: string): readonly TrustedLog[] {
  return root.shapes(name, MAX_PARTS).flatMap((log) => {
    try {
      return [parseLog(log)]
    } catch (error) {
      if (error instanceof WheelproofError && error.code === "ERR_INPUT_UNSUPPORTED") return []
      throw error
    }
  })
}

function parseLog(log: Shape): TrustedLog {
  const publicKey = log.object("publicKey")
  return {
    baseUrl: log.optionalString("baseUrl") ?? "",
    logId: parseLogId(log.object("logId").base64("keyId")),
    publicKey: parsePublicKey(parseSpki(publicKey), publicKey.path),
    validity: parseValidity(publicKey, "validFor"),
  }
}

// Old RSA logs have their key in PKCS #1 form (RFC 8017 A.1.1); the rest is SubjectPublicKeyInfo.
function parseSpki(publicKey: Shape): Uint8Array {
  const bytes = publicKey.base64("rawBytes")
  const isPkcs1 = publicKey.optionalString("keyDetails")?.startsWith("PKCS1_") === true
  return isPkcs1 ? spkiFromPkcs1(bytes) : bytes
}

function parseValidity(parent: Shape, name: string): Validity {
  const range = parent.optionalObject(name)
  const start = range?.optionalString("start")
  if (start === undefined) {
    throw new WheelproofError(
      "ERR_TRUST_ROOT",
      `${parent.path} does not say from when on it is valid`,
      {
        hint: 'a missing start is not "always"; get the trusted root from its publisher again',
      },
    )
  }
  const end = range?.optionalString("end")
  return {
    start: parseTimestamp(start, parent.path),
    end: end === undefined ? undefined : parseTimestamp(end, parent.path),
  }
}
