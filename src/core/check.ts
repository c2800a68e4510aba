import { CHECKS, type CheckId } from "./checks.ts"
import { WheelproofError } from "./errors.ts"
import type { Reason } from "./verdict.ts"

/** What a check wanted and what it got; undefined where it holds. */
export interface Finding {
  readonly expected: string
  readonly found: string
}

/** The value of a step, or the reason why it has none. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: Reason }

/** Runs one check. Evidence that it cannot even read fails it; any other error is passed on: then nothing was decided. */
export function check(
  id: CheckId,
  origin: string,
  test: () => Finding | undefined,
): Reason | undefined {
  const outcome = readChecked(id, origin, () => {
    const finding = test()
    return finding === undefined ? holds(undefined) : fails(finding)
  })
  return outcome.ok ? undefined : outcome.reason
}

/** Runs one check that also yields a value. */
export function readChecked<Value>(
  id: CheckId,
  origin: string,
  read: () => { readonly value: Value } | { readonly finding: Finding },
): Outcome<Value> {
  try {
    const result = read()
    if ("value" in result) return { ok: true, value: result.value }
    return { ok: false, reason: { check: id, ...result.finding, origin } }
  } catch (error) {
    if (!(error instanceof WheelproofError) || !error.code.startsWith("ERR_INPUT_")) throw error
    const reason = { check: id, expected: CHECKS[id].holds, found: error.message, origin }
    return { ok: false, reason }
  }
}

/** The check holds and yields this value. */
export function holds<Value>(value: Value): { readonly value: Value } {
  return { value }
}

/** The check fails. */
export function fails(finding: Finding): { readonly finding: Finding } {
  return { finding }
}

/** The first reason that some check of a list gives; the rest is not run. */
export function firstReason(...checks: readonly (() => Reason | undefined)[]): Reason | undefined {
  for (const run of checks) {
    const reason = run()
    if (reason !== undefined) return reason
  }
  return undefined
}
