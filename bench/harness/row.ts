/** What a ratio has to be: how many times as fast we are at least, or what part of the other's time or memory we need at most. */
export type Goal = { readonly atLeast: number } | { readonly atMost: number }

/** One comparison of the table. */
export interface Row {
  /** What was measured. */
  readonly what: string
  /** With whom it was compared in the same run. */
  readonly against: string
  readonly goal: Goal
  readonly result: Compared | Absent
}

/** Both sides' medians, and their ratio as the goal counts it. */
export interface Compared {
  readonly ratio: number
  readonly ours: number
  readonly theirs: number
  readonly unit: "ms" | "MiB"
  /** How often each side was measured. */
  readonly rounds: number
  /** The same ratio by processor time, where the ratio is one of elapsed time; it suffers less from others on the machine. */
  readonly byProcessorTime?: number
}

/** Why there is nothing to compare with. */
export interface Absent {
  readonly absent: string
}

/** Whether a row's goal is reached; undefined where it was not measured. */
export function isReached({ goal, result }: Row): boolean | undefined {
  if ("absent" in result) return undefined
  return "atLeast" in goal ? result.ratio >= goal.atLeast : result.ratio <= goal.atMost
}

/** Makes a ratio the way a goal counts it. */
export function ratioFor(goal: Goal, ours: number, theirs: number): number {
  return "atLeast" in goal ? theirs / ours : ours / theirs
}

/** The middle value; samples that the rest of the machine disturbed do not move it much. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) throw new Error("there are no samples")
  return middle
}
