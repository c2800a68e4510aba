import type { FileDigests } from "./digest.ts"

/** What is to be verified: a file's digests, and its name where it has one that matters. */
export interface Artifact {
  readonly digests: FileDigests
  /** The file's base name, or the one given with `--name`. */
  readonly name?: string
}
