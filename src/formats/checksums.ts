import { decodeUtf8, decodeWrappedBase64 } from "../core/bytes.ts"
import { parseSha256, type Sha256 } from "../core/digest.ts"
import { malformed, WheelproofError } from "../core/errors.ts"

/** One line of `sha256sum`: a file's name and digest. */
export interface ChecksumLine {
  readonly name: string
  readonly sha256: Sha256
}

const MAX_TEXT_BYTES = 16_777_216
const MAX_LINE_CHARS = 65_536

/** Control, format, surrogate, and line-breaking characters: nothing that a file of a release is named with. */
const UNWANTED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/**
 * Writes lines as `sha256sum` does (GNU coreutils, text mode). Throws `ERR_INPUT_MALFORMED` or `ERR_INPUT_TOO_LARGE` for a name that
 * could not be read back.
 */
export function formatChecksums(lines: readonly ChecksumLine[]): string {
  return lines
    .map(({ name, sha256 }) => `${checkLength(`${sha256}  ${checkName(name)}`)}\n`)
    .join("")
}

/**
 * Parses `sha256sum` lines, or base64 of them as the SLSA generic generator takes it (`base64-subjects`). It accepts what the
 * generator accepts, except for names that are paths, hold control characters or are not UTF-8; and it takes the `*` of `sha256sum -b`
 * for the marker it is. A name twice is refused even with the same digest. Throws `ERR_INPUT_MALFORMED` or `ERR_INPUT_TOO_LARGE`.
 */
export function parseChecksums(bytes: Uint8Array): readonly ChecksumLine[] {
  if (bytes.byteLength > MAX_TEXT_BYTES) {
    throw new WheelproofError("ERR_INPUT_TOO_LARGE", `checksums are over ${MAX_TEXT_BYTES} bytes`)
  }
  const text = decodeUtf8(bytes, "checksums")
  const plain = looksLikeBase64(text)
    ? decodeUtf8(decodeWrappedBase64(text, "checksums"), "decoded checksums")
    : text
  // JavaScript's trim() takes it for white space, the generator does not.
  if (plain.includes("\u{feff}")) throw malformed("checksums hold a byte order mark")
  const lines = plain
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(parseLine)
  if (lines.length === 0) throw malformed("there are no checksums")
  return mergeChecksums(
    lines.map((line) => [line]),
    "refuse-same",
  )
}

/**
 * Joins the lists of several jobs. The same name with the same digest counts once, or is refused if `same` says so; with another
 * digest it is always `ERR_INPUT_MALFORMED`.
 */
export function mergeChecksums(
  lists: readonly (readonly ChecksumLine[])[],
  same: "once" | "refuse-same" = "once",
): readonly ChecksumLine[] {
  const merged = new Map<string, ChecksumLine>()
  for (const line of lists.flat()) {
    const known = merged.get(line.name)
    if (known !== undefined && known.sha256 !== line.sha256) {
      throw malformed(`${line.name} has two digests: ${known.sha256} and ${line.sha256}`)
    }
    if (known !== undefined && same === "refuse-same")
      throw malformed(`${line.name} is there twice`)
    merged.set(line.name, line)
  }
  return [...merged.values()]
}

// Every line of checksums has white space inside it, base64 has none but line ends.
function looksLikeBase64(text: string): boolean {
  return !/[^\S\r\n]/.test(text) && /^[A-Za-z0-9+/=\r\n]+$/.test(text)
}

function parseLine(line: string): ChecksumLine {
  const match = /^(\S+)([ \t])(.*)$/su.exec(checkLength(line))
  if (match === null) throw malformed(`${JSON.stringify(line)} is not a digest and a name`)
  const [, digest = "", , rest = ""] = match
  return { sha256: parseSha256(digest.toLowerCase()), name: checkName(nameOf(rest)) }
}

// Text mode writes a second space, binary mode a star. A file that really begins with a star is written with two spaces.
function nameOf(rest: string): string {
  return (rest.startsWith("*") ? rest.slice(1) : rest).trim()
}

function checkLength(line: string): string {
  if (line.length <= MAX_LINE_CHARS) return line
  throw new WheelproofError(
    "ERR_INPUT_TOO_LARGE",
    `a checksum line is over ${MAX_LINE_CHARS} characters`,
  )
}

function checkName(name: string): string {
  const isPlain =
    name !== "" &&
    name !== "." &&
    name !== ".." &&
    name === name.trim() &&
    !/[/\\]/.test(name) &&
    !UNWANTED.test(name)
  if (!isPlain) {
    throw malformed(`${JSON.stringify(name)} is not a plain file name`)
  }
  return name
}
