import type { FileDigests } from "../core/digest.ts"
import type { Verdict } from "../core/verdict.ts"

/** What was concluded about one target of the command line. */
export interface FileResult {
  /** As the user named it, or as a folder or pattern led to it. */
  readonly target: string
  /** The distribution's file name, where it is known. */
  readonly name?: string
  readonly digests?: FileDigests
  readonly verdict: Verdict
}

/** Which trust root decided, and how old it is. */
export interface TrustSummary {
  readonly source: "file" | "cache" | "refreshed" | "embedded"
  /** A path or a repository address. */
  readonly origin: string
  /** The version of the TUF root, where the trust root came by TUF. */
  readonly version?: number
  /** Milliseconds since 1970 when it was last known to be current. */
  readonly asOf?: number
  readonly instances: readonly string[]
  /** Sentences a reader must know, such as its age. */
  readonly notes: readonly string[]
}

/** One run of `verify`. An empty `results` is not a pass. */
export interface Report {
  readonly results: readonly FileResult[]
  readonly trust?: TrustSummary
  /** Sentences about the run as a whole, such as files that were skipped. */
  readonly notes: readonly string[]
}

/** How many results ended each way. */
export interface Counts {
  readonly verified: number
  readonly rejected: number
  readonly undecided: number
}

/** Counts the results of a report by verdict. */
export function countVerdicts(results: readonly FileResult[]): Counts {
  const counts = { verified: 0, rejected: 0, undecided: 0 }
  for (const { verdict } of results) counts[verdict.kind] += 1
  return counts
}

/** Whether there is something, and all of it is verified. The only question whose yes is a pass. */
export function isVerified({ results }: Report): boolean {
  return results.length > 0 && results.every(({ verdict }) => verdict.kind === "verified")
}
