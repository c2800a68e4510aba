import { decodeBase64, encodeHex } from "../core/bytes.ts"
import { malformed, WheelproofError } from "../core/errors.ts"
import type { InclusionProof, LogEntry } from "../core/evidence.ts"
import { parseJson } from "../core/json.ts"
import { LIMITS } from "../core/limits.ts"
import { leafHash } from "../core/merkle.ts"
import { Shape } from "../core/shape.ts"
import { parseSeconds } from "./log-entry.ts"

const MAX_ENTRIES = 100

/** A tree id, where the log gives one, and a leaf hash (Rekor `openapi.yaml`, `entryUUID`). */
const ENTRY_NAME = /^(?:[0-9a-f]{16})?[0-9a-f]{64}$/

/** An entry of a Rekor v1 answer under its name: tree id and leaf hash, in hex. */
export interface NamedEntry {
  readonly uuid: string
  readonly entry: LogEntry
}

/**
 * Parses what Rekor v1 answers to a look-up: an object, or a list of objects, of entries by UUID (Rekor `openapi.yaml`, `LogEntry`).
 * Every entry's name has to end in its own leaf hash. Throws `ERR_INPUT_MALFORMED`.
 */
export function parseRekorEntries(bytes: Uint8Array): readonly NamedEntry[] {
  const answer = parseJson(bytes, "the log's answer")
  const parts: readonly unknown[] = Array.isArray(answer) ? answer : [answer]
  refuseTooMany(parts)
  return parts.flatMap((part: unknown) => {
    const entries = new Shape(part, "log entry")
    return entries.names().map((uuid) => ({ uuid, entry: parseEntry(uuid, entries.object(uuid)) }))
  })
}

/** Parses the answer to a search: a list of UUIDs. */
export function parseRekorUuids(bytes: Uint8Array): readonly string[] {
  const answer = parseJson(bytes, "the log's answer")
  if (!Array.isArray(answer)) throw malformed("the log's answer to a search is not a list")
  refuseTooMany(answer)
  return answer.map((uuid: unknown) => {
    if (typeof uuid !== "string" || !ENTRY_NAME.test(uuid)) {
      throw malformed("the log's answer to a search holds something that is not an entry's name")
    }
    return uuid
  })
}

// Looking at some of them only would find an entry or miss it by chance.
function refuseTooMany(items: readonly unknown[]): void {
  if (items.length <= MAX_ENTRIES) return
  throw new WheelproofError(
    "ERR_INPUT_TOO_LARGE",
    `the log's answer has over ${MAX_ENTRIES} entries`,
  )
}

function parseEntry(uuid: string, shape: Shape): LogEntry {
  const body = shape.base64("body")
  if (!ENTRY_NAME.test(uuid) || !uuid.endsWith(encodeHex(leafHash(body)))) {
    throw malformed(`the log's entry ${uuid} is not that entry`)
  }
  const head = new Shape(parseJson(body, "log entry body"), "log entry body")
  const verification = shape.object("verification")
  const logId = shape.string("logID")
  if (!/^[0-9a-f]{64}$/.test(logId)) throw malformed("the log's answer has no log id")
  return {
    logIndex: shape.uint64("logIndex"),
    logId,
    kind: head.string("kind"),
    version: head.string("apiVersion"),
    integratedTime: parseSeconds(shape.uint64("integratedTime")),
    signedEntryTimestamp: verification.optionalBase64("signedEntryTimestamp"),
    inclusionProof: parseProof(verification.optionalObject("inclusionProof")),
    body,
  }
}

function parseProof(proof: Shape | undefined): InclusionProof | undefined {
  if (proof === undefined) return undefined
  return {
    logIndex: proof.uint64("logIndex"),
    treeSize: proof.uint64("treeSize"),
    rootHash: parseHexHash(proof.string("rootHash")),
    hashes: proof.list("hashes", LIMITS.proofHashes).map(({ value }) => parseHexHash(value)),
    checkpoint: proof.optionalString("checkpoint"),
  }
}

function parseHexHash(value: unknown): Uint8Array {
  if (typeof value !== "string" || !/^[0-9a-f]{64}$/.test(value)) {
    throw malformed("the log's answer has a hash that is not SHA-256")
  }
  return Buffer.from(value, "hex")
}

/** The verifier of an entry body of kind intoto/0.0.1 or dsse/0.0.1 with one signature, as PEM; undefined for other bodies. */
export function verifierOfBody({ body, kind, version }: LogEntry): string | undefined {
  const spec = new Shape(parseJson(body, "log entry body"), "log entry body").object("spec")
  if (version !== "0.0.1") return undefined
  if (kind === "intoto") return pemText(spec.string("publicKey"))
  if (kind !== "dsse") return undefined
  const [signature, ...others] = spec.shapes("signatures", 16)
  return signature === undefined || others.length > 0
    ? undefined
    : pemText(signature.string("verifier"))
}

function pemText(base64: string): string {
  return Buffer.from(decodeBase64(base64, "verifier")).toString("latin1")
}
