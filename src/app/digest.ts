import path from "node:path"

import { WheelproofError } from "../core/errors.ts"
import { type ChecksumLine, mergeChecksums, parseChecksums } from "../formats/checksums.ts"
import type { Breathe } from "../io/breath.ts"
import type { Files } from "../io/files.ts"
import { hashFile } from "../io/hash-file.ts"
import { expandTargets } from "./targets.ts"

/** One `digest`. */
export interface DigestRequest {
  /** Files, patterns and folders; with `merge`, files that hold checksum lists. */
  readonly files: readonly string[]
  readonly merge: boolean
}

const MAX_LIST_BYTES = 16 * 1024 * 1024

/**
 * The `digest` use case: the lines of `sha256sum`, under the files' base names, because a subject's name is a name and not a path. Two
 * files of one name are `ERR_USAGE`. With `merge`, the lists of several jobs become one.
 */
export async function digest(
  { files: named, merge }: DigestRequest,
  { files, breathe }: { readonly files: Files; readonly breathe: Breathe },
): Promise<readonly ChecksumLine[]> {
  if (merge) {
    return mergeChecksums(named.map((file) => parseChecksums(files.read(file, MAX_LIST_BYTES))))
  }
  const lines: ChecksumLine[] = []
  for (const target of expandTargets(named, files).targets) {
    if (target.kind !== "file") {
      throw new WheelproofError("ERR_USAGE", `${target.label} is not a file that can be hashed`)
    }
    await breathe()
    const { sha256 } = await hashFile(files, target.file, breathe)
    lines.push({ name: path.basename(target.file), sha256 })
  }
  const names = new Set(lines.map(({ name }) => name))
  if (names.size === lines.length) return lines
  throw new WheelproofError("ERR_USAGE", "two of the files have the same name", {
    hint: "subjects are told apart by their names alone; hash the folders one by one",
  })
}
