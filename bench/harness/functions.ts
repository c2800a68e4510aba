import process from "node:process"

import { type Goal, median, ratioFor, type Row } from "./row.ts"

/** A function to measure: called with numbers that count up, so that each call can be about something else. */
export interface Contender {
  readonly run: (call: number) => void
  /** Calls in one round; a round should take some ten milliseconds. */
  readonly calls: number
}

/**
 * Processor time of this process per call, in milliseconds: medians of rounds in turns, A B A B, so that whatever else happens on the
 * machine happens to all. All of the process counts, the collector's threads too.
 */
export function compareFunctions(
  contenders: readonly Contender[],
  rounds: number,
): readonly number[] {
  const sides = contenders.map((contender) => ({
    ...contender,
    call: 0,
    samples: new Array<number>(),
  }))
  const warmup = Math.ceil(rounds / 3)
  for (let round = 0; round < warmup + rounds; round += 1) {
    for (const side of sides) {
      const before = process.cpuUsage()
      for (let count = 0; count < side.calls; count += 1) side.run(side.call++)
      const { user, system } = process.cpuUsage(before)
      if (round >= warmup) side.samples.push((user + system) / 1000 / side.calls)
    }
  }
  return sides.map(({ samples }) => median(samples))
}

/** A row of times per call. */
export function functionRow(
  { what, against, goal }: { readonly what: string; readonly against: string; readonly goal: Goal },
  [ours = Number.NaN, theirs = Number.NaN]: readonly (number | undefined)[],
  rounds: number,
): Row {
  const result = { ratio: ratioFor(goal, ours, theirs), ours, theirs, unit: "ms" as const, rounds }
  return { what, against, goal, result }
}
