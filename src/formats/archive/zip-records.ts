import { decodeUtf8 } from "../../core/bytes.ts"
import { malformed, WheelproofError } from "../../core/errors.ts"
import { LIMITS } from "../../core/limits.ts"
import { type ByteSource, readRange } from "./byte-source.ts"
import type { ZipFaultHandler } from "./zip-fault.ts"

/** Where the central directory is (APPNOTE 4.3.14 to 4.3.16). */
export interface ZipEnd {
  readonly directoryOffset: number
  readonly directorySize: number
  readonly count: number
}

interface Header {
  readonly name: string
  /** The version of the format that a reader needs, times ten. */
  readonly needs: number
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly compressedSize: number
  readonly size: number
}

/** A member in the central directory (APPNOTE 4.3.12). */
export interface CentralHeader extends Header {
  readonly madeBy: number
  readonly modified: string
  /** The Unix mode, 0 where there is none. */
  readonly mode: number
  /** The low half of the external attributes. */
  readonly attributes: number
  readonly offset: number
}

/** A member's own header (APPNOTE 4.3.7), `length` bytes long. */
export interface LocalHeader extends Header {
  readonly length: number
}

const END = 0x06054b50
const END64 = 0x06064b50
const LOCATOR64 = 0x07064b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50

const END_BYTES = 22
const LOCATOR64_BYTES = 20
const END64_BYTES = 56
const CENTRAL_BYTES = 46
const LOCAL_BYTES = 30
/** A comment is at most this long, so the end record begins no earlier. */
const MAX_COMMENT = 0xffff
const NONE16 = 0xffff
const NONE32 = 0xffffffff

/** Finds and reads the end record, which must be the last thing in the file. Throws `ERR_INPUT_MALFORMED`. */
export function readEnd(source: ByteSource, report: ZipFaultHandler): ZipEnd {
  const at = findEnd(source, report)
  const end = viewOf(readRange(source, at, END_BYTES, "the end record"))
  if (end.getUint16(4, true) !== 0 || end.getUint16(6, true) !== 0) {
    throw malformed("the archive is one of several parts")
  }
  const plain = {
    directoryOffset: end.getUint32(16, true),
    directorySize: end.getUint32(12, true),
    count: end.getUint16(10, true),
  }
  if (plain.count !== end.getUint16(8, true)) throw malformed("its two counts of members differ")
  const wide = readEnd64(source, at)
  const { directoryOffset, directorySize, count } = wide ?? { ...plain, at }
  if (wide !== undefined) compareEnds(plain, wide)
  if (directoryOffset + directorySize !== (wide?.at ?? at)) {
    throw malformed("its central directory does not end where the end record begins")
  }
  if (count > LIMITS.archiveMembers) throw tooMany()
  return { directoryOffset, directorySize, count }
}

function findEnd(source: ByteSource, report: ZipFaultHandler): number {
  const length = Math.min(source.size, END_BYTES + MAX_COMMENT)
  const start = source.size - length
  const tail = source.read(start, length)
  const view = viewOf(tail)
  for (let at = length - END_BYTES; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== END) continue
    const rest = length - at - END_BYTES
    if (rest === 0) return start + at
    const isComment = view.getUint16(at + 20, true) === rest
    if (isComment) {
      report("comment", `the archive has a comment of ${rest} bytes`, {})
      return start + at
    }
    report("framing", `${rest} bytes follow the end of the archive`, { pypi: "Trailing data" })
    return start + at
  }
  throw malformed("it is not a zip archive: there is no end record")
}

interface End64 extends ZipEnd {
  readonly at: number
}

function readEnd64(source: ByteSource, endAt: number): End64 | undefined {
  const locatorAt = endAt - LOCATOR64_BYTES
  if (locatorAt < 0) return undefined
  const locator = viewOf(source.read(locatorAt, LOCATOR64_BYTES))
  if (locator.getUint32(0, true) !== LOCATOR64) return undefined
  const at = bigNumber(locator, 8)
  if (at + END64_BYTES !== locatorAt) {
    throw malformed("its ZIP64 end record is not where its locator says, or has further data")
  }
  const end = viewOf(readRange(source, at, END64_BYTES, "the ZIP64 end record"))
  if (end.getUint32(0, true) !== END64 || bigNumber(end, 4) !== END64_BYTES - 12) {
    throw malformed("its ZIP64 end record is broken or has further data")
  }
  if (end.getUint32(16, true) !== 0 || end.getUint32(20, true) !== 0) {
    throw malformed("the archive is one of several parts")
  }
  const count = bigNumber(end, 32)
  if (bigNumber(end, 24) !== count) throw malformed("its two counts of members differ")
  return { at, count, directorySize: bigNumber(end, 40), directoryOffset: bigNumber(end, 48) }
}

