import type { KeyObject } from "node:crypto"

import { Shape } from "../../core/shape.ts"
import type { Json } from "../crypto/canonical-json.ts"
import { readEnvelope, readJson, stringMember } from "./envelope.ts"
import { createKeyPair, digest, sign, subjectPublicKeyInfo, type KeyPair } from "../crypto/keys.ts"
import { createMerkleTree, leafHash } from "./merkle-tree.ts"
import {
  canonicalBody,
  envelopeBody,
  envelopeIndexKeys,
  type EnvelopeEntry,
  type EnvelopeKind,
} from "./rekor-body.ts"
import { signCheckpoint } from "../crypto/signed-note.ts"
import type { Journal } from "../journal.ts"
import { base64, type InclusionProofJson, type LogEntryJson } from "./wire.ts"

const MAX_INDEX_KEYS = 100_000

/** One entry of a Rekor v1 log. */
export interface LoggedEntry {
  /** Tree id and leaf hash, 80 lower-case hex digits. */
  readonly uuid: string
  /** The index in this tree; the one clients see is higher by the log's `firstLogIndex`. */
  readonly index: number
  readonly body: Uint8Array
  /** Seconds since 1970. */
  readonly integratedTime: number
  /** The payload of an in-toto entry, as Rekor keeps it. */
  readonly attestation?: Uint8Array
}

/** Which parts of a log entry to hand out; all of them. */
export interface EntryParts {
  readonly promise?: boolean
  readonly proof?: boolean
  readonly checkpoint?: boolean
  /** The tree size to prove inclusion in; the current one. */
  readonly treeSize?: number
}

/** An in-memory Rekor v1 log. */
export interface RekorV1 {
  readonly baseUrl: string
  /** `name - treeID`, the first line of its checkpoints. */
  readonly origin: string
  readonly publicKey: KeyObject
  /** SHA-256 of the key's SubjectPublicKeyInfo. */
  readonly logId: Uint8Array
  readonly treeId: bigint
  readonly firstLogIndex: number
  readonly size: () => number
  /** Appends a body, canonical or any bytes at all. The same bytes again give the entry they have. */
  readonly add: (body: Json | Uint8Array, integratedTime: number, extra?: EntryExtra) => LoggedEntry
  /** Logs an envelope byte for byte as Rekor would; `integratedTime` in seconds since 1970. */
  readonly logEnvelope: (
    raw: Uint8Array,
    certificatePem: string,
    integratedTime: number,
    kind?: EnvelopeKind,
  ) => LoggedEntry
  /** By the whole entry id or the leaf hash alone. */
  readonly find: (uuid: string) => LoggedEntry | undefined
  /** By the index that clients see. */
  readonly findByLogIndex: (logIndex: number) => LoggedEntry | undefined
  /** Entry ids by `sha256:<hex>` of an envelope, a payload or a subject. */
  readonly search: (key: string) => string[]
  readonly entryId: (body: Uint8Array) => string
  readonly signedEntryTimestamp: (entry: LoggedEntry) => Uint8Array
  readonly checkpoint: (treeSize?: number) => string
  readonly inclusionProof: (entry: LoggedEntry, treeSize?: number) => InclusionProofJson
  /** What shows that the tree of `first` leaves is a prefix of the one of `last`. */
  readonly consistencyProof: (first: number, last: number) => readonly Uint8Array[]
  /** The entry as a bundle carries it. */
  readonly transparencyLogEntry: (entry: LoggedEntry, parts?: EntryParts) => LogEntryJson
}

/** What the log keeps beside the body. */
export interface EntryExtra {
  readonly attestation?: Uint8Array
  readonly indexKeys?: readonly string[]
}

/** How to set up a {@link RekorV1}. */
export interface RekorV1Options {
  readonly baseUrl?: string
  readonly key?: KeyPair
  readonly treeId?: bigint
  /** How many entries older shards hold. */
  readonly firstLogIndex?: number
  /** What the log begins with, and where its entries are kept. */
  readonly journal?: Journal
}

interface State {
  readonly key: KeyPair
  readonly logId: Uint8Array
  readonly origin: string
  readonly name: string
  readonly treeId: bigint
  readonly firstLogIndex: number
  readonly tree: ReturnType<typeof createMerkleTree>
  readonly entries: LoggedEntry[]
  readonly byUuid: Map<string, LoggedEntry>
  readonly index: Map<string, string[]>
}

/** Makes an empty log; P-256 unless another key is given. */
export function createRekorV1(options: RekorV1Options = {}): RekorV1 {
  const baseUrl = options.baseUrl ?? "https://rekor.sigstore.test"
  const state = createState(baseUrl, options)
  const { entries, byUuid } = state
  for (const record of options.journal?.records() ?? []) replay(state, record)
  const add: RekorV1["add"] = (body, integratedTime, extra = {}) => {
    const bytes = body instanceof Uint8Array ? body : canonicalBody(body)
    const size = entries.length
    const entry = append(state, bytes, integratedTime, extra)
    if (entries.length > size) options.journal?.append(toRecord(entry, extra))
    return entry
  }
  return {
    baseUrl,
    origin: state.origin,
    publicKey: state.key.publicKey,
    logId: state.logId,
    treeId: state.treeId,
    firstLogIndex: state.firstLogIndex,
    size: () => entries.length,
    add,
    logEnvelope(raw, certificatePem, integratedTime, kind = "dsse/0.0.1") {
      return addEnvelope(add, kind, { raw, verifiers: [certificatePem] }, integratedTime)
    },
    find: (uuid) => byUuid.get(uuid.length === 64 ? treeHex(state) + uuid : uuid),
    findByLogIndex: (logIndex) => entries[logIndex - state.firstLogIndex],
    search: (key) => [...(state.index.get(key) ?? [])],
    entryId: (body) => entryId(state, body),
    signedEntryTimestamp: (entry) => promise(state, entry),
    checkpoint: (treeSize) => checkpoint(state, treeSize),
    inclusionProof: (entry, treeSize) => inclusionProof(state, entry, treeSize),
    consistencyProof: state.tree.consistencyProof,
    transparencyLogEntry: (entry, parts) => transparencyLogEntry(state, entry, parts),
  }
}

