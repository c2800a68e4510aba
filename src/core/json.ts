import { decodeUtf8 } from "./bytes.ts"
import { malformed, WheelproofError } from "./errors.ts"
import { LIMITS } from "./limits.ts"

/**
 * Parses JSON (RFC 8259) that an attacker may have written: at most `maxBytes` long, UTF-8 without a byte order mark,
 * one value, bounded depth and count, **no object with the same member twice**, because parsers differ in which of the two
 * they keep, and no half of a surrogate pair, which parsers replace or keep as they like. `what` names the document in errors.
 * Throws `ERR_INPUT_TOO_LARGE` or `ERR_INPUT_MALFORMED`.
 */
export function parseJson(
  bytes: Uint8Array,
  what: string,
  maxBytes: number = LIMITS.documentBytes,
): unknown {
  if (bytes.byteLength > maxBytes) {
    throw new WheelproofError("ERR_INPUT_TOO_LARGE", `${what} is over ${maxBytes} bytes`)
  }
  const text = decodeUtf8(bytes, what)
  // The bounds come first: JSON.parse itself recurses.
  scan(text, what)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw malformed(`${what} is not JSON`, cause)
  }
}

/**
 * Walks the text once, token by token, for what JSON.parse does not say: depth, count and repeated members. It trusts nothing
 * about the grammar; whatever it lets through, JSON.parse still has to accept.
 */
function scan(text: string, what: string): void {
  // One entry for each open bracket: the members so far of an object, undefined for an array.
  const open: (Set<string> | undefined)[] = []
  let values = 0
  // Most documents have none, and then no string is looked at twice. UTF-8 itself cannot hold half a pair.
  const hasEscapes = text.includes("\\u")
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at)
    if (letter === 0x22) {
      const end = endOfString(text, at, what)
      if (hasEscapes) refuseHalfPair(text.slice(at, end + 1), what)
      const members = open.at(-1)
      if (members !== undefined && isMemberName(text, end)) {
        addMember(members, text.slice(at, end + 1), what)
      }
      at = end
    } else if (letter === 0x7b || letter === 0x5b) {
      open.push(letter === 0x7b ? new Set() : undefined)
      if (open.length > LIMITS.jsonDepth) throw malformed(`${what} is nested too deeply`)
    } else if (letter === 0x7d || letter === 0x5d) {
      open.pop()
    } else if (letter === 0x2c) {
      values += 1
      if (values > LIMITS.jsonValues) {
        throw new WheelproofError("ERR_INPUT_TOO_LARGE", `${what} has too many values`)
      }
    }
  }
}

/** The index of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number, what: string): number {
  let end = text.indexOf('"', start + 1)
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  if (end === -1) throw malformed(`${what} is not JSON: a string does not end`)
  return end
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0
  while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes += 1
  return slashes % 2 === 1
}

function refuseHalfPair(quoted: string, what: string): void {
  if (quoted.includes("\\u") && !unescape(quoted, what).isWellFormed()) {
    throw malformed(`${what} has half a surrogate pair`)
  }
}

function isMemberName(text: string, end: number): boolean {
  let next = end + 1
  while (" \t\r\n".includes(text[next] ?? "x")) next += 1
  return text[next] === ":"
}

function addMember(members: Set<string>, quoted: string, what: string): void {
  const name = quoted.includes("\\") ? unescape(quoted, what) : quoted.slice(1, -1)
  if (members.has(name)) throw malformed(`${what} has the member ${JSON.stringify(name)} twice`)
  members.add(name)
}

function unescape(quoted: string, what: string): string {
  try {
    return String(JSON.parse(quoted))
  } catch (cause) {
    throw malformed(`${what} is not JSON: an escape is broken`, cause)
  }
}
