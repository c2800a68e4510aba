import { malformed, WheelproofError } from "../core/errors.ts"
import { isProjectName, normalizeName } from "./name.ts"
import { versionKey } from "./version.ts"

/** What a distribution's file name says, in the form in which two names of one distribution are equal. */
export interface Distribution {
  readonly kind: "wheel" | "sdist"
  /** Normalised (PEP 503). */
  readonly name: string
  /** A {@link versionKey}. */
  readonly version: string
  /** The build tag of a wheel (PEP 427), `""` where it has none. */
  readonly build: string
  /** All tag triples of a wheel, sorted (PEP 425, compressed sets expanded). */
  readonly tags: readonly string[]
}

const MAX_LENGTH = 512
/** Separators and control characters, spelt out: to build the set from its Unicode name takes longer than all the rest of a verdict. */
// oxlint-disable-next-line no-control-regex -- control characters are what it is about.
const UNFIT = /[/\\\u0000-\u001f\u007f-\u009f]/
const MAX_TAGS = 1_000

/**
 * Parses the file name of a wheel (PEP 427) or sdist (PEP 625, and the older forms on indexes: `.zip`, `-` in names). Throws
 * `ERR_INPUT_MALFORMED` and says what is wrong with it.
 */
export function parseDistributionFilename(filename: string): Distribution {
  if (filename.length > MAX_LENGTH || UNFIT.test(filename)) {
    throw malformed(`${JSON.stringify(filename)} is not a file name`)
  }
  if (filename.endsWith(".whl")) return parseWheel(filename, filename.slice(0, -".whl".length))
  for (const extension of [".tar.gz", ".zip"]) {
    if (filename.endsWith(extension))
      return parseSdist(filename, filename.slice(0, -extension.length))
  }
  throw malformed(`${filename} is neither a wheel (.whl) nor an sdist (.tar.gz, .zip)`)
}

/** Whether a text is the file name of a distribution. */
export function isDistributionFilename(filename: string): boolean {
  try {
    parseDistributionFilename(filename)
    return true
  } catch (error) {
    if (error instanceof WheelproofError) return false
    throw error
  }
}

/** Whether two file names are of the same distribution (PEP 740, "Subject": compared after parsing; an sdist's extension does not count). */
export function sameDistribution(one: Distribution, other: Distribution): boolean {
  return (
    one.kind === other.kind &&
    one.name === other.name &&
    one.version === other.version &&
    one.build === other.build &&
    one.tags.join(" ") === other.tags.join(" ")
  )
}

function parseWheel(filename: string, stem: string): Distribution {
  const parts = stem.split("-")
  const [name = "", version = "", ...rest] = parts
  if (parts.length !== 5 && parts.length !== 6) {
    throw malformed(`${filename}: a wheel's name has five or six parts, this has ${parts.length}`)
  }
  if (!/^[\w.]+$/.test(name) || name.includes("__") || !isProjectName(name)) {
    throw malformed(`${filename}: ${JSON.stringify(name)} is not a project name`)
  }
  const build = parts.length === 6 ? parseBuildTag(filename, rest[0] ?? "") : ""
  return {
    kind: "wheel",
    name: normalizeName(name),
    version: versionKey(version),
    build,
    tags: expandTags(filename, rest.slice(-3)),
  }
}

// PEP 427: begins with a digit; compared as a number and the rest.
function parseBuildTag(filename: string, tag: string): string {
  const match = /^([0-9]+)(.*)$/.exec(tag)
  if (match === null)
    throw malformed(`${filename}: the build tag ${JSON.stringify(tag)} has no number`)
  return `${BigInt(match[1] ?? "0")}${match[2] ?? ""}`
}

/**
 * All triples of three dot-compressed tag sets (PEP 425), sorted. `what` names them in errors. Throws `ERR_INPUT_MALFORMED` for what are
 * no three sets of tags, or too many.
 */
export function expandTags(what: string, sets: readonly string[]): readonly string[] {
  if (sets.length !== 3) throw malformed(`${what}: ${JSON.stringify(sets.join("-"))} is no tag`)
  const [pythons = [], abis = [], platforms = []] = sets.map((set) => set.toLowerCase().split("."))
  if (pythons.length * abis.length * platforms.length > MAX_TAGS) {
    throw malformed(`${what}: too many tags`)
  }
  const tags = new Set<string>()
  for (const python of pythons) {
    for (const abi of abis) {
      for (const platform of platforms) {
        if ([python, abi, platform].some((tag) => !/^\w+$/.test(tag))) {
          throw malformed(`${what}: broken tags`)
        }
        tags.add(`${python}-${abi}-${platform}`)
      }
    }
  }
  return [...tags].toSorted()
}

function parseSdist(filename: string, stem: string): Distribution {
  const dash = stem.lastIndexOf("-")
  const name = stem.slice(0, Math.max(dash, 0))
  if (!isProjectName(name)) throw malformed(`${filename}: no project name before the last dash`)
  return {
    kind: "sdist",
    name: normalizeName(name),
    version: versionKey(stem.slice(dash + 1)),
    build: "",
    tags: [],
  }
}
