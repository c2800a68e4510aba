import * as fc from "fast-check"
import { expect, test } from "vitest"

import { editDistance, suggest } from "../../src/cli/suggest.ts"

test.each([
  ["", "abc", 3],
  ["abc", "abc", 0],
  ["sorce", "source", 1],
  ["verfiy", "verify", 1],
  ["kitten", "sitting", 3],
])("%s to %s takes %i edits", (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance)
  expect(editDistance(b, a)).toBe(distance)
})

test("the distance is symmetric, and at most the longer length", () => {
  const word = fc.string({ maxLength: 12 })
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b)
      expect(distance).toBe(editDistance(b, a))
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
      expect(distance === 0).toBe(a === b)
    }),
  )
})

test("only a near candidate is suggested", () => {
  expect(suggest("verfy", ["seal", "verify"])).toBe("verify")
  expect(suggest("xyzzy", ["seal", "verify"])).toBe(undefined)
  expect(suggest("v".repeat(10_000), ["verify"])).toBe(undefined)
})
