import { WheelproofError } from "../../core/errors.ts"
import { LIMITS } from "../../core/limits.ts"
import type { Files } from "../../io/files.ts"
import { type CachedMetadata, cacheFile, readCache, writeCache } from "./cache.ts"
import { type EmbeddedRoot, loadEmbeddedRoot } from "./embedded.ts"
import { takeLock, waitForLock } from "./lock.ts"

/** Where the trust root comes from, and what may be done to get a newer one. */
export interface TrustRootOptions {
  /** A trusted root file, which is then used and nothing else. */
  readonly file: string | undefined
  /** Open no socket. What is there is used whatever its age. */
  readonly offline: boolean
  /** Refresh even though the cache is fresh. */
  readonly force?: boolean
  readonly cacheFolder: string
  /** How old a root may be that could not be refreshed. */
  readonly maxAgeDays: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Milliseconds since 1970. */
  readonly now: number
  readonly files: Files
  /** The root of trust to start from; the public-good instance's if absent. */
  readonly embedded?: EmbeddedRoot
}

/** A trust root, and what is known about it. */
export interface TrustRoot {
  readonly bytes: Uint8Array
  /** What to sign with, by the name of its target; empty where nothing beside the root says so. */
  readonly signingConfigs: ReadonlyMap<string, Uint8Array>
  readonly source: "file" | "cache" | "refreshed" | "embedded"
  readonly origin: string
  readonly version?: number
  /** Milliseconds since 1970 when it was last known to be current. */
  readonly asOf?: number
  readonly notes: readonly string[]
}

const DAY_MS = 24 * 60 * 60 * 1000
const CLOCK_SLACK_MS = DAY_MS

/**
 * Finds the trust root: the file that was named, else the cache if it was refreshed within a day, else a TUF refresh, else what is there
 * with a note of its age. Throws `ERR_TRUST_ROOT_STALE` where the newest that is there is too old to be used silently and could not be
 * refreshed, `ERR_NETWORK` where a refresh was forced and failed, and `ERR_TRUST_ROOT` for a file that cannot be read.
 */
export async function resolveTrustRoot(options: TrustRootOptions): Promise<TrustRoot> {
  const { file, files } = options
  if (file !== undefined) {
    return {
      bytes: readNamed(file, files),
      signingConfigs: new Map(),
      source: "file",
      origin: file,
      notes: [],
    }
  }
  const embedded = options.embedded ?? (await loadEmbeddedRoot())
  const known = await readKnown(embedded, options)
  if (options.offline) return withAge(known.root, options)
  if (isFresh(known.root, options) && options.force !== true) return withAge(known.root, options)
  return refresh(embedded, known, options)
}

// The file is part of how the run is set up: no other run of it would find an answer.
function readNamed(file: string, files: Files): Uint8Array {
  try {
    return files.read(file, LIMITS.trustedRootBytes)
  } catch (cause) {
    if (!(cause instanceof WheelproofError)) throw cause
    throw new WheelproofError("ERR_TRUST_ROOT", `the trusted root: ${cause.message}`, { cause })
  }
}

interface Known {
  readonly root: TrustRoot & { readonly asOf: number }
  /** Cached metadata that verified; they guard the refresh against an older repository. */
  readonly cached: CachedMetadata | undefined
}

/** The newest root that is on this machine and verifies. */
async function readKnown(embedded: EmbeddedRoot, options: TrustRootOptions): Promise<Known> {
  const file = cacheFile(options.cacheFolder, embedded.mirror)
  const cached = readCache(file)
  const seed = seedOf(embedded)
  if (cached === undefined) return { root: seed, cached }
  const note = `the trust cache ${file} does not verify and was not used; the next refresh replaces it`
  const unusable: Known = { root: { ...seed, notes: [note] }, cached: undefined }
  if (cached === "unusable") return unusable
  try {
    const { rootsAfter } = await import("./reverify.ts")
    const current = { ...cached, roots: rootsAfter(embedded.root, cached.roots) }
    const root = await believe(embedded, current, options)
    // A newer version of this program may come with a newer trusted root than an old cache has.
    return { root: root.asOf < embedded.asOf ? seed : root, cached: current }
  } catch (error) {
    // Whatever is wrong with the cache, it is only a cache.
    if (error instanceof Error) return unusable
    throw error
  }
}

function seedOf({ trustedRoot, signingConfigs = new Map(), asOf }: EmbeddedRoot): Known["root"] {
  const origin = "this version of wheelproof"
  return { bytes: trustedRoot, signingConfigs, source: "embedded", origin, asOf, notes: [] }
}

