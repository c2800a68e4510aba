import type { Row } from "./row.ts"

/** What a group of rows works with. */
export interface Bench {
  /** A folder of this run, removed at its end. */
  readonly folder: string
  /** The programs, freshly built: Node.js with the bundle, and the standalone binary. */
  readonly node: readonly string[]
  readonly binary: readonly string[]
  /** How often everything is measured. */
  readonly rounds: number
  /** The size of the file that is hashed. */
  readonly megabytes: number
}

/** Measures a group of rows. */
export type Group = (bench: Bench) => Promise<readonly Row[]>
