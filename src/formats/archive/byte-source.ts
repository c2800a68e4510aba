import { malformed } from "../../core/errors.ts"

/** Bytes that can be read anywhere: a file, or what is in memory. */
export interface ByteSource {
  readonly size: number
  /** Exactly `length` bytes from `offset`; both lie within the source. */
  read(offset: number, length: number): Uint8Array
}

/** Bytes in memory as a source. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.byteLength,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  }
}

/** Reads a range that an archive names, which may lie anywhere. Throws `ERR_INPUT_MALFORMED` where it is not within the source. */
export function readRange(
  source: ByteSource,
  offset: number,
  length: number,
  what: string,
): Uint8Array {
  if (offset < 0 || length < 0 || offset + length > source.size) {
    throw malformed(`${what} is cut off: it would end after the end of the file`)
  }
  return source.read(offset, length)
}

const PIECE = 65_536

/** A range in pieces, so that memory does not depend on its length. */
export function* readPieces(
  source: ByteSource,
  offset: number,
  length: number,
): Generator<Uint8Array> {
  for (let at = 0; at < length; at += PIECE) {
    yield source.read(offset + at, Math.min(PIECE, length - at))
  }
}
