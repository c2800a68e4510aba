import { describe, expect, test } from "vitest"

import { Shape } from "../../src/core/shape.ts"
import { outcome } from "../support/hostile.ts"

const MALFORMED = "ERR_INPUT_MALFORMED"
const TOO_LARGE = "ERR_INPUT_TOO_LARGE"

describe("a shape", () => {
  const shape = new Shape({ text: "x", none: null, number: 7, list: [1], map: { a: "b" } }, "it")
  test("reads members by name and says where it was", () => {
    expect(shape.string("text")).toBe("x")
    expect(shape.optionalString("none")).toBeUndefined()
    expect(shape.optionalText("number")).toBe("7")
    expect(shape.stringMap("map")).toEqual(new Map([["a", "b"]]))
    for (const read of [
      () => shape.string("missing"),
      () => shape.string("number"),
      () => shape.object("text"),
      () => shape.list("text", 1),
      () => shape.base64List("list", 1),
      () => shape.base64("text"),
      () => shape.uint64("text"),
      () => shape.uint64("missing"),
      () => new Shape([], "it"),
      () => new Shape({ unread: 1 }, "it").refuseUnread(),
    ]) {
      expect(outcome(read)).toBe(MALFORMED)
    }
    expect(outcome(() => shape.list("list", 0))).toBe(TOO_LARGE)
  })

  test.each([
    ["0", 0n],
    ["18446744073709551615", 2n ** 64n - 1n],
    [7, 7n],
    [JSON.parse("1e3"), 1000n],
    [JSON.parse("-0"), 0n],
    ["18446744073709551616", MALFORMED],
    ["01", MALFORMED],
    ["-1", MALFORMED],
    ["1e3", MALFORMED],
    [-1, MALFORMED],
    [1.5, MALFORMED],
    [2 ** 53, MALFORMED],
  ])("reads %j as the 64-bit number %s", (value, expected) => {
    expect(outcome(() => new Shape({ value }, "it").uint64("value"))).toBe(expected)
  })
})
