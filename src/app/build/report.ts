import type { WheelBuilder } from "../../build/build.ts"
import type { Sha256 } from "../../core/digest.ts"
import type { DistributionDifference } from "../../formats/distribution/compare.ts"
import type { DistributionProblem } from "../../formats/distribution/problem.ts"

export type { BuildWatch } from "../../build/run.ts"

/** One `build`. */
export interface BuildRequest {
  readonly folder: string
  /** The folder that gets the files; `dist` in the project's folder where absent. */
  readonly output?: string
  /** Replace what an earlier build left in it. */
  readonly clean: boolean
  /** The Python to build with. */
  readonly python?: string
  /** What builds wheels; absent, whatever the project is configured for. */
  readonly wheelBuilder?: WheelBuilder
  readonly only?: "sdist" | "wheels"
  /** `KEY=VALUE` for the build backend. */
  readonly settings: readonly string[]
  /** Refuse a tree that is not as its commit. */
  readonly requireClean: boolean
  readonly checkReproducible: boolean
  /** What is missing of the declared set is another job's. */
  readonly isPart: boolean
  /** What PyPI alone refuses is a note. */
  readonly isPrivate: boolean
}

/** A file that was built. */
export interface BuiltFileReport {
  readonly name: string
  readonly size: number
  readonly sha256: Sha256
  readonly problems: readonly DistributionProblem[]
  /** Problems that do not count: PyPI would refuse the file, and it is not for PyPI. */
  readonly tolerated: readonly DistributionProblem[]
}

/** Whether a second build gave the same bytes. */
export interface Reproducibility {
  /** Files that are not the same in both builds; empty where all are. */
  readonly different: readonly {
    readonly name: string
    readonly differences: readonly DistributionDifference[]
  }[]
}

/** What a build came to. */
export interface BuildReport {
  readonly files: readonly BuiltFileReport[]
  /** What is wrong with them together. */
  readonly setProblems: readonly DistributionProblem[]
  /** Whether a set was declared to compare them with. */
  readonly isSetDeclared: boolean
  readonly reproducibility?: Reproducibility
  readonly source: {
    readonly commit?: string
    /** Whether the tree was not as its commit; absent where there is no commit. */
    readonly isChanged?: boolean
    readonly sourceDateEpoch?: number
  }
  readonly frontend: string
  readonly wheelBuilder: WheelBuilder
  /** The folder that has the files now; absent where nothing was put out. */
  readonly output?: string
  readonly notes: readonly string[]
}

/** Whether everything that was built is right, and there is something. Only then are files put out. */
export function isBuilt({
  files,
  setProblems,
  reproducibility,
}: Pick<BuildReport, "files" | "setProblems" | "reproducibility">): boolean {
  return (
    files.length > 0 &&
    files.every(({ problems }) => problems.length === 0) &&
    setProblems.length === 0 &&
    (reproducibility === undefined || reproducibility.different.length === 0)
  )
}
