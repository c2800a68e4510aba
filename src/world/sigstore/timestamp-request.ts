import { decodeBase64 } from "../../core/bytes.ts"
import { DER, derBoolean, DerReader, derOid, readDer, type DerElement } from "../../core/der.ts"
import { malformed, WheelproofError } from "../../core/errors.ts"
import type { HashName } from "../../core/keys.ts"
import { parseJson } from "../../core/json.ts"
import { Shape } from "../../core/shape.ts"

/** What timestamp-authority says about a request, by what is wrong with it. */
const MESSAGES = {
  malformed: "Error generating timestamp response",
  weak: "Weak hash algorithm in timestamp request",
  length: "Message digest has incorrect length for specified algorithm",
  policy: "unaccepted policy: requested TSA policy is not supported by the TSA",
  extension: "unaccepted extension: requested extensions are not supported by the TSA",
  size: "timestamp request is too large",
} as const

const MAX_JSON_BYTES = 1_024
const POLICY = "1.3.6.1.4.1.57264.2"
const WHAT = "timestamp request"

const HASHES: Readonly<Record<string, { readonly name: HashName; readonly bytes: number }>> = {
  "2.16.840.1.101.3.4.2.1": { name: "sha256", bytes: 32 },
  "2.16.840.1.101.3.4.2.2": { name: "sha384", bytes: 48 },
  "2.16.840.1.101.3.4.2.3": { name: "sha512", bytes: 64 },
}
const SHA1 = "1.3.14.3.2.26"

/** A request for a timestamp, of either form. */
export interface TimestampRequest {
  readonly hash: HashName
  readonly imprint: Uint8Array
  /** Any integer at all; it comes back as it was sent. */
  readonly nonce?: bigint
  /** Whether the answer carries the certificate. */
  readonly certificates: boolean
}

/** Reads a DER `TimeStampReq` (RFC 3161 §2.4.1), or throws `ERR_INPUT_MALFORMED` with what the service answers. */
export function readDerRequest(bytes: Uint8Array): TimestampRequest {
  return readOrRefuse(() => {
    const reader = new DerReader(readDer(bytes, WHAT), WHAT)
    if (signedInteger(reader.take(DER.integer)) !== 1n) throw malformed("another version")
    const imprint = new DerReader(reader.take(DER.sequence), WHAT)
    const algorithm = new DerReader(imprint.take(DER.sequence), WHAT)
    const hash = derOid(algorithm.take(DER.oid), WHAT)
    const digest = imprint.take(DER.octetString).content
    imprint.end()
    const policy = reader.takeIf(DER.oid)
    const nonce = reader.takeIf(DER.integer)
    const certificates = reader.takeIf(DER.boolean)
    const extensions = reader.takeIf(0xa0)
    reader.end()
    checkPolicy(policy === undefined ? "" : derOid(policy, WHAT))
    if (extensions !== undefined) throw refusal("extension")
    return {
      ...checkImprint(hash, digest),
      certificates: certificates !== undefined && derBoolean(certificates, WHAT),
      ...(nonce === undefined ? {} : { nonce: signedInteger(nonce) }),
    }
  })
}

/** Reads a request in timestamp-authority's JSON form, or throws `ERR_INPUT_MALFORMED` with what the service answers. */
export function readJsonRequest(bytes: Uint8Array): TimestampRequest {
  if (bytes.length > MAX_JSON_BYTES) throw refusal("size")
  return readOrRefuse(() => {
    const request = new Shape(parseJson(bytes, WHAT), WHAT)
    const name = request.string("hashAlgorithm").toLowerCase()
    const oids = Object.entries(HASHES).find(([, hash]) => hash.name === name)
    if (name === "sha1") throw refusal("weak")
    const imprint = decodeBase64(request.string("artifactHash"), "artifactHash")
    checkPolicy(request.optionalString("tsaPolicyOID") ?? "")
    const nonce = jsonInteger(Buffer.from(bytes).toString("utf8"), "nonce")
    return {
      ...checkImprint(oids?.[0] ?? "", imprint),
      certificates: request.raw("certificates") === true,
      ...(nonce === undefined ? {} : { nonce }),
    }
  })
}

function checkImprint(
  oid: string,
  imprint: Uint8Array,
): Pick<TimestampRequest, "hash" | "imprint"> {
  if (oid === SHA1) throw refusal("weak")
  const hash = HASHES[oid]
  if (hash === undefined) throw malformed("unsupported hash algorithm")
  if (imprint.length !== hash.bytes) throw refusal("length")
  return { hash: hash.name, imprint }
}

function checkPolicy(policy: string): void {
  if (policy !== "" && policy !== POLICY) throw refusal("policy")
}

function signedInteger({ content }: DerElement): bigint {
  if (content.length === 0) throw malformed("an empty integer")
  return BigInt.asIntN(content.length * 8, BigInt(`0x${Buffer.from(content).toString("hex")}`))
}

/** An integer of any size in JSON whose other members were read already: `JSON.parse` would round it. */
function jsonInteger(text: string, name: string): bigint | undefined {
  const digits = new RegExp(String.raw`"${name}"\s*:\s*(-?\d+)\s*[,}]`).exec(text)?.[1]
  return digits === undefined ? undefined : BigInt(digits)
}

// Everything but the refusals that have a message of their own is one message.
function readOrRefuse(read: () => TimestampRequest): TimestampRequest {
  try {
    return read()
  } catch (error) {
    const own = Object.values(MESSAGES).some((message) => message === messageOf(error))
    throw own ? error : malformed(MESSAGES.malformed, error)
  }
}

function messageOf(error: unknown): string {
  return error instanceof WheelproofError ? error.message : ""
}

function refusal(name: keyof typeof MESSAGES): WheelproofError {
  return malformed(MESSAGES[name])
}
