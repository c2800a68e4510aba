import { spawnSync } from "node:child_process"
import path from "node:path"

import { type Absent, type Goal, median, ratioFor, type Row } from "./row.ts"

/** What the launcher is asked: to run these commands in turns, A B A B. */
export interface Course {
  readonly commands: readonly (readonly string[])[]
  readonly rounds: number
  readonly cwd: string
}

/** What one process took. Peak memory is never less than the launcher's own, some 30 MiB: a child begins as its copy. */
export interface Sample {
  readonly status: number | null
  /** The end of what it wrote to standard error. */
  readonly complaint: string
  readonly wallMs: number
  readonly cpuMs: number
  readonly peakBytes: number
}

/** A program to measure, or why it cannot be. */
export interface Program {
  readonly name: string
  readonly command: readonly string[] | Absent
  /** The exit code that says it did its work; 0. */
  readonly status?: number
}

/** Medians of one program, or why there are none. */
export type Usage =
  | { readonly wallMs: number; readonly cpuMs: number; readonly peakMiB: number }
  | Absent

/** Whole processes in turns. A program that does not do its work is left out, and says why. */
export function measureProcesses(
  programs: readonly Program[],
  { rounds, cwd }: { readonly rounds: number; readonly cwd: string },
): ReadonlyMap<string, Usage> {
  const usages = new Map<string, Usage>()
  const able: { readonly name: string; readonly command: readonly string[] }[] = []
  for (const { name, command, status = 0 } of programs) {
    const problem = "absent" in command ? command.absent : problemOf(command, status, cwd)
    if (problem === undefined && !("absent" in command)) able.push({ name, command })
    else usages.set(name, { absent: problem ?? "" })
  }
  const all = launch({ commands: able.map(({ command }) => command), rounds, cwd })
  for (const [index, { name }] of able.entries()) {
    const samples = all[index] ?? []
    usages.set(name, {
      wallMs: median(samples.map(({ wallMs }) => wallMs)),
      cpuMs: median(samples.map(({ cpuMs }) => cpuMs)),
      peakMiB: Math.max(...samples.map(({ peakBytes }) => peakBytes)) / 1024 ** 2,
    })
  }
  return usages
}

// The first run also brings the files into memory for all the others.
function problemOf(command: readonly string[], status: number, cwd: string): string | undefined {
  const [[sample] = []] = launch({ commands: [command], rounds: 1, cwd })
  if (sample?.status === status) return undefined
  const [reason = ""] = (sample?.complaint ?? "").trim().split("\n").slice(-1)
  return `it ended in ${sample?.status ?? "a signal"}: ${reason}`
}

const BUN = path.resolve("node_modules", ".bin", "bun")
const LAUNCHER = path.resolve("bench", "harness", "launcher.ts")

function launch(course: Course): readonly (readonly Sample[])[] {
  const { status, stdout, stderr } = spawnSync(BUN, [LAUNCHER], {
    input: JSON.stringify(course),
    encoding: "utf8",
    maxBuffer: 256 * 1024 ** 2,
  })
  if (status !== 0) throw new Error(`the launcher failed: ${stderr}`)
  return JSON.parse(stdout)
}

/** A row of two of the programs, by elapsed time. */
export function processRow(
  { what, against, goal }: { readonly what: string; readonly against: string; readonly goal: Goal },
  [ours, theirs]: readonly [Usage | undefined, Usage | undefined],
  rounds: number,
): Row {
  const result = compareUsages(goal, [ours, theirs], rounds)
  return { what, against, goal, result }
}

function compareUsages(
  goal: Goal,
  [ours, theirs]: readonly [Usage | undefined, Usage | undefined],
  rounds: number,
): Row["result"] {
  if (ours === undefined || theirs === undefined) return { absent: "it was not measured" }
  if ("absent" in ours) return ours
  if ("absent" in theirs) return theirs
  return {
    ratio: ratioFor(goal, ours.wallMs, theirs.wallMs),
    byProcessorTime: ratioFor(goal, ours.cpuMs, theirs.cpuMs),
    ours: ours.wallMs,
    theirs: theirs.wallMs,
    unit: "ms",
    rounds,
  }
}

/** A row of one program's peak memory, with much to do and with little. */
export function memoryRow(
  { what, against, goal }: { readonly what: string; readonly against: string; readonly goal: Goal },
  [much, little]: readonly [Usage | undefined, Usage | undefined],
  rounds: number,
): Row {
  if (much === undefined || little === undefined) throw new Error(`${what} was not measured`)
  if ("absent" in much) return { what, against, goal, result: much }
  if ("absent" in little) return { what, against, goal, result: little }
  const [ours, theirs] = [much.peakMiB, little.peakMiB]
  return {
    what,
    against,
    goal,
    result: { ratio: ratioFor(goal, ours, theirs), ours, theirs, unit: "MiB", rounds },
  }
}
