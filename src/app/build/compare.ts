import path from "node:path"

import type { BuiltFile } from "../../build/build.ts"
import {
  compareDistributions,
  type DistributionDifference,
} from "../../formats/distribution/compare.ts"
import { problemsForEverybody } from "../../formats/distribution/problem.ts"
import { withFileSource } from "../../io/file-source.ts"
import type { Files } from "../../io/files.ts"
import type { Reproducibility } from "./report.ts"

/** Compares two builds of one commit, file by file. Those of the first have no problems that keep them from being read. */
export async function compareBuilds(
  first: readonly BuiltFile[],
  second: readonly BuiltFile[],
  files: Files,
): Promise<Reproducibility> {
  const others = new Map(second.map((built) => [nameOf(built), built]))
  const different: { name: string; differences: readonly DistributionDifference[] }[] = []
  for (const built of first) {
    const name = nameOf(built)
    const other = others.get(name)
    others.delete(name)
    // oxlint-disable-next-line no-await-in-loop -- one pair at a time
    const differences = other === undefined ? only("first") : await comparePair(built, other, files)
    if (differences.length > 0) different.push({ name, differences })
  }
  const added = [...others.keys()].map((name) => ({ name, differences: only("second") }))
  return { different: [...different, ...added] }
}

async function comparePair(
  one: BuiltFile,
  other: BuiltFile,
  files: Files,
): Promise<readonly DistributionDifference[]> {
  const [problem] = problemsForEverybody(other.checked.problems)
  if (problem !== undefined) {
    return [{ kind: "members", found: `the second build has a problem: ${problem.found}` }]
  }
  return await withFileSource(
    files,
    one.file,
    async (source) =>
      await withFileSource(
        files,
        other.file,
        async (otherSource) =>
          await compareDistributions(
            { checked: one.checked, source },
            { checked: other.checked, source: otherSource },
          ),
      ),
  )
}

function nameOf({ file }: BuiltFile): string {
  return path.basename(file)
}

function only(build: string): readonly DistributionDifference[] {
  return [{ kind: "members", found: `only the ${build} build has the file` }]
}
