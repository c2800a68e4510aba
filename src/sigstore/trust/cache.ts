import { randomUUID } from "node:crypto"
import * as fs from "node:fs"
import os from "node:os"
import path from "node:path"

import { decodeBase64, encodeBase64 } from "../../core/bytes.ts"
import { WheelproofError } from "../../core/errors.ts"
import { parseJson } from "../../core/json.ts"
import { Shape } from "../../core/shape.ts"

/**
 * Everything that a refresh brought, in one file, so that it is there whole or not at all. Nothing in it is believed: whoever can write
 * the folder can write this.
 */
export interface CachedMetadata {
  /** Milliseconds since 1970; the writer's word. */
  readonly refreshedAt: number
  /** The roots after the embedded one, oldest first. */
  readonly roots: readonly Uint8Array[]
  readonly timestamp: Uint8Array
  readonly snapshot: Uint8Array
  readonly targets: Uint8Array
  readonly trustedRoot: Uint8Array
  /** Signing configs by the name of their target; empty where the repository has none. */
  readonly signingConfigs: ReadonlyMap<string, Uint8Array>
}

const MAX_BYTES = 16 * 1024 * 1024
const MAX_ROOTS = 256

/** The folder for what may be fetched again: `WHEELPROOF_CACHE`, or wheelproof's part of the user's cache folder. */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const own = environment["WHEELPROOF_CACHE"]
  if (own !== undefined && own !== "") return path.resolve(own)
  return path.join(userCacheFolder(environment), "wheelproof")
}

function userCacheFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const home = os.homedir()
  const named = environment[process.platform === "win32" ? "LOCALAPPDATA" : "XDG_CACHE_HOME"]
  // The XDG specification: a relative path is not valid and counts as none.
  if (named !== undefined && path.isAbsolute(named)) return named
  return process.platform === "darwin"
    ? path.join(home, "Library", "Caches")
    : path.join(home, ".cache")
}

/** Where the metadata of a repository is kept. */
export function cacheFile(folder: string, mirror: string): string {
  return path.join(folder, "trust", `${encodeURIComponent(mirror)}.json`)
}

/** Reads cached metadata: undefined where there is none, `"unusable"` for anything that is not what we write. */
export function readCache(file: string): CachedMetadata | "unusable" | undefined {
  let bytes: Uint8Array
  try {
    const stats = fs.lstatSync(file, { throwIfNoEntry: false })
    if (stats === undefined) return undefined
    if (!stats.isFile() || stats.size > MAX_BYTES) return "unusable"
    bytes = fs.readFileSync(file)
  } catch (error) {
    // A file in the place of the folder; `throwIfNoEntry` is about the last step of the path only.
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOTDIR"
    return isAbsent ? undefined : "unusable"
  }
  try {
    return parseCache(bytes)
  } catch (error) {
    if (error instanceof WheelproofError) return "unusable"
    throw error
  }
}

function parseCache(bytes: Uint8Array): CachedMetadata {
  const cache = new Shape(parseJson(bytes, "trust cache", MAX_BYTES), "trust cache")
  return {
    refreshedAt: Number(cache.uint64("refreshedAt")),
    roots: cache
      .list("roots", MAX_ROOTS)
      .map(({ value, path: at }) => decodeBase64(String(value), at)),
    timestamp: cache.base64("timestamp"),
    snapshot: cache.base64("snapshot"),
    targets: cache.base64("targets"),
    trustedRoot: cache.base64("trustedRoot"),
    signingConfigs: parseConfigs(cache.optionalObject("signingConfigs")),
  }
}

function parseConfigs(configs: Shape | undefined): ReadonlyMap<string, Uint8Array> {
  return new Map(configs?.names().map((name) => [name, configs.base64(name)]))
}

/** Replaces the cached metadata at once. Failing to is no failure of the run: it is only fetched again next time. */
export function writeCache(file: string, metadata: CachedMetadata): boolean {
  // Not the process id: machines that share a folder, containers for one, have the same ones.
  const temporary = `${file}.${randomUUID()}.tmp`
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    fs.writeFileSync(temporary, serialize(metadata), { flag: "wx", mode: 0o600 })
    fs.renameSync(temporary, file)
    return true
  } catch {
    removeIfPossible(temporary)
    return false
  }
}

function removeIfPossible(file: string): void {
  try {
    fs.rmSync(file, { force: true })
  } catch {
    // Where nothing can be removed nothing was written.
  }
}

function serialize({ refreshedAt, roots, ...parts }: CachedMetadata): string {
  return JSON.stringify({
    refreshedAt,
    roots: roots.map(encodeBase64),
    timestamp: encodeBase64(parts.timestamp),
    snapshot: encodeBase64(parts.snapshot),
    targets: encodeBase64(parts.targets),
    trustedRoot: encodeBase64(parts.trustedRoot),
    signingConfigs: Object.fromEntries(
      [...parts.signingConfigs].map(([name, bytes]) => [name, encodeBase64(bytes)]),
    ),
  })
}
