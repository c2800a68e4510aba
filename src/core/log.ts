import { encodeBase64, encodeHex, equalBytes, utf8 } from "./bytes.ts"
import { check, type Finding, firstReason } from "./check.ts"
import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts"
import type { Evidence, InclusionProof, LogEntry } from "./evidence.ts"
import { compareBody, type LoggedSignature } from "./log-body.ts"
import { leafHash, rootFromInclusionProof } from "./merkle.ts"
import { isWithin, type TrustedInstance, type TrustedLog } from "./trust.ts"
import type { Reason, VerifiedLogEntry, VerifiedTime } from "./verdict.ts"

/** Entries that were all checked, without those that are the same entry again: what counts is a log's word, not its copies. */
export function distinctEntries(entries: readonly LogEntry[]): readonly LogEntry[] {
  if (entries.length < 2) return entries
  const seen = new Map<string, LogEntry>()
  for (const entry of entries) {
    const key = `${entry.logId}:${entry.logIndex}:${encodeHex(leafHash(entry.body))}`
    if (!seen.has(key)) seen.set(key, entry)
  }
  return [...seen.values()]
}

/** The log of an instance that an entry names. */
export function findLog(instance: TrustedInstance, entry: LogEntry): TrustedLog | undefined {
  return instance.logs.find(({ logId }) => logId === entry.logId)
}

/**
 * Whether a log's signed entry timestamp covers this entry (Rekor, "Signed Entry Timestamp": the signature is over RFC 8785 JSON of
 * body, time, log and index).
 */
export function checkPromise(entry: LogEntry, log: TrustedLog): Finding | undefined {
  if (entry.signedEntryTimestamp === undefined) return undefined
  const signed = utf8(
    `{"body":"${encodeBase64(entry.body)}","integratedTime":${entry.integratedTime},` +
      `"logID":"${entry.logId}","logIndex":${entry.logIndex}}`,
  )
  return log.publicKey.verify(signed, entry.signedEntryTimestamp)
    ? undefined
    : { expected: `a signed entry timestamp by ${log.baseUrl}`, found: "an invalid one" }
}

/** Checks one entry whose promise, if any, was already checked. `times` are the proved times of the signature. */
export function checkEntry(
  entry: LogEntry,
  evidence: Evidence,
  logged: LoggedSignature,
  times: readonly VerifiedTime[],
  instance: TrustedInstance | undefined,
  isSigned: (checkpoint: Checkpoint, log: TrustedLog) => boolean,
): Reason | undefined {
  const { origin } = evidence
  const log = instance === undefined ? undefined : findLog(instance, entry)
  return firstReason(
    () => check("log-known", origin, () => logFinding(entry, log, times, instance)),
    () => check("log-entry-body", origin, () => compareBody(entry, logged)),
    () => check("log-inclusion", origin, () => inclusionFinding(entry, evidence)),
    () =>
      check("log-checkpoint", origin, () =>
        log === undefined ? undefined : checkpointFinding(entry, evidence.form, log, isSigned),
      ),
  )
}

/** Whether the entry's log is trusted and was in service at every proved time. */
export function logFinding(
  entry: LogEntry,
  log: TrustedLog | undefined,
  times: readonly { readonly time: number }[],
  instance: TrustedInstance | undefined,
): Finding | undefined {
  if (log === undefined) {
    return {
      expected: `an entry of a log of ${instance?.name ?? "the trust root"}`,
      found: `an entry of the log ${entry.logId}`,
    }
  }
  const outside = times.find(({ time }) => !isWithin(log.validity, time))
  if (outside === undefined) return undefined
  return {
    expected: `an entry of ${log.baseUrl} from when its key was in service`,
    found: `one of ${new Date(outside.time).toISOString()}`,
  }
}

