import type { EmbeddedRoot } from "../../src/sigstore/trust/embedded.ts"
import type { Faults } from "../../src/world/http/faults.ts"
import { startService } from "../../src/world/http/service.ts"
import {
  createTufHandler,
  createTufRepository as createRepository,
  type TufRepository as Repository,
} from "../../src/world/tuf/repository.ts"

/** A TUF repository on loopback with a trusted root as its target. */
export interface TufRepository extends Omit<Repository, "publish" | "firstRoot" | "keep"> {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  /** The path of every request so far. */
  readonly requests: readonly string[]
  readonly faults: Faults
  /** A client's start: the first root, and a trusted root that came with it. */
  readonly embedded: (asOf: number, trustedRoot?: string) => EmbeddedRoot
  /** Publishes another trusted root: new targets, snapshot and timestamp. */
  readonly publish: (trustedRoot: string) => void
  readonly close: () => Promise<void>
}

/** Makes a repository and serves it on a free port of 127.0.0.1. */
export async function createTufRepository(
  trustedRoot: string,
  now: number = Date.now(),
  hashes: boolean = true,
): Promise<TufRepository> {
  const targets = { "trusted_root.json": trustedRoot }
  const repository = createRepository({ targets, now, hashes })
  const service = await startService(createTufHandler(repository))
  return {
    ...repository,
    url: service.url,
    get requests() {
      return service.requests.map((request) => request.replace("GET ", ""))
    },
    faults: service.faults,
    embedded: (asOf, seed = trustedRoot) => ({
      mirror: service.url,
      root: repository.firstRoot,
      trustedRoot: Buffer.from(seed),
      asOf,
    }),
    publish: (text) => {
      repository.publish({ "trusted_root.json": text })
    },
    close: service.close,
  }
}
