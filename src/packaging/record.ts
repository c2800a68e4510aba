import { decodeUtf8 } from "../core/bytes.ts"
import { malformed, WheelproofError } from "../core/errors.ts"
import { LIMITS } from "../core/limits.ts"

/** One line of RECORD: a file of the wheel, and what it is. */
export interface RecordLine {
  readonly path: string
  /** `sha256=` and the digest in URL-safe base64 without padding; empty for RECORD itself. */
  readonly hash: string
  /** Decimal digits; empty for RECORD itself. */
  readonly size: string
}

/**
 * Parses RECORD (PEP 376, PEP 427): CSV as Python's `csv` module reads it, three values a line. Throws `ERR_INPUT_MALFORMED` and
 * `ERR_INPUT_TOO_LARGE`.
 */
export function parseRecord(bytes: Uint8Array): readonly RecordLine[] {
  if (bytes.byteLength > LIMITS.recordBytes) {
    throw new WheelproofError("ERR_INPUT_TOO_LARGE", `RECORD is over ${LIMITS.recordBytes} bytes`)
  }
  const text = decodeUtf8(bytes, "RECORD")
  const lines: RecordLine[] = []
  for (let at = 0; at < text.length;) {
    const { values, end } = readLine(text, at)
    at = end
    const [path = "", hash = "", size = ""] = values
    if (values.length === 1 && path === "") continue
    if (values.length !== 3) {
      throw malformed(`line ${lines.length + 1} of RECORD has ${values.length} values, not three`)
    }
    lines.push({ path, hash, size })
    if (lines.length > LIMITS.archiveMembers) {
      throw new WheelproofError(
        "ERR_INPUT_TOO_LARGE",
        `RECORD has over ${LIMITS.archiveMembers} lines`,
      )
    }
  }
  return lines
}

interface CsvLine {
  readonly values: readonly string[]
  /** Where the next line begins. */
  readonly end: number
}

function readLine(text: string, start: number): CsvLine {
  const values: string[] = []
  for (let at = start; ;) {
    const { value, end } = text[at] === '"' ? readQuoted(text, at) : readPlain(text, at)
    values.push(value)
    if (text[end] !== ",") return { values, end: afterLineEnd(text, end) }
    at = end + 1
  }
}

function readPlain(text: string, start: number): { value: string; end: number } {
  const rest = /[,\r\n]/g
  rest.lastIndex = start
  const end = rest.exec(text)?.index ?? text.length
  return { value: text.slice(start, end), end }
}

function readQuoted(text: string, start: number): { value: string; end: number } {
  let value = ""
  for (let at = start + 1; ;) {
    const quote = text.indexOf('"', at)
    if (quote === -1) throw malformed("RECORD has a quotation mark that is not closed")
    value += text.slice(at, quote)
    if (text[quote + 1] !== '"') {
      if (!/^(?:[,\r\n]|$)/.test(text.slice(quote + 1, quote + 2))) {
        throw malformed("RECORD has text behind a quotation mark")
      }
      return { value, end: quote + 1 }
    }
    value += '"'
    at = quote + 2
  }
}

function afterLineEnd(text: string, at: number): number {
  if (text[at] === "\r" && text[at + 1] === "\n") return at + 2
  return at + 1
}
