import { countVerdicts, isVerified, type Report } from "../app/report.ts"
import type { StepOutcome } from "../app/rehearse/report.ts"
import { type ErrorCode, WheelproofError } from "../core/errors.ts"

/** What each exit code means. `--help` and docs/cli.md quote it; every other code is reserved. */
export const EXIT_CODES = {
  0: "everything verified",
  1: "something rejected",
  2: "usage, configuration or input that cannot be read",
  3: "undecided: the network, the log or the trust root could not answer",
  4: "nothing to verify",
  130: "interrupted",
} as const

/** An exit code of wheelproof. */
export type ExitCode = keyof typeof EXIT_CODES

const INPUT: ReadonlySet<ErrorCode> = new Set([
  "ERR_USAGE",
  "ERR_CONFIG",
  "ERR_INPUT_NOT_FOUND",
  "ERR_INPUT_MALFORMED",
  "ERR_INPUT_TOO_LARGE",
  "ERR_INPUT_UNSUPPORTED",
  "ERR_TRUST_ROOT",
  "ERR_OUTPUT",
  "ERR_REFUSED",
  "ERR_IDENTITY",
])

/** The only place that turns a report into an exit code: 0 needs at least one result, and all of them verified. */
export function reportExitCode(report: Report): 0 | 1 | 3 | 4 {
  if (isVerified(report)) return 0
  if (report.results.length === 0) return 4
  return countVerdicts(report.results).rejected > 0 ? 1 : 3
}

/** How a rehearsal ends: 0 only if every step came out as promised, 1 if one came out against it. */
export function rehearsalExitCode(outcome: StepOutcome): 0 | 1 | 3 {
  switch (outcome) {
    case "passed":
      return 0
    case "failed":
      return 1
    case "undecided":
      return 3
  }
}

/** The exit code of an error: what was given is wrong is 2, an interruption 130, everything else undecided. */
export function errorExitCode(error: unknown): 2 | 3 | 130 {
  if (!(error instanceof WheelproofError)) return 3
  return codeExit(error.code)
}

/** The exit code that a run ends in when it fails with this error code. */
export function codeExit(code: ErrorCode): 2 | 3 | 130 {
  if (code === "ERR_INTERRUPTED") return 130
  return INPUT.has(code) ? 2 : 3
}

/** The drop-in commands know 0 and 1 only: 0 when every artifact that was asked for passed, and nothing failed. */
export function slsaExitCode(asked: number, passed: number, failed: boolean): 0 | 1 {
  return !failed && asked > 0 && passed === asked ? 0 : 1
}