// A value that is not "look in the ZIP64 record" has to be the same there: some readers never look.
function compareEnds(plain: ZipEnd, wide: ZipEnd): void {
  const agree =
    (plain.count === NONE16 || plain.count === wide.count) &&
    (plain.directorySize === NONE32 || plain.directorySize === wide.directorySize) &&
    (plain.directoryOffset === NONE32 || plain.directoryOffset === wide.directoryOffset)
  if (!agree) throw malformed("its two end records contradict each other")
}

/** Reads the central directory, which its headers must fill exactly. Throws `ERR_INPUT_MALFORMED` and `ERR_INPUT_TOO_LARGE`. */
export function readCentralDirectory(
  source: ByteSource,
  { directoryOffset, directorySize, count }: ZipEnd,
  report: ZipFaultHandler,
): readonly CentralHeader[] {
  if (directorySize > LIMITS.archiveDirectoryBytes) throw tooMany()
  const directory = readRange(source, directoryOffset, directorySize, "the central directory")
  const headers: CentralHeader[] = []
  let at = 0
  while (at < directory.byteLength) {
    if (headers.length === count) throw malformed("its directory has more members than it counts")
    const { header, length } = readCentralHeader(directory.subarray(at), report)
    headers.push(header)
    at += length
  }
  if (headers.length !== count) throw malformed("its directory has fewer members than it counts")
  return headers
}

function readCentralHeader(
  bytes: Uint8Array,
  report: ZipFaultHandler,
): { readonly header: CentralHeader; readonly length: number } {
  const view = viewOf(bytes)
  if (bytes.byteLength < CENTRAL_BYTES || view.getUint32(0, true) !== CENTRAL) {
    throw malformed("its central directory is broken")
  }
  const nameEnd = CENTRAL_BYTES + view.getUint16(28, true)
  const extraEnd = nameEnd + view.getUint16(30, true)
  const length = extraEnd + view.getUint16(32, true)
  if (length > bytes.byteLength) throw malformed("its central directory is broken")
  const flags = view.getUint16(8, true)
  const name = readName(bytes.subarray(CENTRAL_BYTES, nameEnd), flags, report)
  if (length !== extraEnd) {
    report("comment", "the member has a comment", {
      where: name,
      pypi: "Comment in central directory",
    })
  }
  if (view.getUint16(34, true) !== 0) throw malformed("the archive is one of several parts")
  const numbers = [view.getUint32(24, true), view.getUint32(20, true), view.getUint32(42, true)]
  const extra = readExtra(bytes.subarray(nameEnd, extraEnd), name, report)
  const [size = 0, compressedSize = 0, offset = 0] = resolveWide(numbers, extra, name)
  const external = view.getUint32(38, true)
  return {
    length,
    header: {
      name,
      flags,
      size,
      compressedSize,
      needs: view.getUint8(6),
      madeBy: view.getUint16(4, true),
      method: view.getUint16(10, true),
      modified: dosTime(view.getUint16(14, true), view.getUint16(12, true)),
      crc: view.getUint32(16, true),
      mode: external >>> 16,
      attributes: external & 0xffff,
      offset,
    },
  }
}

/** Reads the header in front of a member's data. Throws `ERR_INPUT_MALFORMED`. */
export function readLocalHeader(
  source: ByteSource,
  { name: where, offset }: CentralHeader,
  report: ZipFaultHandler,
): LocalHeader {
  const what = `the local header of ${JSON.stringify(where)}`
  const fixed = viewOf(readRange(source, offset, LOCAL_BYTES, what))
  if (fixed.getUint32(0, true) !== LOCAL) throw malformed(`${what} is not where the directory says`)
  const nameBytes = fixed.getUint16(26, true)
  const extraBytes = fixed.getUint16(28, true)
  const rest = readRange(source, offset + LOCAL_BYTES, nameBytes + extraBytes, what)
  const flags = fixed.getUint16(6, true)
  const name = readName(rest.subarray(0, nameBytes), flags, report)
  const numbers = [fixed.getUint32(22, true), fixed.getUint32(18, true)]
  const extra = readExtra(rest.subarray(nameBytes), name, report)
  const [size = 0, compressedSize = 0] = resolveWide(numbers, extra, name)
  return {
    name,
    flags,
    size,
    compressedSize,
    needs: fixed.getUint8(4),
    method: fixed.getUint16(8, true),
    crc: fixed.getUint32(14, true),
    length: LOCAL_BYTES + nameBytes + extraBytes,
  }
}

