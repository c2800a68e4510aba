import { WheelproofError } from "../core/errors.ts"
import { parseJson } from "../core/json.ts"
import { LIMITS } from "../core/limits.ts"
import { readSnappyBlock } from "./snappy.ts"

/** A line of a document; numbers begin with 1. */
export interface DocumentLine {
  readonly number: number
  readonly bytes: Uint8Array
}

const NEWLINE = 0x0a
const OPEN = 0x7b
const CLOSE = 0x7d
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d])

/**
 * The lines of JSON Lines, without blank ones; undefined for one document. What is JSON as a whole is one document, however many lines it
 * has. What is not is JSON Lines if any line looks like an object, so that a line that is broken, or a comment, hides no others.
 */
export function evidenceLines(bytes: Uint8Array): Iterable<DocumentLine> | undefined {
  return isJsonLines(bytes) ? splitLines(bytes) : undefined
}

/** Whether a line holds nothing. */
export function isBlank(line: Uint8Array): boolean {
  return firstByte(line) === undefined
}

function isJsonLines(bytes: Uint8Array): boolean {
  if (isPacked(bytes)) return false
  let count = 0
  let hasObject = false
  let endsObject = false
  for (const line of splitLines(bytes)) {
    const begins = firstByte(line.bytes) === OPEN
    // No JSON has an object's end and another's beginning with only white space between: the whole need not be parsed to know.
    if (begins && endsObject) return true
    endsObject = lastByte(line.bytes) === CLOSE
    hasObject ||= begins && endsObject
    count += 1
  }
  return count > 1 && hasObject && !isJson(bytes)
}

function* splitLines(bytes: Uint8Array): Generator<DocumentLine> {
  for (let start = 0, number = 1; start < bytes.byteLength; number += 1) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline === -1 ? bytes.byteLength : newline
    const line = bytes.subarray(start, end)
    if (!isBlank(line)) yield { number, bytes: line }
    start = end + 1
  }
}

function firstByte(line: Uint8Array): number | undefined {
  return line.find((byte) => !BLANKS.has(byte))
}

function lastByte(line: Uint8Array): number | undefined {
  return line.findLast((byte) => !BLANKS.has(byte))
}

function isJson(bytes: Uint8Array): boolean {
  try {
    parseJson(bytes, "the document")
    return true
  } catch (error) {
    if (error instanceof WheelproofError) return false
    throw error
  }
}

// Compressed evidence is no text, and its bytes may look like lines by chance. JSON begins with no byte above 0x7f.
function isPacked(bytes: Uint8Array): boolean {
  return (bytes[0] ?? 0) > 0x7f && readSnappyBlock(bytes, LIMITS.documentBytes) !== undefined
}
