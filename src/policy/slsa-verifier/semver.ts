/** A semantic version as Go's `golang.org/x/mod/semver` reads it: with a leading `v`, minor and patch optional. */
export interface SemanticVersion {
  readonly major: string
  readonly minor: string
  readonly patch: string
  /** With its leading `-`, or empty. */
  readonly prerelease: string
  /** With its leading `+`, or empty. */
  readonly build: string
}

const NUMBER = "(?:0|[1-9][0-9]*)"
// A numeric identifier of a prerelease has no leading zeros (semver 2.0.0 §9); build identifiers may (§10).
const PRE = "(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
const PATTERN = new RegExp(
  `^v(${NUMBER})(?:\\.(${NUMBER})(?:\\.(${NUMBER})(-${PRE}(?:\\.${PRE})*)?(\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?)?)?$`,
)
const MAX_LENGTH = 256

/** Parses a version, or undefined. Short forms `v1` and `v1.2` stand for `v1.0.0` and `v1.2.0`. */
export function parseSemver(text: string): SemanticVersion | undefined {
  const match = text.length > MAX_LENGTH ? null : PATTERN.exec(text)
  if (match === null) return undefined
  const [, major = "0", minor = "0", patch = "0", prerelease = "", build = ""] = match
  return { major, minor, patch, prerelease, build }
}
