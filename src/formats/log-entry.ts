import { encodeHex } from "../core/bytes.ts"
import { malformed } from "../core/errors.ts"
import type { InclusionProof, LogEntry } from "../core/evidence.ts"
import { LIMITS } from "../core/limits.ts"
import type { Shape } from "../core/shape.ts"

/** Parses a `TransparencyLogEntry` (Sigstore protobuf specs, `sigstore_rekor.proto`). Throws `ERR_INPUT_MALFORMED`. */
export function parseLogEntry(entry: Shape): LogEntry {
  const logId = entry.object("logId")
  const kindVersion = entry.object("kindVersion")
  const promise = entry.optionalObject("inclusionPromise")
  const proof = entry.optionalObject("inclusionProof")
  const parsed: LogEntry = {
    logIndex: entry.optionalUint64("logIndex") ?? 0n,
    logId: parseLogId(logId.base64("keyId")),
    kind: kindVersion.string("kind"),
    version: kindVersion.string("version"),
    integratedTime: parseSeconds(entry.optionalUint64("integratedTime") ?? 0n),
    signedEntryTimestamp: promise?.base64("signedEntryTimestamp"),
    inclusionProof: proof === undefined ? undefined : parseInclusionProof(proof),
    body: entry.base64("canonicalizedBody"),
  }
  logId.refuseUnread()
  promise?.refuseUnread()
  kindVersion.refuseUnread()
  entry.refuseUnread()
  return parsed
}

/** A log's key id: the SHA-256 of its key, or of name and key (C2SP signed-note). */
export function parseLogId(keyId: Uint8Array): string {
  if (keyId.byteLength !== 32) throw malformed("a log id is not 32 bytes")
  return encodeHex(keyId)
}

function parseInclusionProof(proof: Shape): InclusionProof {
  const checkpoint = proof.optionalObject("checkpoint")
  const parsed: InclusionProof = {
    logIndex: proof.optionalUint64("logIndex") ?? 0n,
    treeSize: proof.uint64("treeSize"),
    rootHash: parseHash(proof.base64("rootHash")),
    hashes: proof.base64List("hashes", LIMITS.proofHashes).map(parseHash),
    checkpoint: checkpoint?.string("envelope"),
  }
  checkpoint?.refuseUnread()
  proof.refuseUnread()
  return parsed
}

function parseHash(hash: Uint8Array): Uint8Array {
  if (hash.byteLength !== 32) throw malformed("a Merkle tree hash is not 32 bytes")
  return hash
}

// 9999-12-31; later times do not fit any date format that we print.
const LAST_SECOND = 253_402_300_799n

/** A time in seconds since 1970 that every date format can write. Throws `ERR_INPUT_MALFORMED`. */
export function parseSeconds(value: bigint): number {
  if (value > LAST_SECOND) throw malformed("an integrated time is out of range")
  return Number(value)
}
