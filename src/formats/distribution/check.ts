import { WheelproofError } from "../../core/errors.ts"
import { type Distribution, parseDistributionFilename } from "../../packaging/distribution.ts"
import type { ByteSource } from "../archive/byte-source.ts"
import type { DistributionContent } from "./content.ts"
import { type DistributionProblem, Problems } from "./problem.ts"
import { checkSdist } from "./sdist.ts"
import { checkWheel } from "./wheel.ts"

/** A distribution that was opened and checked. Nobody but its maker can be blamed for it only where `problems` is empty. */
export interface CheckedDistribution extends DistributionContent {
  readonly filename: string
  /** What the file name says; absent where it says nothing. */
  readonly distribution?: Distribution
  readonly problems: readonly DistributionProblem[]
}

/**
 * Opens a wheel or sdist and checks everything that PyPI's upload and careful installers would refuse, and what they would see
 * differently. Reads in pieces: memory does not depend on the size of the file. Problems are values; throws only what the source throws.
 */
export async function checkDistribution(
  filename: string,
  source: ByteSource,
): Promise<CheckedDistribution> {
  const problems = new Problems()
  const distribution = parseName(filename, problems)
  if (distribution === undefined) return { filename, members: [], problems: problems.list() }
  const check = distribution.kind === "wheel" ? checkWheel : checkSdist
  const content = await check({ filename, distribution, source, problems })
  return { filename, distribution, ...content, problems: problems.list() }
}

function parseName(filename: string, problems: Problems): Distribution | undefined {
  try {
    return parseDistributionFilename(filename)
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    problems.add("file-name", error.message)
    return undefined
  }
}
