import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs"

import { WheelproofError } from "../core/errors.ts"

/** A regular file that can be read anywhere. */
export interface FileSource {
  readonly size: number
  read(offset: number, length: number): Uint8Array
}

/** Opens a regular file for reading anywhere in it, and closes it when `use` is through. Throws `ERR_INPUT_UNREADABLE`. */
export async function withFileSource<Value>(
  file: string,
  use: (source: FileSource) => Promise<Value>,
): Promise<Value> {
  let descriptor: number
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (cause) {
    throw new WheelproofError("ERR_INPUT_UNREADABLE", `${file} could not be opened`, { cause })
  }
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile()) {
      throw new WheelproofError("ERR_INPUT_UNREADABLE", `${file} is not a regular file`)
    }
    const { size } = stats
    return await use({
      size,
      read: (offset, length) => readExactly(descriptor, file, offset, length),
    })
  } finally {
    closeSync(descriptor)
  }
}

function readExactly(descriptor: number, file: string, offset: number, length: number): Uint8Array {
  const bytes = Buffer.alloc(length)
  let at = 0
  while (at < length) {
    const count = readSync(descriptor, bytes, at, length - at, offset + at)
    if (count === 0) {
      throw new WheelproofError("ERR_INPUT_UNREADABLE", `${file} changed while it was read`)
    }
    at += count
  }
  return bytes
}
