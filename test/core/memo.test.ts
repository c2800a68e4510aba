import { describe, expect, test, vi } from "vitest"

import { BoundedMap, memoizePair } from "../../src/core/memo.ts"

describe("memory", () => {
  test("of pairs computes each once", () => {
    const compute = vi.fn<(one: object, other: object) => object>((one, other) => [one, other])
    const remembered = memoizePair(compute)
    const [a, b] = [{}, {}]
    expect(remembered(a, b)).toBe(remembered(a, b))
    expect(remembered(b, a)).not.toBe(remembered(a, b))
    expect(compute).toHaveBeenCalledTimes(2)
  })

  test("with a bound forgets the oldest", () => {
    const map = new BoundedMap<number>(2)
    const compute = vi.fn<() => number>(() => 1)
    for (const key of ["a", "b", "b", "c", "a"]) map.get(key, compute)
    expect(compute).toHaveBeenCalledTimes(4)
  })
})
