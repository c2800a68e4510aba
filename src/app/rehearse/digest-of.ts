import { parseSha256, type Sha256 } from "../../core/digest.ts"
import { sha256Hex } from "../../core/keys.ts"
import type { Files } from "../../io/files.ts"

/** The largest file that a rehearsal takes: twice of what PyPI takes unless asked. */
export const MAX_BYTES: number = 256 * 1024 * 1024

/** The SHA-256 of a file of a rehearsal; all of them are small enough to be read whole. */
export function sha256Of(file: string, files: Files): Sha256 {
  return parseSha256(sha256Hex(files.read(file, MAX_BYTES)))
}
