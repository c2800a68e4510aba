import { malformed, WheelproofError } from "../core/errors.ts"

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

/** A version taken apart (PEP 440); numbers are of any size. */
interface Version {
  readonly epoch: bigint
  readonly release: readonly bigint[]
  readonly pre: { readonly kind: string; readonly number: bigint } | undefined
  readonly post: bigint | undefined
  readonly dev: bigint | undefined
  readonly local: readonly string[]
}

/**
 * The one text that all equal versions share (PEP 440, "Normalization", with trailing zeros of the release cut off, because
 * `1.0` equals `1.0.0`). Throws `ERR_INPUT_MALFORMED` for what is no version.
 */
export function versionKey(version: string): string {
  const parsed = parseVersion(version)
  return formatVersion({ ...parsed, release: withoutTrailingZeros(parsed.release) })
}

/** A version as file names and indexes write it (PEP 440, "Normalization"): `1.02-beta1` is `1.2b1`, `1.0.0` stays. Throws `ERR_INPUT_MALFORMED`. */
export function normalizeVersion(version: string): string {
  return formatVersion(parseVersion(version))
}

/** Whether a text is a version (PEP 440). */
export function isVersion(text: string): boolean {
  try {
    parseVersion(text)
    return true
  } catch (error) {
    if (error instanceof WheelproofError) return false
    throw error
  }
}

/** Orders versions from the oldest to the newest (PEP 440, "Summary of permitted suffixes and relative ordering"). Throws `ERR_INPUT_MALFORMED`. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [parseVersion(one), parseVersion(other)]
  return (
    compare(a.epoch, b.epoch) ||
    compareLists(withoutTrailingZeros(a.release), withoutTrailingZeros(b.release), compare) ||
    compare(preRank(a), preRank(b)) ||
    compare(a.pre?.number ?? 0n, b.pre?.number ?? 0n) ||
    // No post-release comes before the first, no development release after all of them.
    compare(a.post ?? -1n, b.post ?? -1n) ||
    compareDevelopment(a.dev, b.dev) ||
    compareLists(a.local, b.local, compareLocal)
  )
}

/** Whether a version is a pre-release or a development release, which installers leave out unless asked. Throws `ERR_INPUT_MALFORMED`. */
export function isPrerelease(version: string): boolean {
  const { pre, dev } = parseVersion(version)
  return pre !== undefined || dev !== undefined
}

/** Whether a version has a local part (PEP 440, "Local version identifiers"). Throws `ERR_INPUT_MALFORMED` for what is no version. */
export function isLocalVersion(version: string): boolean {
  return parseVersion(version).local.length > 0
}

function parseVersion(version: string): Version {
  const groups = version.length > MAX_LENGTH ? undefined : VERSION.exec(version.trim())?.groups
  if (groups === undefined) throw malformed(`${JSON.stringify(version)} is not a version (PEP 440)`)
  const { epoch, release = "", pre, preNumber, post, bare, postNumber, dev, devNumber } = groups
  const kind = pre?.toLowerCase()
  return {
    epoch: number(epoch),
    release: release.split(".").map(number),
    pre:
      kind === undefined
        ? undefined
        : { kind: PRE_RELEASE[kind] ?? kind, number: number(preNumber) },
    post: post === undefined ? undefined : number(bare ?? postNumber),
    dev: dev === undefined ? undefined : number(devNumber),
    local: localParts(groups["local"]),
  }
}

function formatVersion({ epoch, release, pre, post, dev, local }: Version): string {
  return [
    epoch === 0n ? "" : `${epoch}!`,
    release.join("."),
    pre === undefined ? "" : `${pre.kind}${pre.number}`,
    post === undefined ? "" : `.post${post}`,
    dev === undefined ? "" : `.dev${dev}`,
    local.length === 0 ? "" : `+${local.join(".")}`,
  ].join("")
}

function number(digits: string | undefined): bigint {
  return BigInt(digits ?? "0")
}

function localParts(local: string | undefined): readonly string[] {
  const parts = local?.toLowerCase().split(/[-_.]/) ?? []
  return parts.map((part) => (isDigits(part) ? number(part).toString() : part))
}

function isDigits(text: string): boolean {
  return /^[0-9]+$/.test(text)
}

function withoutTrailingZeros(release: readonly bigint[]): readonly bigint[] {
  const last = release.findLastIndex((part) => part !== 0n)
  return release.slice(0, Math.max(last, 0) + 1)
}

// A development release of a final version comes before that version's alphas: `1.0.dev1` < `1.0a1`.
function preRank({ pre, post, dev }: Version): number {
  if (pre !== undefined) return ["a", "b", "rc"].indexOf(pre.kind)
  return post === undefined && dev !== undefined ? -1 : 3
}

function compareDevelopment(a: bigint | undefined, b: bigint | undefined): number {
  if (a === undefined || b === undefined)
    return compare(Number(a === undefined), Number(b === undefined))
  return compare(a, b)
}

// Numbers come after words in a local version.
function compareLocal(a: string, b: string): number {
  if (isDigits(a) && isDigits(b)) return compare(BigInt(a), BigInt(b))
  return compare(Number(isDigits(a)), Number(isDigits(b))) || compare(a, b)
}

function compareLists<Part>(
  a: readonly Part[],
  b: readonly Part[],
  comparePart: (a: Part, b: Part) => number,
): number {
  for (const [index, part] of a.entries()) {
    const other = b[index]
    if (other === undefined) return 1
    const order = comparePart(part, other)
    if (order !== 0) return order
  }
  return compare(a.length, b.length)
}

function compare<Value extends string | number | bigint>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0
}
