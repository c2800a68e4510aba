import process from "node:process"

import { type Goal, median, ratioFor, type Row } from "./row.ts"

/** A function to measure: called with numbers that count up, so that each call can be about something else. */
export interface Contender {
  readonly run: (call: number) => void
  /** Calls in one round; a round should take some ten milliseconds. */
  readonly calls: number
}

/** Each side runs for so long, in milliseconds of processor time, before it counts: warm means compiled. */
const WARMUP_MS = 4_000

/**
 * Processor time of this process per call, in milliseconds: medians of rounds in turns, A B A B, so that whatever else happens on the
 * machine happens to all. All of the process counts, the collector's threads too.
 */
export function compareFunctions(
  contenders: readonly Contender[],
  rounds: number,
): readonly number[] {
  const sides = contenders.map((contender) => ({
    round: createRound(contender),
    samples: new Array<number>(),
  }))
  for (const { round } of sides) {
    for (let spent = 0; spent < WARMUP_MS;) spent += round()
  }
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const { round, samples } of sides) samples.push(round())
  }
  return sides.map(({ samples }, index) => median(samples) / (contenders[index]?.calls ?? 1))
}

/** A function that makes one round of calls and says what it took. */
function createRound({ run, calls }: Contender): () => number {
  let call = 0
  return () => {
    const before = process.cpuUsage()
    for (let count = 0; count < calls; count += 1) run(call++)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }
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
