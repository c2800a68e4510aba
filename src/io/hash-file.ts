import { createHash, hash } from "node:crypto"
import { fstatSync, readSync } from "node:fs"

import type { DigestAlgorithm, FileDigests } from "../core/digest.ts"
import { parseSha256 } from "../core/digest.ts"
import { WheelproofError } from "../core/errors.ts"
import type { Breathe } from "./breath.ts"
import type { Files } from "./files.ts"

/** Below this one call does it; above, blocks keep memory flat. */
const ONE_CALL = 1024 * 1024
/** Synchronous reads of this size are about twice as fast as the default stream. */
const BLOCK = 256 * 1024

/**
 * Hashes a file by SHA-256 and what else is asked for, in one pass and flat memory, and breathes on the way. A file that changes its size
 * meanwhile is `ERR_INPUT_UNREADABLE`: its digest would be of no file that ever existed.
 */
export async function hashFile(
  files: Files,
  file: string,
  breathe: Breathe,
  more: readonly DigestAlgorithm[] = [],
): Promise<FileDigests> {
  return files.whileOpen(file, async (descriptor, size) => {
    const algorithms = [...new Set<DigestAlgorithm>(["sha256", ...more])]
    const digests =
      size <= ONE_CALL && algorithms.length === 1
        ? hashWhole(descriptor, size)
        : await hashBlocks(descriptor, size, algorithms, breathe)
    if (digests.size !== size || fstatSync(descriptor).size !== size) {
      throw new WheelproofError("ERR_INPUT_UNREADABLE", `${file} changed while it was read`)
    }
    return digests.value
  })
}

interface Hashed {
  readonly size: number
  readonly value: FileDigests
}

function hashWhole(descriptor: number, size: number): Hashed {
  // One byte more than there should be, to see a file that grows.
  const content = Buffer.allocUnsafe(size + 1)
  let at = 0
  for (;;) {
    const count = readSync(descriptor, content, at, content.byteLength - at, null)
    at += count
    if (count === 0 || at === content.byteLength) break
  }
  const sha256 = parseSha256(hash("sha256", content.subarray(0, at)))
  return { size: at, value: { sha256 } }
}

async function hashBlocks(
  descriptor: number,
  expected: number,
  algorithms: readonly DigestAlgorithm[],
  breathe: Breathe,
): Promise<Hashed> {
  const block = Buffer.allocUnsafe(BLOCK)
  const hashes = algorithms.map((algorithm) => ({ algorithm, hash: createHash(algorithm) }))
  let size = 0
  // A file that grows as fast as it is read would have no end.
  while (size <= expected) {
    await breathe()
    const count = readSync(descriptor, block, 0, BLOCK, null)
    if (count === 0) break
    for (const entry of hashes) entry.hash.update(block.subarray(0, count))
    size += count
  }
  const digests = Object.fromEntries(
    hashes.map((entry) => [entry.algorithm, entry.hash.digest("hex")]),
  )
  return { size, value: { ...digests, sha256: parseSha256(digests["sha256"] ?? "") } }
}
