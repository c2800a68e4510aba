import { concatBytes } from "./bytes.ts"
import { sha256 } from "./keys.ts"

const LEAF = Uint8Array.of(0)
const HASH_BYTES = 32

/** The hash of a leaf (RFC 9162 §2.1.1). */
export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(concatBytes(LEAF, entry))
}

/** The hash of an inner node (RFC 9162 §2.1.1); both children are 32 bytes. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const node = new Uint8Array(1 + 2 * HASH_BYTES)
  node[0] = 1
  node.set(left, 1)
  node.set(right, 1 + HASH_BYTES)
  return sha256(node)
}

/**
 * The root hash that an inclusion proof leads to from a leaf (RFC 9162 §2.1.3.2), or undefined where the proof cannot be one for
 * this index and size: too short, too long, or an index outside the tree.
 */
export function rootFromInclusionProof(
  leaf: Uint8Array,
  index: bigint,
  treeSize: bigint,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  if (index < 0n || index >= treeSize) return undefined
  let node = index
  let last = treeSize - 1n
  let root = leaf
  for (const sibling of path) {
    if (last === 0n) return undefined
    if ((node & 1n) === 1n || node === last) {
      root = nodeHash(sibling, root)
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n
        last >>= 1n
      }
    } else {
      root = nodeHash(root, sibling)
    }
    node >>= 1n
    last >>= 1n
  }
  return last === 0n ? root : undefined
}
