import { WheelproofError } from "../../core/errors.ts"
import { LIMITS } from "../../core/limits.ts"
import type { Distribution } from "../../packaging/distribution.ts"
import type { ByteSource } from "../archive/byte-source.ts"
import type { Problems } from "./problem.ts"
import type { ProblemCode } from "./problems.ts"

/** The distribution that is being checked, and where its problems go. */
export interface CheckSubject {
  readonly filename: string
  readonly distribution: Distribution
  readonly source: ByteSource
  readonly problems: Problems
}

/** Runs one step: what is malformed or too large becomes a problem, any other error goes on. */
export async function attempt<Value>(
  problems: Problems,
  code: ProblemCode,
  where: string | undefined,
  step: () => Value | Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await step()
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    if (error.code !== "ERR_INPUT_MALFORMED" && error.code !== "ERR_INPUT_TOO_LARGE") throw error
    const about = where === undefined ? {} : { where }
    problems.add(error.code === "ERR_INPUT_TOO_LARGE" ? "archive-size" : code, error.message, about)
    return undefined
  }
}

/**
 * How many bytes a file may expand to: PyPI's rule for zip archives, which we hold sdists to as well, because otherwise reading one had no
 * bound at all.
 */
export function expansionLimit({ size }: ByteSource): number {
  return Math.max(LIMITS.expandedBytes, LIMITS.expansionRatio * size)
}

/** Whether that many bytes of content may be read; if not, it is a problem. */
export function isWithinBounds(expanded: number, { source, problems }: CheckSubject): boolean {
  if (expanded <= expansionLimit(source)) return true
  problems.add("archive-size", `${source.size} bytes expand to ${expanded}`, {
    pypi: `Invalid distribution file. File exceeds compression ratio of ${LIMITS.expansionRatio}`,
  })
  return false
}
