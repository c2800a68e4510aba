import { PROBLEMS, type ProblemCode } from "./problems.ts"

/** Why a distribution is not one that can be published or installed everywhere. */
export interface DistributionProblem {
  readonly code: ProblemCode
  /** The member of the archive, or the field of the metadata, that it is about; absent where it is about the file as a whole. */
  readonly where?: string
  /** What was found, as a sentence without a full stop. It quotes the archive and is foreign text. */
  readonly found: string
  /** The sentence that PyPI's upload answers with, where PyPI is who refuses it. */
  readonly pypi?: string
}

/** The problems that installers and careful readers have with a file too: all but those that PyPI alone has. */
export function problemsForEverybody(
  problems: readonly DistributionProblem[],
): readonly DistributionProblem[] {
  return problems.filter(({ code }) => PROBLEMS[code].refusedBy === "everybody")
}

/** Collects the problems of one file, up to a bound: a hostile archive can have one for each of its members. */
export class Problems {
  readonly #list: DistributionProblem[] = []
  #left = 0

  add(code: ProblemCode, found: string, about: { where?: string; pypi?: string } = {}): void {
    if (this.#list.length >= MAX_PROBLEMS) this.#left += 1
    else this.#list.push({ code, found, ...about })
  }

  get isEmpty(): boolean {
    return this.#list.length === 0
  }

  /** Everything that was added; where the bound was hit, the last one says how many more there are. */
  list(): readonly DistributionProblem[] {
    const last = this.#list.at(-1)
    if (this.#left === 0 || last === undefined) return this.#list
    const found = `${last.found} (and ${this.#left} further problems)`
    return [...this.#list.slice(0, -1), { ...last, found }]
  }
}

const MAX_PROBLEMS = 200
