import { readSync } from "node:fs"

import { WheelproofError } from "../core/errors.ts"
import type { Files } from "./files.ts"

/** A file that can be read anywhere. */
export interface FileSource {
  readonly size: number
  /** Exactly these bytes. Throws `ERR_INPUT_UNREADABLE` where the file has become shorter. */
  read(offset: number, length: number): Uint8Array
}

/** Opens a regular file for reading anywhere in it, and closes it when `use` is through. */
export async function withFileSource<Value>(
  files: Files,
  file: string,
  use: (source: FileSource) => Promise<Value>,
): Promise<Value> {
  return files.whileOpen(file, (descriptor, size) =>
    use({ size, read: (offset, length) => readExactly(descriptor, file, offset, length) }),
  )
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