const UTF8_NAME = 0x0800

// Without the flag a name is code page 437 for some readers and UTF-8 for others; only ASCII is the same for both.
function readName(bytes: Uint8Array, flags: number, report: ZipFaultHandler): string {
  const isAscii = bytes.every((byte) => byte < 0x80)
  const name = isUtf8(bytes) ? decodeUtf8(bytes, "a name") : Buffer.from(bytes).toString("latin1")
  if (!isUtf8(bytes)) {
    report("member-name", "the name is not UTF-8", { where: name, pypi: "Filename not unicode" })
  } else if (!isAscii && (flags & UTF8_NAME) === 0) {
    report("member-name", "the name is not marked as UTF-8", {
      where: name,
      pypi: "Filename not in central directory",
    })
  }
  // oxlint-disable-next-line no-control-regex -- what PyPI refuses in a name, byte by byte.
  if (/[\u0000-\u001f\u007f]/.test(name)) {
    const pypi = "Invalid character in filename"
    report("member-name", "the name has control characters", { where: name, pypi })
  }
  return name
}

const ZIP64_EXTRA = 0x0001
const UNICODE_PATH_EXTRA = 0x7075

/** The ZIP64 part of the extra fields, if there is one; the others must be whole, and name nothing else. */
function readExtra(
  bytes: Uint8Array,
  where: string,
  report: ZipFaultHandler,
): Uint8Array | undefined {
  const view = viewOf(bytes)
  let wide: Uint8Array | undefined
  for (let at = 0; at < bytes.byteLength;) {
    const end = bytes.byteLength - at < 4 ? Infinity : at + 4 + view.getUint16(at + 2, true)
    if (end > bytes.byteLength)
      throw malformed(`an extra field of ${JSON.stringify(where)} is cut off`)
    const id = view.getUint16(at, true)
    if (id === UNICODE_PATH_EXTRA) {
      report("member-name", "an extra field gives the member a second name", { where })
    }
    if (id === ZIP64_EXTRA) {
      if (wide !== undefined) {
        throw malformed(`${JSON.stringify(where)} has two ZIP64 extra fields`)
      }
      wide = bytes.subarray(at + 4, end)
    }
    at = end
  }
  return wide
}

/**
 * Replaces the 32-bit numbers that say so by the 64-bit ones of a ZIP64 extra field, in its order (APPNOTE 4.5.3). A field that holds more
 * than is asked for is refused, because some readers prefer it; unless it repeats the sizes, as some writers do.
 */
function resolveWide(
  numbers: readonly number[],
  extra: Uint8Array | undefined,
  where: string,
): readonly number[] {
  const wide = extra === undefined ? [] : bigNumbers(extra)
  let used = 0
  const resolved = numbers.map((number) => {
    if (number !== NONE32) return number
    const value = wide[used]
    used += 1
    if (value !== undefined) return value
    throw malformed(`the ZIP64 extra field of ${JSON.stringify(where)} is missing or too short`)
  })
  const repeats = used === 0 && wide.every((value, index) => value === numbers[index])
  if (used === wide.length || repeats) return resolved
  throw malformed(`the ZIP64 extra field of ${JSON.stringify(where)} contradicts its header`)
}

function bigNumbers(bytes: Uint8Array): readonly number[] {
  const view = viewOf(bytes)
  const count = Math.floor(bytes.byteLength / 8)
  return Array.from({ length: count }, (_, index) => bigNumber(view, index * 8))
}

function bigNumber(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed("a ZIP64 value is out of range")
  return Number(value)
}

function two(value: number): string {
  return String(value).padStart(2, "0")
}

// MS-DOS date and time, as text; it need not be a date that exists.
function dosTime(date: number, time: number): string {
  const day = `${(date >> 9) + 1980}-${two((date >> 5) & 15)}-${two(date & 31)}`
  return `${day} ${two(time >> 11)}:${two((time >> 5) & 63)}:${two((time & 31) * 2)}`
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    decodeUtf8(bytes, "a name")
    return true
  } catch (error) {
    if (error instanceof WheelproofError) return false
    throw error
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function tooMany(): WheelproofError {
  return new WheelproofError(
    "ERR_INPUT_TOO_LARGE",
    `the archive has over ${LIMITS.archiveMembers} members`,
  )
}
