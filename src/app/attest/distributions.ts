import path from "node:path"

import { WheelproofError } from "../../core/errors.ts"
import { checkDistribution } from "../../formats/distribution/check.ts"
import { checkReleaseSet } from "../../formats/distribution/check-set.ts"
import type { DistributionProblem } from "../../formats/distribution/problem.ts"
import { PROBLEMS } from "../../formats/distribution/problems.ts"
import { withFileSource } from "../../io/file-source.ts"
import { readProjectSettings } from "../project-settings.ts"
import type { AttestEffects } from "./effects.ts"
import type { AttestRequest } from "./request.ts"

/**
 * Opens each file that is going to be signed, and compares all names with the files that the project declares for a release: nobody should vouch for an
 * archive that is broken, or for a release that is not whole. Returns notes on what PyPI alone would refuse. Throws
 * `ERR_INPUT_MALFORMED` for a file and `ERR_USAGE` for a set that is not right.
 */
export async function checkDistributions(
  paths: readonly string[],
  names: readonly string[],
  { anyFile, project, isPart = false }: AttestRequest,
  { files, breathe }: Pick<AttestEffects, "files" | "breathe">,
): Promise<readonly string[]> {
  if (anyFile) return []
  const settings = project === undefined ? undefined : readProjectSettings(project, files)
  checkSet(names, settings?.expected, isPart)
  const notes: string[] = []
  for (const file of paths) {
    await breathe()
    const name = path.basename(file)
    const { problems } = await withFileSource(files, file, (source) =>
      checkDistribution(name, source),
    )
    const [broken] = problems.filter(({ code }) => PROBLEMS[code].refusedBy === "everybody")
    if (broken !== undefined) throw brokenFile(file, broken, problems.length - 1)
    notes.push(...problems.map((problem) => `PyPI will refuse ${name}: ${describe(problem)}`))
  }
  return notes
}

function checkSet(
  names: readonly string[],
  expected: Parameters<typeof checkReleaseSet>[1],
  isPart: boolean,
): void {
  if (expected === undefined) return
  const [problem, ...others] = checkReleaseSet(names, expected, { isPart })
  if (problem === undefined) return
  throw new WheelproofError(
    "ERR_USAGE",
    `these are not the files that the project declares for a release: ${describe(problem)}${more(others.length)}`,
    {
      hint: "nothing was signed; build what is missing, or say with --partial that the rest is another job's",
    },
  )
}

function brokenFile(file: string, problem: DistributionProblem, others: number): WheelproofError {
  return new WheelproofError(
    "ERR_INPUT_MALFORMED",
    `${file} is broken: ${describe(problem)}${more(others)}`,
    { hint: `${PROBLEMS[problem.code].next}; --any-file signs it as it is` },
  )
}

function describe({ code, where, found }: DistributionProblem): string {
  return `${where === undefined ? "" : `${where}: `}${found} [${code}]`
}

function more(count: number): string {
  return count === 0 ? "" : ` (and ${count} more)`
}
