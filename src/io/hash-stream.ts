import { createHash } from "node:crypto"

import { type DigestAlgorithm, type FileDigests, parseSha256 } from "../core/digest.ts"

/** Hashes a stream to its end, by SHA-256 and what else is asked for. */
export async function hashStream(
  stream: AsyncIterable<Uint8Array | string>,
  algorithms: readonly DigestAlgorithm[],
): Promise<FileDigests> {
  const hashes = [...new Set<DigestAlgorithm>(["sha256", ...algorithms])].map((algorithm) => ({
    algorithm,
    hash: createHash(algorithm),
  }))
  for await (const chunk of stream) for (const { hash } of hashes) hash.update(chunk)
  const digests = Object.fromEntries(
    hashes.map(({ algorithm, hash }) => [algorithm, hash.digest("hex")]),
  )
  return { ...digests, sha256: parseSha256(digests["sha256"] ?? "") }
}
