import { decodeUtf8 } from "../core/bytes.ts"
import { malformed, WheelproofError } from "../core/errors.ts"

/** A message in the form of an e-mail: fields in order, then what follows the first empty line. */
export interface HeaderMessage {
  readonly fields: readonly HeaderField[]
  readonly body: string
}

/** One field. A folded value keeps its line ends and its indentation. */
export interface HeaderField {
  readonly name: string
  readonly value: string
}

// RFC 5322 §3.6.8: any printable ASCII but the colon.
const FIELD = /^([!-9;-~]+):[ \t]*(.*)$/su

/**
 * Reads METADATA, PKG-INFO and WHEEL: header fields as Python's e-mail parser reads them, in UTF-8. What that parser repairs in silence
 * is refused here: a line that is no field ends the header for some readers and not for others, and so does a carriage return within a
 * line. Throws `ERR_INPUT_MALFORMED` and `ERR_INPUT_TOO_LARGE`.
 */
export function parseHeaders(
  bytes: Uint8Array,
  what: string,
  limits: { readonly bytes: number; readonly fields: number },
): HeaderMessage {
  if (bytes.byteLength > limits.bytes) {
    throw new WheelproofError("ERR_INPUT_TOO_LARGE", `${what} is over ${limits.bytes} bytes`)
  }
  const text = decodeUtf8(bytes, what)
  if (text.startsWith("\u{feff}")) throw malformed(`${what} begins with a byte order mark`)
  const fields: { name: string; value: string }[] = []
  let at = 0
  let before = ""
  while (at < text.length) {
    const lineEnd = text.indexOf("\n", at)
    const whole = text.slice(at, lineEnd === -1 ? text.length : lineEnd + 1)
    at += whole.length
    const line = whole.replace(/\r?\n$/, "")
    if (line === "") break
    checkLine(line, what)
    addLine(fields, line, before, what)
    before = whole.slice(line.length)
    if (fields.length > limits.fields) {
      throw new WheelproofError("ERR_INPUT_TOO_LARGE", `${what} has over ${limits.fields} fields`)
    }
  }
  return { fields, body: text.slice(at) }
}

// A folded value is joined by the line end that stands there, as Python's parser does.
function addLine(
  fields: { name: string; value: string }[],
  line: string,
  before: string,
  what: string,
): void {
  const last = fields.at(-1)
  if (/^[ \t]/.test(line)) {
    if (last === undefined) throw malformed(`${what} begins with a continued line`)
    last.value += `${before}${line}`
    return
  }
  const [match, name = "", value = ""] = FIELD.exec(line) ?? []
  if (match === undefined) throw malformed(`${what} has a line that is no field: ${quote(line)}`)
  fields.push({ name, value })
}

function checkLine(line: string, what: string): void {
  if (line.includes("\r") || line.includes("\0")) {
    throw malformed(`${what} has a control character within a line: ${quote(line)}`)
  }
}

function quote(line: string): string {
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line)
}
