import * as fs from "node:fs"
import os from "node:os"
import path from "node:path"

import { createFiles } from "../../src/io/files.ts"
import { cacheFile } from "../../src/sigstore/trust/cache.ts"
import {
  resolveTrustRoot,
  type TrustRoot,
  type TrustRootOptions,
} from "../../src/sigstore/trust/resolve.ts"
import { createTufRepository, type TufRepository } from "./tuf-repository.ts"

export const DAY_MS = 86_400_000

/** A machine with an empty cache folder, and the repository that it asks. */
export interface TrustMachine {
  /** When all of it was made, in milliseconds since 1970. */
  readonly now: number
  readonly repository: TufRepository
  readonly cacheFolder: string
  /** The one file of the cache. */
  readonly cache: string
  readonly lock: string
  /** A run on this machine, an hour after the seed's date. */
  readonly resolve: (options?: Partial<TrustRootOptions>) => Promise<TrustRoot>
  /** The same, `days` later. */
  readonly resolveAfter: (days: number, options?: Partial<TrustRootOptions>) => Promise<TrustRoot>
  /** Everything in the cache folder, by path. */
  readonly left: () => readonly string[]
  readonly close: () => Promise<void>
}

/** The trusted root that comes with the program, and the one that the repository has. Their content is of no account here. */
export const SEED = '{"seed":true}'
export const PUBLISHED = '{"published":1}'

export async function createTrustMachine(now: number = Date.now()): Promise<TrustMachine> {
  const repository = await createTufRepository(PUBLISHED, now)
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "wheelproof-test-"))
  const cacheFolder = path.join(folder, "cache")
  const cache = cacheFile(cacheFolder, repository.url)
  const resolve: TrustMachine["resolve"] = (options) =>
    resolveTrustRoot({
      file: undefined,
      offline: false,
      cacheFolder,
      maxAgeDays: 30,
      timeoutMs: 10_000,
      signal: new AbortController().signal,
      now,
      files: createFiles(),
      embedded: repository.embedded(now - 3_600_000, SEED),
      ...options,
    })
  return {
    now,
    repository,
    cacheFolder,
    cache,
    lock: `${cache}.lock`,
    resolve,
    resolveAfter: (days, options) => resolve({ now: now + days * DAY_MS, ...options }),
    left: () =>
      fs.existsSync(cacheFolder)
        ? fs
            .readdirSync(cacheFolder, { recursive: true, encoding: "utf8" })
            .filter((name) => fs.statSync(path.join(cacheFolder, name)).isFile())
        : [],
    async close() {
      await repository.close()
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A trust root's bytes as text. */
export function textOf({ bytes }: TrustRoot): string {
  return Buffer.from(bytes).toString("utf8")
}
