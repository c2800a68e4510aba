import * as fc from "fast-check"
import { compress } from "snappyjs"
import { expect, test } from "vitest"

import { readSnappyBlock } from "../../src/formats/snappy.ts"

test("what was compressed comes back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4_096 }), (bytes) => {
      expect(readSnappyBlock(compress(bytes), 4_096)).toEqual(bytes)
    }),
  )
})

test("any bytes end in at most the bytes that are allowed, or in nothing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 512 }), (bytes) => {
      const block = readSnappyBlock(bytes, 1_024)
      expect(block?.length ?? 0).toBeLessThanOrEqual(1_024)
    }),
  )
})

test.each([
  ["a length over the limit", [0xff, 0xff, 0xff, 0xff, 0x07]],
  ["a length that does not end", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ["a literal that is cut off", [0x05, 0x10, 0x61]],
  ["a copy from before the beginning", [0x04, 0x01, 0x09]],
  ["nothing", []],
])("%s is no block", (_what, bytes) => {
  expect(readSnappyBlock(Uint8Array.from(bytes), 1_024)).toBeUndefined()
})