function inclusionFinding(entry: LogEntry, { form }: Evidence): Finding | undefined {
  const proof = entry.inclusionProof
  if (proof === undefined) {
    return restsOnPromise(entry, form)
      ? undefined
      : { expected: "an inclusion proof", found: "none" }
  }
  if (entry.signedEntryTimestamp === undefined && !isUnsignedIndexPlausible(entry, proof)) {
    return { expected: `the log index ${proof.logIndex}`, found: String(entry.logIndex) }
  }
  const root = rootFromInclusionProof(
    leafHash(entry.body),
    proof.logIndex,
    proof.treeSize,
    proof.hashes,
  )
  return root !== undefined && equalBytes(root, proof.rootHash)
    ? undefined
    : {
        expected: `the root hash ${encodeHex(proof.rootHash)}`,
        found: root === undefined ? "a proof that fits no tree" : encodeHex(root),
      }
}

// Bundles of v0.1 may rest on the promise alone (Sigstore bundle spec, "v0.1"); no later form may.
function restsOnPromise(entry: LogEntry, form: Evidence["form"]): boolean {
  return form === "sigstore-bundle-v0.1" && entry.signedEntryTimestamp !== undefined
}

// Without a promise nothing signs the outer index. It repeats the proved one, except in Rekor v1, whose outer index counts all shards.
function isUnsignedIndexPlausible(entry: LogEntry, proof: InclusionProof): boolean {
  const sharded = proof.checkpoint?.split("\n", 1)[0]?.includes(" - ") === true
  return sharded ? entry.logIndex >= proof.logIndex : entry.logIndex === proof.logIndex
}

function checkpointFinding(
  entry: LogEntry,
  form: Evidence["form"],
  log: TrustedLog,
  isSigned: (checkpoint: Checkpoint, log: TrustedLog) => boolean,
): Finding | undefined {
  const proof = entry.inclusionProof
  if (proof === undefined) return undefined
  if (proof.checkpoint === undefined) {
    return restsOnPromise(entry, form)
      ? undefined
      : { expected: "a signed checkpoint", found: "none" }
  }
  const checkpoint = parseCheckpoint(proof.checkpoint)
  if (checkpoint.treeSize !== proof.treeSize || !equalBytes(checkpoint.rootHash, proof.rootHash)) {
    return {
      expected: `a checkpoint of the tree of size ${proof.treeSize} with root ${encodeHex(proof.rootHash)}`,
      found: `size ${checkpoint.treeSize}, root ${encodeHex(checkpoint.rootHash)}`,
    }
  }
  return isSigned(checkpoint, log)
    ? undefined
    : { expected: `a checkpoint signed by ${log.baseUrl}`, found: "no valid signature by it" }
}

/**
 * Whether the log signed its checkpoint (C2SP signed-note): a line by the name that the checkpoint's origin begins with, with the key's
 * hint, and a valid signature. Lines of witnesses and of other keys say nothing.
 */
export function isCheckpointSigned(checkpoint: Checkpoint, log: TrustedLog): boolean {
  return checkpoint.signatures.some(
    ({ name, keyHint, signature }) =>
      log.logId.startsWith(keyHint) &&
      isOrigin(name, checkpoint.origin, log) &&
      log.publicKey.verify(checkpoint.signed, signature),
  )
}

// Rekor v1 writes `host - tree id`; Rekor v2 the host alone, which must be that of the log's own address.
function isOrigin(name: string, origin: string, log: TrustedLog): boolean {
  if (origin === name) return log.publicKey.type !== "ed25519" || hostOf(log.baseUrl) === name
  return origin.startsWith(`${name} - `)
}

// Without port and path, as every other client of Sigstore reads it.
function hostOf(baseUrl: string): string {
  return baseUrl.replace(/^https?:\/\//, "").replace(/[:/].*$/, "")
}

/** What a report says of a proved entry. */
export function describeEntry(entry: LogEntry, instance: TrustedInstance): VerifiedLogEntry {
  const promised = entry.signedEntryTimestamp !== undefined
  const included = entry.inclusionProof?.checkpoint !== undefined
  return {
    log: findLog(instance, entry)?.baseUrl ?? entry.logId,
    logIndex: String(
      promised ? entry.logIndex : (entry.inclusionProof?.logIndex ?? entry.logIndex),
    ),
    kind: `${entry.kind}/${entry.version}`,
    proof: promised && included ? "both" : included ? "inclusion" : "promise",
  }
}
