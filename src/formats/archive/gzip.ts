import { crc32 } from "node:zlib"

import { malformed } from "../../core/errors.ts"
import { type ByteSource, readPieces, readRange } from "./byte-source.ts"
import { type Inflated, inflate } from "./inflate.ts"

/** What a gzip header says beside the content: all of it changes the bytes of the file. */
export interface GzipHeader {
  /** Seconds since 1970, 0 where there is none. */
  readonly modified: number
  /** The original file's name, where one is written. */
  readonly name: string | undefined
  readonly extraFlags: number
  readonly system: number
  /** Where the compressed data begins. */
  readonly end: number
}

const FIXED_BYTES = 10
const TRAILER_BYTES = 8
/** The optional parts of a header; real ones are a file's name. */
const MAX_HEADER_BYTES = 4_096

/** Parses the header of a gzip file (RFC 1952). Throws `ERR_INPUT_MALFORMED`. */
export function readGzipHeader(source: ByteSource): GzipHeader {
  const bytes = source.read(0, Math.min(source.size, MAX_HEADER_BYTES))
  const [first, second, method, flags = 0] = bytes
  if (first !== 0x1f || second !== 0x8b || method !== 8 || bytes.byteLength < FIXED_BYTES) {
    throw malformed("it is not a gzip file")
  }
  // Bits 5 to 7 are reserved: a reader that does not know them must give an error.
  if ((flags & 0xe0) !== 0) throw malformed("its gzip header has reserved flags")
  const view = viewOf(bytes)
  let end = FIXED_BYTES
  if ((flags & 0x04) !== 0) end += 2 + (bytes[end] ?? 0) + 256 * (bytes[end + 1] ?? 0)
  const nameEnd = (flags & 0x08) === 0 ? end : afterZero(bytes, end)
  const name = nameEnd > end ? Buffer.from(bytes.subarray(end, nameEnd - 1)) : undefined
  end = (flags & 0x10) === 0 ? nameEnd : afterZero(bytes, nameEnd)
  if ((flags & 0x02) !== 0) end += 2
  if (end > bytes.byteLength) throw malformed("its gzip header does not end")
  return {
    modified: view.getUint32(4, true),
    name: name?.toString("latin1"),
    extraFlags: bytes[8] ?? 0,
    system: bytes[9] ?? 0,
    end,
  }
}

/**
 * Decompresses a gzip file that is one member and nothing else. Further members and trailing bytes are refused, because some readers go
 * on with them and some do not. The caller bounds the output. Throws `ERR_INPUT_MALFORMED`.
 */
export async function* gunzip(source: ByteSource): AsyncGenerator<Uint8Array> {
  const { end } = readGzipHeader(source)
  const inflated: Inflated = { consumed: 0 }
  let size = 0
  let checksum = 0
  const pieces = readPieces(source, end, source.size - end)
  for await (const chunk of inflate(pieces, inflated, "its content")) {
    size += chunk.byteLength
    checksum = crc32(chunk, checksum)
    yield chunk
  }
  const at = end + inflated.consumed
  const trailer = viewOf(readRange(source, at, TRAILER_BYTES, "its gzip trailer"))
  if (trailer.getUint32(0, true) !== checksum || trailer.getUint32(4, true) !== size % 2 ** 32) {
    throw malformed("its content does not match the checksum and length of its gzip trailer")
  }
  const rest = source.size - at - TRAILER_BYTES
  if (rest !== 0) {
    throw malformed(`${rest} bytes follow the end of its gzip data at offset ${source.size - rest}`)
  }
}

function afterZero(bytes: Uint8Array, start: number): number {
  const zero = bytes.indexOf(0, start)
  return zero === -1 ? Infinity : zero + 1
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