function toRecord({ body, integratedTime, attestation }: LoggedEntry, extra: EntryExtra): object {
  return {
    body: base64(body),
    integratedTime,
    indexKeys: extra.indexKeys ?? [],
    ...(attestation === undefined ? {} : { attestation: base64(attestation) }),
  }
}

function replay(state: State, value: unknown): void {
  const record = new Shape(value, "log entry")
  const attestation = record.optionalBase64("attestation")
  append(state, record.base64("body"), Number(record.uint64("integratedTime")), {
    indexKeys: record.list("indexKeys", MAX_INDEX_KEYS).map((key) => String(key.value)),
    ...(attestation === undefined ? {} : { attestation }),
  })
}

/** Logs an envelope with all its verifiers. */
export function addEnvelope(
  add: RekorV1["add"],
  kind: EnvelopeKind,
  entry: EnvelopeEntry,
  integratedTime: number,
): LoggedEntry {
  const payload = Buffer.from(readEnvelope(entry.raw).payload, "base64")
  return add(envelopeBody(kind, entry), integratedTime, {
    indexKeys: envelopeIndexKeys(entry),
    ...(kind === "dsse/0.0.1" ? {} : { attestation: payload }),
  })
}

/** The kind and version that a body names; empty where it names none. */
export function kindVersion(body: Uint8Array): { kind: string; version: string } {
  try {
    const value = readJson(body)
    return {
      kind: stringMember(value, "kind"),
      version: stringMember(value, "apiVersion"),
    }
  } catch {
    return { kind: "", version: "" }
  }
}

function createState(baseUrl: string, options: RekorV1Options): State {
  const key = options.key ?? createKeyPair("p256")
  const name = new URL(baseUrl).hostname
  const treeId = options.treeId ?? 1_193_050_959_916_656_506n
  return {
    key,
    logId: digest("sha256", subjectPublicKeyInfo(key.publicKey)),
    name,
    origin: `${name} - ${treeId}`,
    treeId,
    firstLogIndex: options.firstLogIndex ?? 1000,
    tree: createMerkleTree(),
    entries: [],
    byUuid: new Map(),
    index: new Map(),
  }
}

function append(
  state: State,
  body: Uint8Array,
  integratedTime: number,
  extra: EntryExtra,
): LoggedEntry {
  const uuid = entryId(state, body)
  const known = state.byUuid.get(uuid)
  if (known !== undefined) return known
  const index = state.tree.append(body)
  const { attestation } = extra
  const entry = {
    uuid,
    index,
    body,
    integratedTime,
    ...(attestation === undefined ? {} : { attestation }),
  }
  state.entries.push(entry)
  state.byUuid.set(uuid, entry)
  for (const key of new Set(extra.indexKeys?.map((text) => text.toLowerCase()))) {
    state.index.set(key, [...(state.index.get(key) ?? []), uuid])
  }
  return entry
}

function entryId(state: State, body: Uint8Array): string {
  return treeHex(state) + Buffer.from(leafHash(body)).toString("hex")
}

function treeHex({ treeId }: State): string {
  return treeId.toString(16).padStart(16, "0")
}

function promise(state: State, entry: LoggedEntry): Uint8Array {
  const signed = canonicalBody({
    body: base64(entry.body),
    integratedTime: entry.integratedTime,
    logID: Buffer.from(state.logId).toString("hex"),
    logIndex: entry.index + state.firstLogIndex,
  })
  return sign(state.key, signed)
}

function checkpoint(state: State, size = state.entries.length): string {
  const { origin, name, logId, key, tree } = state
  return signCheckpoint(
    { origin, size, rootHash: tree.root(size) },
    { name, keyHint: logId.subarray(0, 4), sign: (text) => sign(key, text) },
  )
}

function inclusionProof(
  state: State,
  { index }: LoggedEntry,
  treeSize = state.entries.length,
): InclusionProofJson {
  return {
    logIndex: String(index),
    rootHash: base64(state.tree.root(treeSize)),
    treeSize: String(treeSize),
    hashes: state.tree.inclusionProof(index, treeSize).map(base64),
    checkpoint: { envelope: checkpoint(state, treeSize) },
  }
}

function transparencyLogEntry(
  state: State,
  entry: LoggedEntry,
  parts: EntryParts = {},
): LogEntryJson {
  const proof = parts.proof === false ? undefined : inclusionProof(state, entry, parts.treeSize)
  if (parts.checkpoint === false) delete proof?.checkpoint
  return {
    logIndex: String(entry.index + state.firstLogIndex),
    logId: { keyId: base64(state.logId) },
    kindVersion: kindVersion(entry.body),
    integratedTime: String(entry.integratedTime),
    ...(parts.promise === false
      ? {}
      : { inclusionPromise: { signedEntryTimestamp: base64(promise(state, entry)) } }),
    ...(proof === undefined ? {} : { inclusionProof: proof }),
    canonicalizedBody: base64(entry.body),
  }
}
