import { decodeUtf8 } from "../../core/bytes.ts"
import { malformed } from "../../core/errors.ts"

/** One header block of a tar archive, before extensions change it (POSIX.1-1988 ustar, with GNU's base-256 numbers). */
export interface TarHeader {
  readonly name: string
  readonly size: number
  /** The type flag, one character. */
  readonly type: string
  readonly target: string
  readonly mode: number
  readonly owner: string
  readonly modified: number
  readonly format: "ustar" | "gnu" | "old"
}

/** The size of a block: headers are one, content is padded to whole ones. */
export const BLOCK_BYTES = 512

/** Parses a header block; undefined for a block of zeros, which ends an archive. Throws `ERR_INPUT_MALFORMED`. */
export function parseTarHeader(block: Uint8Array): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined
  checkSum(block)
  const magic = textOf(block, 257, 8)
  const format = magic.startsWith("ustar ") ? "gnu" : magic.startsWith("ustar") ? "ustar" : "old"
  const prefix = textOf(block, 345, 155)
  // The other formats keep other things here, and readers differ in whether they look.
  if (prefix !== "" && format !== "ustar") {
    throw malformed("a header has more of a name than its format has room for")
  }
  const name = textOf(block, 0, 100)
  const [uid, gid] = [numberOf(block, 108, 8, "owner"), numberOf(block, 116, 8, "group")]
  const names = format === "old" ? "" : ` ${textOf(block, 265, 32)}:${textOf(block, 297, 32)}`
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    size: numberOf(block, 124, 12, "size"),
    type: String.fromCharCode(block[156] ?? 0),
    target: textOf(block, 157, 100),
    mode: numberOf(block, 100, 8, "mode"),
    owner: `${uid}:${gid}${names}`,
    modified: numberOf(block, 136, 12, "time"),
    format,
  }
}

// The sum of all bytes, its own field counted as spaces. Old writers summed signed bytes; no build backend does.
function checkSum(block: Uint8Array): void {
  let sum = 8 * 0x20
  for (let at = 0; at < BLOCK_BYTES; at += 1) {
    if (at < 148 || at >= 156) sum += block[at] ?? 0
  }
  if (numberOf(block, 148, 8, "checksum") !== sum) {
    throw malformed("a header's checksum does not match")
  }
}

function textOf(block: Uint8Array, start: number, length: number): string {
  const field = block.subarray(start, start + length)
  const zero = field.indexOf(0)
  return decodeUtf8(zero === -1 ? field : field.subarray(0, zero), "a text in a header")
}

/** Octal digits, or GNU's base-256 where the first bit is set. */
function numberOf(block: Uint8Array, start: number, length: number, what: string): number {
  const field = block.subarray(start, start + length)
  if (((field[0] ?? 0) & 0x80) !== 0) return bigNumber(field, what)
  const text = Buffer.from(field).toString("latin1")
  const match = /^ *([0-7]*)[ \0]*$/.exec(text)
  if (match === null) throw malformed(`a header's ${what} is not a number`)
  return Number.parseInt(`0${match[1] ?? ""}`, 8)
}

function bigNumber(field: Uint8Array, what: string): number {
  let value = BigInt((field[0] ?? 0) & 0x7f)
  for (const byte of field.subarray(1)) value = value * 256n + BigInt(byte)
  // A first byte of 0xff means a negative number; there is nothing that a header could mean by one.
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value)
  throw malformed(`a header's ${what} is out of range`)
}
