import { malformed } from "../core/errors.ts"

// PEP 440, appendix B.
const VERSION =
  /^v?(?:(?<epoch>[0-9]+)!)?(?<release>[0-9]+(?:\.[0-9]+)*)(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>[0-9]+)?)?(?<post>-(?<bare>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?<postNumber>[0-9]+)?)?(?:[-_.]?(?<dev>dev)[-_.]?(?<devNumber>[0-9]+)?)?(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/i

const PRE_RELEASE: Readonly<Record<string, string>> = {
  alpha: "a",
  beta: "b",
  c: "rc",
  pre: "rc",
  preview: "rc",
}

/** A version is longer than any real one; the bound keeps the pattern's work small. */
const MAX_LENGTH = 256

/**
 * The one text that all equal versions share (PEP 440, "Normalization", with trailing zeros of the release cut off, because
 * `1.0` equals `1.0.0`). Throws `ERR_INPUT_MALFORMED` for what is no version.
 */
export function versionKey(version: string): string {
  return assemble(parseVersion(version), true)
}

/** The version as PEP 440 normalises it: `1.0-RC.1` is `1.0rc1`. Throws `ERR_INPUT_MALFORMED` for what is no version. */
export function normalizeVersion(version: string): string {
  return assemble(parseVersion(version), false)
}

/** Whether a version has a local part (PEP 440, "Local version identifiers"). Throws `ERR_INPUT_MALFORMED` for what is no version. */
export function isLocalVersion(version: string): boolean {
  return parseVersion(version)["local"] !== undefined
}

type VersionParts = Readonly<Record<string, string | undefined>>

function parseVersion(version: string): VersionParts {
  const groups = version.length > MAX_LENGTH ? undefined : VERSION.exec(version.trim())?.groups
  if (groups === undefined) throw malformed(`${JSON.stringify(version)} is not a version (PEP 440)`)
  return groups
}

function assemble(groups: VersionParts, cutZeros: boolean): string {
  const {
    epoch,
    release = "",
    pre,
    preNumber,
    post,
    bare,
    postNumber,
    dev,
    devNumber,
    local,
  } = groups
  const numbers = release.split(".").map(number)
  if (cutZeros) while (numbers.length > 1 && numbers.at(-1) === "0") numbers.pop()
  const kind = pre?.toLowerCase()
  return [
    number(epoch) === "0" ? "" : `${number(epoch)}!`,
    numbers.join("."),
    kind === undefined ? "" : `${PRE_RELEASE[kind] ?? kind}${number(preNumber)}`,
    post === undefined ? "" : `.post${number(bare ?? postNumber)}`,
    dev === undefined ? "" : `.dev${number(devNumber)}`,
    local === undefined ? "" : `+${localKey(local)}`,
  ].join("")
}

function number(digits: string | undefined): string {
  return BigInt(digits ?? "0").toString()
}

function localKey(local: string): string {
  return local
    .toLowerCase()
    .split(/[-_.]/)
    .map((part) => (/^[0-9]+$/.test(part) ? number(part) : part))
    .join(".")
}
