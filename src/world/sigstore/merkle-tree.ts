import { hash } from "node:crypto"

/** An append-only Merkle tree (RFC 6962 §2.1). Sizes default to the tree's current one. */
export interface MerkleTree {
  readonly size: () => number
  /** Appends a leaf and returns its index. */
  readonly append: (leaf: Uint8Array) => number
  readonly root: (size?: number) => Uint8Array
  /** The audit path of a leaf, lowest sibling first (RFC 6962 §2.1.1). */
  readonly inclusionProof: (index: number, size?: number) => Uint8Array[]
  /** The hashes of `count` complete subtrees of height `height`, from the one at `start` on; fewer where there are fewer. */
  readonly hashes: (height: number, start: number, count: number) => readonly Uint8Array[]
  /** What shows that the tree of `first` leaves is a prefix of the one of `size` (RFC 6962 §2.1.2). */
  readonly consistencyProof: (first: number, size?: number) => Uint8Array[]
}

/** The hash of a leaf: SHA-256 over a zero byte and the leaf. */
export function leafHash(leaf: Uint8Array): Uint8Array {
  return hash("sha256", Buffer.concat([Uint8Array.of(0), leaf]), "buffer")
}

/** Makes an empty tree. Appending costs amortised one hash; a proof costs a few per level. */
export function createMerkleTree(): MerkleTree {
  // levels[k][i] is the hash of the complete subtree over the leaves from i * 2^k on.
  const levels: Uint8Array[][] = [[]]
  const count = (): number => levels[0]?.length ?? 0

  function range(start: number, size: number): Uint8Array {
    const complete = levels[Math.log2(size)]?.[start / size]
    if (complete !== undefined) return complete
    if (size < 2) throw new RangeError("the tree has no such leaf")
    const left = largestPowerBelow(size)
    return nodeHash(range(start, left), range(start + left, size - left))
  }

  function path(index: number, start: number, size: number): Uint8Array[] {
    if (size === 1) return []
    const left = largestPowerBelow(size)
    return index < left
      ? [...path(index, start, left), range(start + left, size - left)]
      : [...path(index - left, start + left, size - left), range(start, left)]
  }

  function subproof(first: number, start: number, size: number, known: boolean): Uint8Array[] {
    if (first === size) return known ? [] : [range(start, size)]
    const left = largestPowerBelow(size)
    return first <= left
      ? [...subproof(first, start, left, known), range(start + left, size - left)]
      : [...subproof(first - left, start + left, size - left, false), range(start, left)]
  }

  return {
    size: count,
    append(leaf) {
      appendTo(levels, leafHash(leaf))
      return count() - 1
    },
    root: (size = count()) => (size === 0 ? hash("sha256", "", "buffer") : range(0, size)),
    inclusionProof(index, size = count()) {
      if (index < 0 || index >= size || size > count()) throw new RangeError("no such leaf")
      return path(index, 0, size)
    },
    hashes: (height, start, wanted) => levels[height]?.slice(start, start + wanted) ?? [],
    consistencyProof(first, size = count()) {
      if (first < 1 || first > size || size > count()) throw new RangeError("no such tree")
      return subproof(first, 0, size, true)
    },
  }
}

function appendTo(levels: Uint8Array[][], leaf: Uint8Array): void {
  let node = leaf
  for (let height = 0; ; height += 1) {
    const level = (levels[height] ??= [])
    level.push(node)
    const left = level.at(-2)
    if (level.length % 2 === 1 || left === undefined) return
    node = nodeHash(left, node)
  }
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash("sha256", Buffer.concat([Uint8Array.of(1), left, right]), "buffer")
}

function largestPowerBelow(size: number): number {
  return 2 ** Math.ceil(Math.log2(size) - 1)
}
