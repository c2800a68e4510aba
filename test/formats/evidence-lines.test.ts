import * as fc from "fast-check"
import { compress } from "snappyjs"
import { expect, test } from "vitest"

import { evidenceLines, isBlank } from "../../src/formats/evidence-lines.ts"
import { hostileBytes } from "./support.ts"

/** The lines by number and text; undefined for one document. */
function outline(text: string | Uint8Array): readonly string[] | undefined {
  const lines = evidenceLines(Buffer.from(text))
  if (lines === undefined) return undefined
  return [...lines].map(({ number, bytes }) => `${number} ${Buffer.from(bytes).toString()}`)
}

test.each([
  ["one object", '{"a":1}'],
  ["one object and blank lines", '\n\r\n{"a":1}\n \n'],
  ["an indented document", JSON.stringify({ a: { b: [{}, {}] } }, undefined, 2)],
  ["a document that is broken in lines of its own", '{"a":[\n{"b":1},\n{"c":2}\n]}'],
  ["an indented document that is not JSON", '{\n  "a": 1,\n  "a": 2\n}'],
  ["nothing", ""],
  ["text", "one\ntwo"],
])("%s is one document", (_what, text) => {
  expect(outline(text)).toBeUndefined()
})

test.each([
  ["lines", '{"a":1}\n{"b":1}\n', ['1 {"a":1}', '2 {"b":1}']],
  ["other line ends, and blank lines", '{"a":1}\r\n\r\n{}\r\n', ['1 {"a":1}\r', "3 {}\r"]],
  ["a comment first", '# old\n{"a":1}', ["1 # old", '2 {"a":1}']],
  ["a broken line last", '{"a":1}\n{"b":', ['1 {"a":1}', '2 {"b":']],
  ["a broken line first", '{"b":\n{"a":1}', ['1 {"b":', '2 {"a":1}']],
  ["a line that is a list", '{"a":1}\n[]', ['1 {"a":1}', "2 []"]],
  ["spaces before", ' {"a":1}\n\t{"b":1}', ['1  {"a":1}', '2 \t{"b":1}']],
  ["a byte order mark", '\uFEFF{"a":1}\n{"b":1}', ['1 \uFEFF{"a":1}', '2 {"b":1}']],
])("%s are JSON Lines", (_what, text, expected) => {
  expect(outline(text)).toEqual(expected)
})

test("compressed bytes are one document, whatever they look like", () => {
  const text = Buffer.from(`{"a":"${"x".repeat(200)}"}\n{"b":1}\n`)
  const packed = Buffer.from(compress(text))
  expect(packed.includes("}\n{")).toBe(true)
  expect(outline(packed)).toBeUndefined()
  // What only begins so is read line by line.
  expect(outline(Buffer.concat([Buffer.from([0xff, 0x0a]), text]))).toHaveLength(3)
})

test("one more line of any kind hides no line of several", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[^\n]{0,40}$/), fc.nat(2), (junk, at) => {
      const lines = ['{"a":1}', '{"b":2}']
      lines.splice(at, 0, junk)
      const read = outline(lines.join("\n")) ?? []
      for (const good of ['{"a":1}', '{"b":2}']) {
        expect(read.map((line) => line.slice(2))).toContain(good)
      }
    }),
  )
})

test("any bytes are lines that are not blank, or one document", () => {
  fc.assert(
    fc.property(hostileBytes(), (bytes) => {
      for (const line of evidenceLines(bytes) ?? []) {
        expect(isBlank(line.bytes)).toBe(false)
        expect(line.bytes).not.toContain(0x0a)
      }
    }),
  )
})
