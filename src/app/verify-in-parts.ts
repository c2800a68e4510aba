import { type ErrorCode, WheelproofError } from "../core/errors.ts"
import type { Files } from "../io/files.ts"
import type { FileResult, Report } from "./report.ts"
import type { Target } from "./targets.ts"
import type { TargetsRequest, Watch } from "./verify.ts"

/** What a part of a run says: that some targets more are concluded, or how it ended. */
export type PartMessage =
  | { readonly kind: "finished"; readonly targets: readonly string[] }
  | { readonly kind: "report"; readonly report: Report }
  | {
      readonly kind: "error"
      readonly code: ErrorCode
      readonly message: string
      readonly hint?: string
    }

/** The world that a run is divided in. */
export interface PartEffects {
  readonly files: Files
  /** How many parts this machine can run at once. */
  readonly processors: number
  /** Runs a part in a process of its own. */
  readonly runPart: (request: TargetsRequest, hear: (message: PartMessage) => void) => Promise<void>
  /** Runs the whole here. */
  readonly runWhole: (request: TargetsRequest, watch: Watch) => Promise<Report>
}

/** Below both of these a process more costs more than it saves. */
const MANY_TARGETS = 64
const MANY_BYTES = 256 * 1024 * 1024

/**
 * `verify` on several processors: long runs are divided among processes, each of which verifies its targets as `verify` does; the results
 * are put together in the order of the targets. Short runs, and those that read standard input, stay whole.
 */
export async function verifyInParts(
  request: TargetsRequest,
  effects: PartEffects,
  watch: Watch,
): Promise<Report> {
  const { targets } = request
  const count = request.concurrency ?? effects.processors
  if (count === 1) return effects.runWhole(request, watch)
  const weights = targets.map((target) => weightOf(target, effects.files))
  if (!isLong(targets, weights)) return effects.runWhole(request, watch)
  watch.total(targets.length)
  const parts = divide(weights, Math.min(count, targets.length))
  const reports = await Promise.all(
    parts.map((indices) => {
      const own = indices.map((index) => targets[index]).filter((target) => target !== undefined)
      return runOne({ ...request, targets: own, concurrency: 1 }, effects, watch)
    }),
  )
  return putTogether(parts, reports)
}

function weightOf(target: Target, files: Files): number {
  if (target.kind !== "file" || files.kind(target.file) !== "file") return 0
  try {
    return files.withFile(target.file, (_, size) => size)
  } catch (error) {
    // That it cannot be read is its own result's to say.
    if (error instanceof WheelproofError) return 0
    throw error
  }
}

function isLong(targets: readonly Target[], weights: readonly number[]): boolean {
  if (targets.length < 2 || targets.some(({ kind }) => kind === "stdin")) return false
  const bytes = weights.reduce((sum, weight) => sum + weight, 0)
  return targets.length >= MANY_TARGETS || bytes >= MANY_BYTES
}

/** Divides targets, by index, so that no part has much more to read than another: each next heaviest goes to the lightest part. */
function divide(weights: readonly number[], count: number): readonly (readonly number[])[] {
  const parts = Array.from({ length: count }, () => ({ weight: 0, indices: new Array<number>() }))
  const heaviestFirst = weights
    .map((weight, index) => ({ weight, index }))
    .toSorted((a, b) => b.weight - a.weight)
  for (const { weight, index } of heaviestFirst) {
    const lightest = parts.reduce((least, part) => (part.weight < least.weight ? part : least))
    // Every target costs something, however small its file.
    lightest.weight += weight + MANY_BYTES / MANY_TARGETS
    lightest.indices.push(index)
  }
  return parts.map(({ indices }) => indices.toSorted((a, b) => a - b))
}

async function runOne(
  request: TargetsRequest,
  { runPart }: PartEffects,
  watch: Watch,
): Promise<Report> {
  const reports: Report[] = []
  await runPart(request, (message) => {
    switch (message.kind) {
      case "finished":
        for (const target of message.targets) watch.finished(target)
        break
      case "report":
        reports.push(message.report)
        break
      case "error":
        throw new WheelproofError(
          message.code,
          message.message,
          message.hint === undefined ? {} : { hint: message.hint },
        )
    }
  })
  const [report] = reports
  // A part that says less than it was asked must not look like a smaller run.
  if (
    report?.results.length !== request.targets.length ||
    report.results.some(({ target }, at) => target !== request.targets[at]?.label)
  ) {
    throw new Error("a part of the run did not conclude all of its targets")
  }
  return report
}

function putTogether(parts: readonly (readonly number[])[], reports: readonly Report[]): Report {
  const results: FileResult[] = []
  for (const [part, indices] of parts.entries()) {
    for (const [at, index] of indices.entries()) {
      const result = reports[part]?.results[at]
      if (result !== undefined) results[index] = result
    }
  }
  const trust = reports.find((report) => report.trust !== undefined)?.trust
  const notes = new Set(reports.flatMap((report) => report.notes))
  return { results, notes: [...notes], ...(trust === undefined ? {} : { trust }) }
}
