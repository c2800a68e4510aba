import { createHash } from "node:crypto"

import * as fc from "fast-check"
import { expect, test } from "vitest"

import { createMerkleTree, leafHash } from "../../../src/world/sigstore/merkle-tree.ts"

function sha256(...parts: Uint8Array[]): Uint8Array {
  return createHash("sha256").update(Buffer.concat(parts)).digest()
}

/** RFC 6962 §2.1, word for word. */
function naiveRoot(leaves: Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256()
  if (leaves.length === 1) return sha256(Uint8Array.of(0), ...leaves)
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return sha256(Uint8Array.of(1), naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)))
}

/** RFC 9162 §2.1.3.2. */
function rootFromProof(
  index: number,
  size: number,
  leaf: Uint8Array,
  path: Uint8Array[],
): Uint8Array {
  let node = leaf
  let position = index
  let last = size - 1
  for (const sibling of path) {
    if (last === 0) throw new Error("the path is too long")
    if (position % 2 === 1 || position === last) {
      node = sha256(Uint8Array.of(1), sibling, node)
      while (position % 2 === 0 && position !== 0) {
        position >>= 1
        last >>= 1
      }
    } else {
      node = sha256(Uint8Array.of(1), node, sibling)
    }
    position >>= 1
    last >>= 1
  }
  if (last !== 0) throw new Error("the path is too short")
  return node
}

/** RFC 9162 §2.1.4.2: the old and the new root that the proof leads to. */
function rootsFromProof(
  first: number,
  size: number,
  old: Uint8Array,
  path: Uint8Array[],
): Uint8Array[] {
  const isPower = (first & (first - 1)) === 0
  const [start = old, ...rest] = isPower ? [old, ...path] : path
  let position = first - 1
  let last = size - 1
  while (position % 2 === 1) {
    position >>= 1
    last >>= 1
  }
  let [before, after] = [start, start]
  for (const hash of rest) {
    if (position % 2 === 1 || position === last) {
      before = sha256(Uint8Array.of(1), hash, before)
      after = sha256(Uint8Array.of(1), hash, after)
      while (position % 2 === 0 && position !== 0) {
        position >>= 1
        last >>= 1
      }
    } else {
      after = sha256(Uint8Array.of(1), after, hash)
    }
    position >>= 1
    last >>= 1
  }
  return [before, after]
}

function treeOf(size: number): { tree: ReturnType<typeof createMerkleTree>; leaves: Uint8Array[] } {
  const tree = createMerkleTree()
  const leaves = Array.from({ length: size }, (_, index) => Buffer.from(`leaf ${index}`))
  for (const leaf of leaves) tree.append(leaf)
  return { tree, leaves }
}

const sizes = fc.integer({ min: 1, max: 70 }).chain((total) =>
  fc.integer({ min: 1, max: total }).chain((size) =>
    fc.record({
      total: fc.constant(total),
      size: fc.constant(size),
      index: fc.integer({ min: 0, max: size - 1 }),
    }),
  ),
)

test("every root is the one of the definition", () => {
  const { tree, leaves } = treeOf(40)
  for (let size = 0; size <= 40; size += 1) {
    expect(tree.root(size)).toEqual(naiveRoot(leaves.slice(0, size)))
  }
  expect(tree.root()).toEqual(naiveRoot(leaves))
})

test("every inclusion proof leads to the root", () => {
  fc.assert(
    fc.property(sizes, ({ total, size, index }) => {
      const { tree, leaves } = treeOf(total)
      const leaf = leafHash(leaves[index] ?? Buffer.of())
      const root = rootFromProof(index, size, leaf, tree.inclusionProof(index, size))
      expect(root).toEqual(naiveRoot(leaves.slice(0, size)))
    }),
  )
})

test("every consistency proof leads from the old root to the new one", () => {
  fc.assert(
    fc.property(sizes, ({ total, size, index }) => {
      const { tree, leaves } = treeOf(total)
      const first = index + 1
      const old = naiveRoot(leaves.slice(0, first))
      const roots = rootsFromProof(first, size, old, tree.consistencyProof(first, size))
      expect(roots).toEqual([old, naiveRoot(leaves.slice(0, size))])
    }),
  )
})

test("a proof for a leaf or a size that is not there is refused", () => {
  const { tree } = treeOf(3)
  expect(() => tree.inclusionProof(3)).toThrow(RangeError)
  expect(() => tree.inclusionProof(-1)).toThrow(RangeError)
  expect(() => tree.inclusionProof(0, 4)).toThrow(RangeError)
  expect(() => tree.consistencyProof(0)).toThrow(RangeError)
  expect(() => tree.root(4)).toThrow(RangeError)
})

test("ten thousand leaves have short proofs", () => {
  const { tree, leaves } = treeOf(10_000)
  const proof = tree.inclusionProof(4321)
  const leaf = leafHash(leaves[4321] ?? Buffer.of())
  expect(proof.length).toBeLessThanOrEqual(14)
  expect(rootFromProof(4321, 10_000, leaf, proof)).toEqual(tree.root())
})