/** Cached metadata as a root: signatures are checked again from the embedded root, every time. */
async function believe(
  embedded: EmbeddedRoot,
  cached: CachedMetadata,
  { now }: TrustRootOptions,
): Promise<Known["root"]> {
  const { reverify } = await import("./reverify.ts")
  const { rootVersion, timestampExpires } = reverify(embedded.root, cached)
  // The time of the refresh is the file's word. A signed timestamp that has expired since says that it is older than it claims.
  const latest = Math.max(now, embedded.asOf)
  return {
    bytes: cached.trustedRoot,
    signingConfigs: new Map([...(embedded.signingConfigs ?? []), ...cached.signingConfigs]),
    source: "cache",
    origin: embedded.mirror,
    version: rootVersion,
    asOf: Math.min(cached.refreshedAt, timestampExpires, latest),
    notes: [],
  }
}

function isFresh({ source, asOf }: Known["root"], { now }: TrustRootOptions): boolean {
  return source === "cache" && now - asOf < DAY_MS
}

/** Refreshes once for all processes of the machine: those that come later wait, and use what the first one brought. */
async function refresh(
  embedded: EmbeddedRoot,
  known: Known,
  options: TrustRootOptions,
): Promise<TrustRoot> {
  const lock = `${cacheFile(options.cacheFolder, embedded.mirror)}.lock`
  const release = takeLock(lock, options.now)
  if (release === undefined) return refreshAfter(lock, embedded, options)
  try {
    return await fetchRoot(embedded, known, options)
  } finally {
    release()
  }
}

async function refreshAfter(
  lock: string,
  embedded: EmbeddedRoot,
  options: TrustRootOptions,
): Promise<TrustRoot> {
  await waitForLock(lock, options)
  const known = await readKnown(embedded, options)
  if (options.force !== true) {
    if (isFresh(known.root, options)) return withAge(known.root, options)
    if (isYoung(known.root, options)) return usable(known.root, notSucceeded(), options)
  }
  // The lock only saves requests: what is written is whole in any case.
  return fetchRoot(embedded, known, options)
}

function notSucceeded(): WheelproofError {
  return new WheelproofError(
    "ERR_NETWORK",
    "another run was refreshing the trust root and has not succeeded",
  )
}

async function fetchRoot(
  embedded: EmbeddedRoot,
  known: Known,
  options: TrustRootOptions,
): Promise<TrustRoot> {
  try {
    const { refreshMetadata } = await import("./refresh.ts")
    const fetched = await refreshMetadata(embedded, known.cached, options)
    const root = await believeFetched(embedded, fetched, options)
    const written = writeCache(cacheFile(options.cacheFolder, embedded.mirror), fetched)
    const notes = written ? [] : [`the trust root could not be kept in ${options.cacheFolder}`]
    return { ...root, source: "refreshed", notes: [...clockNotes(embedded, options), ...notes] }
  } catch (error) {
    if (!(error instanceof WheelproofError) || error.code === "ERR_INTERRUPTED") throw error
    if (options.force === true) throw error
    return usable(known.root, error, options)
  }
}

// What was fetched is held to what the cache is held to; it would not be believed the next time otherwise.
async function believeFetched(
  embedded: EmbeddedRoot,
  fetched: CachedMetadata,
  options: TrustRootOptions,
): Promise<Known["root"]> {
  try {
    return await believe(embedded, fetched, options)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unknown reason"
    throw new WheelproofError(
      "ERR_NETWORK",
      `the trust root that ${new URL(embedded.mirror).host} serves does not hold: ${reason}`,
      { cause },
    )
  }
}

/** A root that could not be refreshed, if it is not too old. */
function usable(
  root: Known["root"],
  problem: WheelproofError,
  options: TrustRootOptions,
): TrustRoot {
  if (!isYoung(root, options)) {
    throw new WheelproofError(
      "ERR_TRUST_ROOT_STALE",
      `the trust root is ${ageInDays(root, options)} days old and ${problem.message}`,
      {
        hint: "reach its repository with `wheelproof trust refresh`, name a root with --trusted-root, or accept its age with --offline; if the age is wrong, check your clock",
        cause: problem,
      },
    )
  }
  const aged = withAge(root, options)
  return { ...aged, notes: [...aged.notes, problem.message] }
}

function isYoung(root: Known["root"], options: TrustRootOptions): boolean {
  return ageInDays(root, options) <= options.maxAgeDays
}

function withAge(root: Known["root"], options: TrustRootOptions): TrustRoot {
  const days = ageInDays(root, options)
  const age = days > 0 ? [`the trust root is ${days} ${days === 1 ? "day" : "days"} old`] : []
  return { ...root, notes: [...root.notes, ...age, ...clockNotes(root, options)] }
}

function ageInDays({ asOf }: { readonly asOf: number }, { now }: TrustRootOptions): number {
  return Math.max(0, Math.floor((now - asOf) / DAY_MS))
}

// A clock before the root itself was made is wrong; one far ahead shows as a great age.
function clockNotes(
  { asOf }: { readonly asOf: number },
  { now }: TrustRootOptions,
): readonly string[] {
  return now < asOf - CLOCK_SLACK_MS
    ? [
        `this machine's clock says ${new Date(now).toISOString()}, which is before the trust root was made: check your clock`,
      ]
    : []
}
