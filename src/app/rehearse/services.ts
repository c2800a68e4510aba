import type { Sha256 } from "../../core/digest.ts"

/** The services of a rehearsal, as its players meet them. */
export interface Services {
  /** The simple index that users download from. */
  readonly indexUrl: URL
  /** The address for uploads. */
  readonly uploadUrl: URL
  /** GitHub's REST API. */
  readonly githubUrl: URL
  /** The trusted root of these services: a file. */
  readonly trustedRoot: string
}

/** What an attacker who rules the index can have it serve under a file's name. */
export interface ServedFile {
  readonly filename: string
  readonly content: Uint8Array
  /** The provenance object beside it; absent where there is to be none. */
  readonly provenance?: unknown
}

/** A file that was downloaded. */
export interface Downloaded {
  readonly file: string
  readonly filename: string
  readonly sha256: Sha256
}
