import { WheelproofError } from "../../core/errors.ts"
import { type Distribution, parseDistributionFilename } from "../../packaging/distribution.ts"
import { type ExpectedSet, fillsSlot, slotName, type WheelSlot } from "./expected-set.ts"
import { type DistributionProblem, Problems } from "./problem.ts"

/** What is allowed of a set that is looked at. */
export interface SetOptions {
  /** The set is a part of the release, such as one job of a matrix makes: what is missing is somebody else's. */
  readonly isPart?: boolean
}

/**
 * Compares the files of a release with what is declared for it: each wheel that is declared is there, once; nothing else is; and all are of
 * one version of one project. Without a declaration only the last is asked. To be asked before anything is signed or uploaded.
 */
export function checkReleaseSet(
  filenames: readonly string[],
  expected: ExpectedSet | undefined,
  { isPart = false }: SetOptions = {},
): readonly DistributionProblem[] {
  const problems = new Problems()
  const files = filenames.flatMap((filename) => {
    const distribution = parseName(filename, problems)
    return distribution === undefined ? [] : [{ filename, distribution }]
  })
  checkOneRelease(files, problems)
  if (expected === undefined) return problems.list()
  checkSdists(files, expected, isPart, problems)
  const wheels = files.filter(({ distribution }) => distribution.kind === "wheel")
  checkSlots(wheels, expected.wheels, isPart, problems)
  for (const wheel of wheels) checkIsExpected(wheel, expected.wheels, problems)
  return problems.list()
}

interface NamedDistribution {
  readonly filename: string
  readonly distribution: Distribution
}

function parseName(filename: string, problems: Problems): Distribution | undefined {
  try {
    return parseDistributionFilename(filename)
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    problems.add("set-unexpected", error.message, { where: filename })
    return undefined
  }
}

function checkOneRelease(files: readonly NamedDistribution[], problems: Problems): void {
  const [first] = files
  if (first === undefined) return
  const { name, version } = first.distribution
  for (const { filename, distribution } of files) {
    if (distribution.name === name && distribution.version === version) continue
    const found = `it is ${distribution.name} ${distribution.version}, and ${first.filename} is ${name} ${version}`
    problems.add("set-mixed", found, { where: filename })
  }
}

function checkSdists(
  files: readonly NamedDistribution[],
  expected: ExpectedSet,
  isPart: boolean,
  problems: Problems,
): void {
  const sdists = files.filter(({ distribution }) => distribution.kind === "sdist")
  if (expected.sdist && sdists.length === 0 && !isPart) {
    problems.add("set-missing", "there is no sdist", { where: "sdist" })
  }
  for (const { filename } of expected.sdist ? sdists.slice(1) : sdists) {
    const found = expected.sdist ? "there is a second sdist" : "no sdist is declared"
    problems.add(expected.sdist ? "set-duplicate" : "set-unexpected", found, { where: filename })
  }
}

function checkSlots(
  wheels: readonly NamedDistribution[],
  slots: readonly WheelSlot[],
  isPart: boolean,
  problems: Problems,
): void {
  for (const slot of slots) {
    const [first, ...others] = wheels.filter(({ distribution }) =>
      distribution.tags.some((tag) => fillsSlot(tag, slot)),
    )
    if (first === undefined && !isPart) {
      problems.add("set-missing", "there is no such wheel", { where: slotName(slot) })
    }
    for (const { filename } of others) {
      const found = `${first?.filename ?? ""} and ${filename} are both for it`
      problems.add("set-duplicate", found, { where: slotName(slot) })
    }
  }
}

function checkIsExpected(
  { filename, distribution }: NamedDistribution,
  slots: readonly WheelSlot[],
  problems: Problems,
): void {
  const surplus = distribution.tags.filter((tag) => !slots.some((slot) => fillsSlot(tag, slot)))
  if (surplus.length === 0) return
  const found = `no wheel is declared for ${surplus.join(", ")}`
  problems.add("set-unexpected", found, { where: filename })
}
