import { describe, expect, test } from "vitest"

import { rootFromInclusionProof } from "../../src/core/merkle.ts"

describe("an inclusion proof", () => {
  const hash = Buffer.alloc(32)
  test("for an index outside the tree, too long or too short, leads nowhere", () => {
    expect(rootFromInclusionProof(hash, 1n, 1n, [])).toBeUndefined()
    expect(rootFromInclusionProof(hash, -1n, 1n, [])).toBeUndefined()
    expect(rootFromInclusionProof(hash, 0n, 0n, [])).toBeUndefined()
    expect(rootFromInclusionProof(hash, 0n, 1n, [hash])).toBeUndefined()
    expect(rootFromInclusionProof(hash, 0n, 2n, [])).toBeUndefined()
    expect(rootFromInclusionProof(hash, 0n, 1n, [])).toEqual(hash)
  })
})
