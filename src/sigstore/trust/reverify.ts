import { hash } from "node:crypto"

import { Metadata, MetadataKind, type Root, type Targets } from "@tufjs/models"

import { malformed } from "../../core/errors.ts"
import { parseJson } from "../../core/json.ts"
import type { CachedMetadata } from "./cache.ts"
import { TRUSTED_ROOT } from "./targets.ts"

/** What re-verified metadata say of themselves. */
export interface Reverified {
  /** The version of the newest root. */
  readonly rootVersion: number
  /** Milliseconds since 1970 when the timestamp expires; how old the rest is at most follows from it. */
  readonly timestampExpires: number
}

/**
 * Re-verifies cached metadata from the embedded root without the network (TUF specification §5.3 to §5.7, client workflow): every root is
 * signed by the one before and by itself, timestamp, snapshot and targets by the newest root's roles, each names the next one's version
 * and hash, and the trusted root and signing configs have the length and hash that targets name. Expiry is not judged here: it is an age, not a forgery.
 * Throws whatever is wrong.
 */
export function reverify(embeddedRoot: Uint8Array, cached: CachedMetadata): Reverified {
  const root = walkRoots(embeddedRoot, cached.roots)
  const timestamp = Metadata.fromJSON(MetadataKind.Timestamp, toJson(cached.timestamp))
  root.verifyDelegate(MetadataKind.Timestamp, timestamp)
  const { snapshotMeta } = timestamp.signed
  snapshotMeta.verify(Buffer.from(cached.snapshot))
  const snapshot = Metadata.fromJSON(MetadataKind.Snapshot, toJson(cached.snapshot))
  root.verifyDelegate(MetadataKind.Snapshot, snapshot)
  expectVersion("snapshot", snapshotMeta.version, snapshot.signed.version)
  const targetsMeta = snapshot.signed.meta["targets.json"]
  if (targetsMeta === undefined) throw malformed("the snapshot names no targets")
  targetsMeta.verify(Buffer.from(cached.targets))
  const targets = Metadata.fromJSON(MetadataKind.Targets, toJson(cached.targets))
  root.verifyDelegate(MetadataKind.Targets, targets)
  expectVersion("targets", targetsMeta.version, targets.signed.version)
  checkTarget(targets, TRUSTED_ROOT, cached.trustedRoot)
  for (const [name, bytes] of cached.signingConfigs) checkTarget(targets, name, bytes)
  return {
    rootVersion: root.signed.version,
    timestampExpires: Date.parse(timestamp.signed.expires),
  }
}

/** Those of these roots, oldest first, that come after the embedded one: a newer version of this program begins at a newer root. */
export function rootsAfter(
  embeddedRoot: Uint8Array,
  roots: readonly Uint8Array[],
): readonly Uint8Array[] {
  const { version } = parseRoot(embeddedRoot).signed
  const first = roots.findIndex((bytes) => parseRoot(bytes).signed.version > version)
  return first === -1 ? [] : roots.slice(first)
}

function parseRoot(bytes: Uint8Array): Metadata<Root> {
  return Metadata.fromJSON(MetadataKind.Root, toJson(bytes))
}

function walkRoots(embedded: Uint8Array, roots: readonly Uint8Array[]): Metadata<Root> {
  let trusted = parseRoot(embedded)
  for (const bytes of roots) {
    const next = parseRoot(bytes)
    trusted.verifyDelegate(MetadataKind.Root, next)
    next.verifyDelegate(MetadataKind.Root, next)
    expectVersion("root", trusted.signed.version + 1, next.signed.version)
    trusted = next
  }
  return trusted
}

function checkTarget(targets: Metadata<Targets>, name: string, bytes: Uint8Array): void {
  const target = targets.signed.targets[name]
  const expected = target?.hashes["sha256"]
  if (
    target === undefined ||
    target.length !== bytes.byteLength ||
    expected !== hash("sha256", bytes)
  ) {
    throw malformed(`${name} is not the one that targets name`)
  }
}

function expectVersion(what: string, expected: number, found: number): void {
  if (expected !== found) throw malformed(`${what} has version ${found}, not ${expected}`)
}

type JsonObject = Parameters<typeof Metadata.fromJSON>[1]

function toJson(bytes: Uint8Array): JsonObject {
  const value = parseJson(bytes, "TUF metadata")
  if (isJsonObject(value)) return value
  throw malformed("TUF metadata are not an object")
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
