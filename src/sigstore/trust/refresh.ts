import * as fs from "node:fs"
import os from "node:os"
import path from "node:path"

import { BaseFetcher, Updater } from "tuf-js"
import { DownloadHTTPError } from "tuf-js/dist/error.js"

import { WheelproofError } from "../../core/errors.ts"
import type { CachedMetadata } from "./cache.ts"
import type { EmbeddedRoot } from "./embedded.ts"
import { SIGNING_CONFIGS, TRUSTED_ROOT } from "./targets.ts"

/** What a refresh may cost. */
export interface RefreshLimits {
  /** For each request. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * Fetches a repository's metadata, trusted root and signing configs by the TUF client workflow (tuf-js), in a folder of its own. It starts from what is
 * cached, which must have been verified, else from the embedded root, so that an older repository is noticed. Throws `ERR_NETWORK` for a repository that cannot be reached or
 * whose metadata do not hold; nothing was changed then.
 */
export async function refreshMetadata(
  embedded: EmbeddedRoot,
  cached: CachedMetadata | undefined,
  { timeoutMs, signal, now }: RefreshLimits,
): Promise<CachedMetadata> {
  try {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "wheelproof-tuf-"))
    try {
      seedFolder(folder, embedded, cached)
      const fetcher = new RecordingFetcher(timeoutMs, signal)
      const parts = await fetchInto(folder, embedded.mirror, fetcher)
      // A clock before the seed's date is wrong; what is fetched now is not older than the seed.
      const refreshedAt = Math.max(now, embedded.asOf)
      return { refreshedAt, roots: [...(cached?.roots ?? []), ...fetcher.roots], ...parts }
    } finally {
      fs.rmSync(folder, { recursive: true, force: true })
    }
  } catch (cause) {
    if (signal.aborted) throw new WheelproofError("ERR_INTERRUPTED", "interrupted", { cause })
    const reason = cause instanceof Error ? cause.message : "unknown reason"
    throw new WheelproofError(
      "ERR_NETWORK",
      `the trust root could not be refreshed from ${new URL(embedded.mirror).host}: ${reason}`,
      { cause },
    )
  }
}

async function fetchInto(
  folder: string,
  mirror: string,
  fetcher: BaseFetcher,
): Promise<Omit<CachedMetadata, "refreshedAt" | "roots">> {
  const updater = new Updater({
    metadataDir: folder,
    metadataBaseUrl: mirror,
    targetDir: folder,
    targetBaseUrl: `${mirror}/targets`,
    fetcher,
  })
  await updater.refresh()
  const trustedRoot = await fetchTarget(updater, folder, TRUSTED_ROOT)
  if (trustedRoot === undefined) throw new Error(`the repository has no ${TRUSTED_ROOT}`)
  const signingConfigs = new Map<string, Uint8Array>()
  for (const name of Object.values(SIGNING_CONFIGS)) {
    const config = await fetchTarget(updater, folder, name)
    if (config !== undefined) signingConfigs.set(name, config)
  }
  const read = (name: string): Uint8Array => fs.readFileSync(path.join(folder, name))
  return {
    timestamp: read("timestamp.json"),
    snapshot: read("snapshot.json"),
    targets: read("targets.json"),
    trustedRoot,
    signingConfigs,
  }
}

/** The bytes of a target; undefined where the repository has none of that name. */
async function fetchTarget(
  updater: Updater,
  folder: string,
  name: string,
): Promise<Uint8Array | undefined> {
  const target = await updater.getTargetInfo(name)
  if (target === undefined) return undefined
  return fs.readFileSync(await updater.downloadTarget(target, path.join(folder, `target-${name}`)))
}

function seedFolder(
  folder: string,
  { root }: EmbeddedRoot,
  cached: CachedMetadata | undefined,
): void {
  // Starting before the newest root that is known would let a repository take it back (TUF specification §5.3.5).
  fs.writeFileSync(path.join(folder, "root.json"), cached?.roots.at(-1) ?? root)
  if (cached === undefined) return
  fs.writeFileSync(path.join(folder, "timestamp.json"), cached.timestamp)
  fs.writeFileSync(path.join(folder, "snapshot.json"), cached.snapshot)
  fs.writeFileSync(path.join(folder, "targets.json"), cached.targets)
}

/** Fetches without following redirects, and keeps the roots, which tuf-js overwrites one by the other. */
class RecordingFetcher extends BaseFetcher {
  readonly roots: Uint8Array[] = []
  readonly #timeoutMs: number
  readonly #signal: AbortSignal

  constructor(timeoutMs: number, signal: AbortSignal) {
    super()
    this.#timeoutMs = timeoutMs
    this.#signal = signal
  }

  override async downloadBytes(url: string, maxLength: number): Promise<Buffer> {
    const bytes = await super.downloadBytes(url, maxLength)
    if (/\/[0-9]+\.root\.json$/.test(url)) this.roots.push(bytes)
    return bytes
  }

  override async fetch(url: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const response = await fetch(url, {
      redirect: "error",
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(this.#timeoutMs)]),
    })
    if (!response.ok || response.body === null) {
      throw new DownloadHTTPError(`status ${response.status}`, response.status)
    }
    return response.body
  }
}
