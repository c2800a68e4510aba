import * as fc from "fast-check"
import { expect, test } from "vitest"

import { encodeForm, formContentType, type FormPart } from "../../src/formats/multipart.ts"

const BOUNDARY = "wheelproofTestBoundary0123"

async function decode(parts: readonly FormPart[]): Promise<[string, string][]> {
  const response = new Response(new Uint8Array(encodeForm(parts, BOUNDARY)), {
    headers: { "content-type": formContentType(BOUNDARY) },
  })
  const decoded: [string, string][] = []
  for (const [name, value] of await response.formData()) {
    decoded.push([name, typeof value === "string" ? value : `${value.name}: ${await value.text()}`])
  }
  return decoded
}

test("texts in order, repeated ones too, and a file", async () => {
  const parts = [
    { name: "classifiers", content: "one" },
    { name: "classifiers", content: "two" },
    { name: "content", content: Buffer.from("PK\r\n--"), filename: "a-1.0-py3-none-any.whl" },
  ]
  expect(await decode(parts)).toEqual([
    ["classifiers", "one"],
    ["classifiers", "two"],
    ["content", "a-1.0-py3-none-any.whl: PK\r\n--"],
  ])
})

// The platform's reader drops a byte order mark.
const TEXT = fc.string({ unit: "binary" }).filter((text) => !text.startsWith("\u{feff}"))

test("any text arrives as it was sent, line ends too", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(TEXT, { maxLength: 5 }), async (texts) => {
      const parts = texts.map((content) => ({ name: "description", content }))
      const sent = texts.map((text) => ["description", text.toWellFormed()])
      expect(await decode(parts)).toEqual(sent)
    }),
    { numRuns: 30 },
  )
})

test.each(['a"b', "a\r\nb", "ä", "", String.raw`a\b`])("the name %j is refused", (name) => {
  expect(() => encodeForm([{ name, content: "" }], BOUNDARY)).toThrow("a name in the form")
  expect(() => encodeForm([{ name: "a", content: "", filename: name }], BOUNDARY)).toThrow(
    "a name in the form",
  )
})

test.each(["short", "with space and more", "a".repeat(71)])(
  "the boundary %j is refused",
  (boundary) => {
    expect(() => encodeForm([], boundary)).toThrow("the boundary")
  },
)
