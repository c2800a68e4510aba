import { WheelproofError } from "../../core/errors.ts"
import { type Distribution, parseDistributionFilename } from "../../packaging/distribution.ts"
import { isProjectName, normalizeName } from "../../packaging/name.ts"
import { isPlatformOfPypi } from "../../packaging/platform-tag.ts"
import { isVersion, versionKey } from "../../packaging/version.ts"
import { pythonText } from "./python-text.ts"
import { Refusal } from "./refusal.ts"

/** What file systems take. */
const MAX_LENGTH = 255

/** Checks a file name by itself: no control characters, no path, and an ending that goes with the file type. */
export function checkFilename(
  filename: string,
  filetype: "sdist" | "bdist_wheel",
): Refusal | undefined {
  // oxlint-disable-next-line no-control-regex -- what PyPI's storage cannot take.
  if (/[\u0000-\u001f\u007f]/.test(filename)) {
    return new Refusal(
      400,
      "Cannot upload a file with non-printable characters (ordinals 0-31) or the DEL character (ordinal 127) in the name.",
    )
  }
  if (/[/\\]/.test(filename)) {
    return new Refusal(400, String.raw`Cannot upload a file with '/' or '\' in the name.`)
  }
  if (filename.length > MAX_LENGTH) return new Refusal(400, `Filename is too long: '${filename}'`)
  const extension = /.\.(tar\.gz|zip|whl)$/i.exec(filename)?.[1]
  if (extension === undefined) {
    return new Refusal(
      400,
      "Invalid file extension: Use .tar.gz, .whl or .zip extension. See https://www.python.org/dev/peps/pep-0527 and https://peps.python.org/pep-0715/ for more information",
    )
  }
  const allowed = filetype === "sdist" ? ["zip", "tar.gz"] : ["whl"]
  if (allowed.includes(extension)) return undefined
  return new Refusal(
    400,
    `Invalid file extension: Extension .${extension} is invalid for filetype ${filetype}. See https://www.python.org/dev/peps/pep-0527 for more information.`,
  )
}

/** What a file's name is compared with. */
export interface Named {
  /** The project's name. */
  readonly name: string
  /** Normalised. */
  readonly version: string
}

/** Checks the name of an sdist, of which there is exactly one that is right (PEP 625). */
export function checkSdistName(filename: string, { name, version }: Named): Refusal | undefined {
  const stem = filename.replace(/\.(?:tar\.gz|zip)$/, "")
  const dash = stem.lastIndexOf("-")
  if (dash < 1 || !isVersion(stem.slice(dash + 1))) {
    return new Refusal(400, `Invalid source distribution filename: ${filename}`)
  }
  const expectedName = escapedName(name)
  const claimed = normalizeName(stem.slice(0, dash))
  // A post-release may have been written with a dash of its own: `foo-1.0-9`.
  const [, beforePost = ""] = /^(.*)-[^-]*-[0-9]+$/.exec(stem) ?? []
  if (claimed !== normalizeName(name) && normalizeName(beforePost) !== normalizeName(name)) {
    return new Refusal(
      400,
      `Start filename for ${pythonText(name)} with ${pythonText(expectedName)}.`,
    )
  }
  const expected = `${expectedName}-${version}.tar.gz`
  if (filename === expected) return undefined
  return new Refusal(
    400,
    `Filename ${pythonText(filename)} is invalid, should be ${pythonText(expected)}.`,
  )
}

/** Checks the name of a wheel: its parts, its platforms, and that it is this project's and this version's. */
export function checkWheelName(filename: string, { name, version }: Named): Refusal | undefined {
  const wheel = parseWheelName(filename)
  if (wheel instanceof Refusal) return wheel
  const platform = wheel.tags
    .map((tag) => tag.split("-")[2] ?? "")
    .find((tag) => !isPlatformOfPypi(tag))
  if (platform !== undefined) {
    return new Refusal(
      400,
      `Binary wheel '${filename}' has an unsupported platform tag '${platform}'.`,
    )
  }
  const expected = escapedName(name)
  if (wheel.name !== normalizeName(name)) {
    return new Refusal(400, `Start filename for ${pythonText(name)} with ${pythonText(expected)}.`)
  }
  const [claimed = "", claimedVersion = ""] = filename.split("-")
  if (claimed !== expected) {
    return new Refusal(
      400,
      `Filename ${pythonText(filename)} should contain the normalized project name ${pythonText(expected)}, not ${pythonText(claimed)}.`,
    )
  }
  if (wheel.version === versionKey(version)) return undefined
  return new Refusal(
    400,
    `Version in filename should be ${pythonText(version)} not ${pythonText(claimedVersion)}.`,
  )
}

/** The faults of a wheel's name in the words of the library `packaging`; what it has no words for, in ours. */
function parseWheelName(filename: string): Distribution | Refusal {
  const stem = filename.slice(0, -".whl".length)
  const parts = stem.split("-")
  const [name = "", version = "", build = ""] = parts
  const shown = pythonText(stem)
  if (parts.length !== 5 && parts.length !== 6) {
    return new Refusal(400, `Invalid wheel filename (wrong number of parts): ${shown}`)
  }
  if (name.includes("__") || !/^[\w.]+$/.test(name) || !isProjectName(name)) {
    return new Refusal(400, `Invalid project name: ${shown}`)
  }
  if (!isVersion(version)) {
    return new Refusal(400, `Invalid wheel filename (invalid version): ${shown}`)
  }
  if (parts.length === 6 && !/^[0-9]/.test(build)) {
    return new Refusal(400, `Invalid build number: ${build} in ${shown}`)
  }
  try {
    return parseDistributionFilename(filename)
  } catch (error) {
    if (error instanceof WheelproofError) return new Refusal(400, error.message)
    throw error
  }
}

/** A project's name as file names have it. */
function escapedName(name: string): string {
  return normalizeName(name).replaceAll("-", "_")
}
