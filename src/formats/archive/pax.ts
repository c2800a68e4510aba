import { decodeUtf8 } from "../../core/bytes.ts"
import { malformed } from "../../core/errors.ts"

/** Longest text of digits that can be the length of a record. */
const MAX_DIGITS = 7

/**
 * Parses an extended header (POSIX.1-2001 pax): records of `LENGTH KEY=VALUE\n`, where LENGTH counts the whole record. Throws
 * `ERR_INPUT_MALFORMED`, also for a key that comes twice: readers differ in which of the two they take.
 */
export function parsePax(bytes: Uint8Array): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  let at = 0
  while (at < bytes.byteLength) {
    const { length, start } = readLength(bytes, at)
    const [key, value] = splitRecord(bytes.subarray(start, at + length))
    if (values.has(key)) throw malformed(`an extended header gives ${JSON.stringify(key)} twice`)
    values.set(key, value)
    at += length
  }
  const charset = values.get("hdrcharset")
  if (charset !== undefined && charset !== "ISO-IR 10646 2000 UTF-8") {
    throw malformed("an extended header is in another character set than UTF-8")
  }
  return values
}

function readLength(bytes: Uint8Array, at: number): { length: number; start: number } {
  const digits = Buffer.from(bytes.subarray(at, at + MAX_DIGITS + 1)).toString("latin1")
  const [match = "", text = ""] = /^([1-9][0-9]*) /.exec(digits) ?? []
  const length = Number(text)
  const start = at + match.length
  const end = at + length
  if (match === "" || end > bytes.byteLength || end <= start || bytes[end - 1] !== 0x0a) {
    throw malformed("an extended header has a record of a wrong length")
  }
  return { length, start }
}

function splitRecord(record: Uint8Array): readonly [key: string, value: string] {
  const text = decodeUtf8(record.subarray(0, -1), "an extended header")
  const equals = text.indexOf("=")
  if (equals < 1) throw malformed("an extended header has a record without a key")
  if (text.includes("\0")) throw malformed("an extended header has a NUL")
  return [text.slice(0, equals), text.slice(equals + 1)]
}
