import { describe, expect, test } from "vitest"

import { parseJson } from "../../src/core/json.ts"
import { outcome } from "../support/hostile.ts"

const MALFORMED = "ERR_INPUT_MALFORMED"
const TOO_LARGE = "ERR_INPUT_TOO_LARGE"

function read(text: string): unknown {
  return outcome(() => parseJson(Buffer.from(text), "it"))
}

describe("JSON", () => {
  test.each([
    ["a member twice", '{"a":1,"b":2,"a":1}'],
    ["a member twice, once escaped", '{"a":1,"\\u0061":2}'],
    ["a member twice, deep inside", '[{"x":[{"a":{"b":0,"b":0}}]}]'],
    ["a member twice around an object", '{"a":{"a":1},"a":2}'],
    ["a byte order mark", "\ufeff{}"],
    ["no end of a string", '{"a'],
    ["a broken escape in a name", '{"\\x":1}'],
    ["half a surrogate pair in a name", '{"a\\ud800":1,"a\\ud801":2}'],
    ["half a surrogate pair in a value", '["\\udc00"]'],
    ["two values", "{} {}"],
    ["nothing", ""],
    ["too much depth", `${"[".repeat(65)}${"]".repeat(65)}`],
  ])("with %s is refused", (_what, text) => {
    expect(read(text)).toBe(MALFORMED)
  })

  test("of too many values or bytes is refused", () => {
    expect(read(`[${"0,".repeat(200_001)}0]`)).toBe(TOO_LARGE)
    expect(outcome(() => parseJson(Buffer.alloc(11), "it", 10))).toBe(TOO_LARGE)
  })

  test("with a whole surrogate pair is read", () => {
    expect(read('["\\ud83d\\ude00", "\\\\ud800"]')).toEqual(["😀", "\\ud800"])
  })

  test("with equal names in different objects, or as values, is read", () => {
    expect(read('[{"a":1},{"a":"a"},"a" , {"b" : {"a":"\\"a\\":"}}]')).toEqual([
      { a: 1 },
      { a: "a" },
      "a",
      { b: { a: '"a":' } },
    ])
    expect(read(`${"[".repeat(64)}${"]".repeat(64)}`)).toBeInstanceOf(Array)
  })
})
