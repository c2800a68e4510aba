import type { KeyObject } from "node:crypto"

import { Shape } from "../../core/shape.ts"
import type { Json } from "../crypto/canonical-json.ts"
import { createKeyPair, digest, sign, type KeyPair } from "../crypto/keys.ts"
import type { Journal } from "../journal.ts"
import { createMerkleTree } from "./merkle-tree.ts"
import { canonicalBody } from "./rekor-body.ts"
import { kindVersion, type EntryParts } from "./rekor-v1.ts"
import { signCheckpoint, type NoteSigner } from "../crypto/signed-note.ts"
import { base64, type InclusionProofJson, type LogEntryJson } from "./wire.ts"

/** The algorithm byte of an Ed25519 key in a signed note (C2SP signed-note). */
const ED25519 = 1

/** How many nodes a complete tile has. */
export const TILE_WIDTH = 256

/** One entry of a Rekor v2 log. */
interface TiledEntry {
  readonly index: number
  readonly body: Uint8Array
}

/** An in-memory Rekor v2 log: proofs and checkpoints, no promises and no times. */
export interface RekorV2 {
  readonly baseUrl: string
  /** The host name: origin of its checkpoints and name of its key. */
  readonly origin: string
  readonly publicKey: KeyObject
  /** SHA-256 over name, line feed, algorithm and raw key; its first four bytes are the key hint. */
  readonly logId: Uint8Array
  readonly size: () => number
  /** Appends a body, canonical or any bytes at all, even where the log has it. */
  readonly add: (body: Json | Uint8Array) => TiledEntry
  /** The first entry with this body. */
  readonly find: (body: Uint8Array) => TiledEntry | undefined
  /** The hashes of a tile: `width` nodes from `index * 256` on, of the level above 256 ^ `level` leaves (C2SP tlog-tiles). */
  readonly tile: (level: number, index: number, width: number) => readonly Uint8Array[]
  /** The bodies of the entries under a tile of level 0. */
  readonly entries: (index: number, width: number) => readonly Uint8Array[]
  /** A checkpoint, with the lines of `witnesses` after the log's own. */
  readonly checkpoint: (treeSize?: number, witnesses?: readonly NoteSigner[]) => string
  readonly inclusionProof: (entry: TiledEntry, treeSize?: number) => InclusionProofJson
  /** The entry as a bundle carries it; `promise` does not apply. */
  readonly transparencyLogEntry: (entry: TiledEntry, parts?: EntryParts) => LogEntryJson
}

/** How to set up a {@link RekorV2}. */
export interface RekorV2Options {
  readonly baseUrl?: string
  readonly key?: KeyPair
  /** What the log begins with, and where its entries are kept. */
  readonly journal?: Journal
}

/** Makes a log with an Ed25519 key; empty but for what its journal has. */
export function createRekorV2(options: RekorV2Options = {}): RekorV2 {
  const baseUrl = options.baseUrl ?? "https://log2026-1.rekor.sigstore.test"
  const origin = new URL(baseUrl).hostname
  const key = options.key ?? createKeyPair("ed25519")
  const logId = noteKeyId(origin, key.publicKey)
  const self = { name: origin, keyHint: logId.subarray(0, 4), sign: signer(key) }
  const tree = createMerkleTree()
  const bodies: Uint8Array[] = []
  const byBody = new Map<string, TiledEntry>()

  function append(body: Uint8Array): TiledEntry {
    const entry = { index: tree.append(body), body }
    bodies.push(body)
    const hash = digest("sha256", body).toString("hex")
    if (!byBody.has(hash)) byBody.set(hash, entry)
    return entry
  }
  for (const record of options.journal?.records() ?? []) {
    append(new Shape(record, "log entry").base64("body"))
  }

  const checkpoint: RekorV2["checkpoint"] = (size = tree.size(), witnesses = []) =>
    signCheckpoint({ origin, size, rootHash: tree.root(size) }, self, ...witnesses)
  const inclusionProof: RekorV2["inclusionProof"] = ({ index }, treeSize = tree.size()) => ({
    logIndex: String(index),
    rootHash: base64(tree.root(treeSize)),
    treeSize: String(treeSize),
    hashes: tree.inclusionProof(index, treeSize).map(base64),
    checkpoint: { envelope: checkpoint(treeSize) },
  })
  return {
    baseUrl,
    origin,
    publicKey: key.publicKey,
    logId,
    size: tree.size,
    checkpoint,
    inclusionProof,
    add(body) {
      const bytes = body instanceof Uint8Array ? body : canonicalBody(body)
      const entry = append(bytes)
      options.journal?.append({ body: base64(bytes) })
      return entry
    },
    find: (body) => byBody.get(digest("sha256", body).toString("hex")),
    tile: (level, index, width) => tree.hashes(level * 8, index * TILE_WIDTH, width),
    entries: (index, width) => bodies.slice(index * TILE_WIDTH, index * TILE_WIDTH + width),
    transparencyLogEntry(entry, parts = {}) {
      const proof = parts.proof === false ? undefined : inclusionProof(entry, parts.treeSize)
      if (parts.checkpoint === false) delete proof?.checkpoint
      return {
        logIndex: String(entry.index),
        logId: { keyId: base64(logId) },
        kindVersion: kindVersion(entry.body),
        ...(proof === undefined ? {} : { inclusionProof: proof }),
        canonicalizedBody: base64(entry.body),
      }
    },
  }
}

/** The key id of an Ed25519 key in signed notes, all 32 bytes (C2SP signed-note, "key ID"). */
export function noteKeyId(name: string, publicKey: KeyObject): Uint8Array {
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32)
  return digest("sha256", Buffer.concat([Buffer.from(`${name}\n`), Uint8Array.of(ED25519), raw]))
}

function signer(key: KeyPair): NoteSigner["sign"] {
  return (text) => sign(key, text)
}
