import { Refusal } from "./errors.ts"

/** A builder id: `name` or `name@version`. */
export interface BuilderId {
  readonly name: string
  readonly version: string | undefined
}

/** Parses a builder id: at most one `@`, and something behind it. */
export function parseBuilderId(text: string): BuilderId {
  const [name = "", version, ...rest] = text.split("@")
  if (rest.length > 0 || version === "") {
    throw new Refusal("ErrorInvalidFormat", `${JSON.stringify(text)} is not name or name@version`)
  }
  return { name, version }
}

/** Whether `given` matches `trusted` where a version that was not given matches any. */
export function matchLoose(given: string, trusted: BuilderId, allowTag: boolean): void {
  const wanted = parseBuilderId(given)
  matchName(wanted, trusted)
  if (wanted.version !== undefined) matchVersion(wanted.version, trusted, allowTag)
}

/** Whether `given` matches `trusted`, version included. */
export function matchFull(given: string, trusted: BuilderId, allowTag: boolean): void {
  const wanted = parseBuilderId(given)
  matchName(wanted, trusted)
  matchVersion(wanted.version ?? "", trusted, allowTag)
}

function matchName(wanted: BuilderId, trusted: BuilderId): void {
  if (wanted.name === trusted.name) return
  throw new Refusal("ErrorMismatchBuilderID", `expected ${wanted.name}, found ${trusted.name}`)
}

// `v1.2.3` stands for `refs/tags/v1.2.3`; never the other way round.
function matchVersion(
  version: string,
  { version: trusted = "" }: BuilderId,
  allowTag: boolean,
): void {
  if (version === trusted || (allowTag && `refs/tags/${version}` === trusted)) return
  throw new Refusal("ErrorMismatchBuilderID", `expected version ${version}, found ${trusted}`)
}
