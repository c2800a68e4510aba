import * as fc from "fast-check"
import { expect, test } from "vitest"

import { selectType } from "../../../src/world/index/accept.ts"
import { pythonList, pythonText } from "../../../src/world/index/python-text.ts"
import { Refusal, renderRefusal } from "../../../src/world/index/refusal.ts"

const asked = (accept?: string): Request =>
  new Request("http://index.test/", accept === undefined ? {} : { headers: { accept } })

const SIMPLE = [
  "text/html",
  "application/vnd.pypi.simple.v1+html",
  "application/vnd.pypi.simple.v1+json",
]

test.each([
  [undefined, "text/html"],
  ["", "text/html"],
  ["*/*", "text/html"],
  ["text/*", "text/html"],
  ["application/*", "application/vnd.pypi.simple.v1+html"],
  ["application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.v1+json"],
  ["Application/VND.pypi.simple.v1+JSON", "application/vnd.pypi.simple.v1+json"],
  // pip and uv.
  [
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01",
    "application/vnd.pypi.simple.v1+json",
  ],
  [
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01",
    "application/vnd.pypi.simple.v1+json",
  ],
  ["text/html;q=0, */*;q=0.5", "application/vnd.pypi.simple.v1+html"],
  ["application/vnd.pypi.simple.v1+json;q=0.5, text/html;q=0.5", "text/html"],
  ["text/html;q=x", undefined],
  ["text/html;q=2", undefined],
  ["image/png", undefined],
])("Accept %j selects %s", (accept, expected) => {
  expect(selectType(asked(accept), SIMPLE)).toBe(expected)
})

test("any header selects an offer or nothing", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~]{0,80}$/), (accept) => {
      expect([...SIMPLE, undefined]).toContain(selectType(asked(accept), SIMPLE))
    }),
  )
})

test("a message of several lines, in any script, fits into a status line", () => {
  const message = "1 validation error\nüber\u0000 → \u{1F40D}\t<b>"
  const answer = renderRefusal(new Refusal(400, message), asked())
  expect(answer.statusText).toBe("1 validation error über  ? ??\t<b>")
})

// fast-check's own strings of any code point take seconds to set up.
const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }))
  .map((codes) => String.fromCharCode(...codes))

test("any message can be sent", () => {
  fc.assert(
    fc.property(anyText, (message) => {
      const answer = renderRefusal(new Refusal(400, message), asked("application/json"))
      expect(answer.statusText).toHaveLength(message.length)
    }),
  )
})

test.each([
  ["plain", "'plain'"],
  ["it's", `"it's"`],
  [`"it's"`, String.raw`'"it\'s"'`],
  ["a\\b\n\r\t\u0007\u0085", String.raw`'a\\b\n\r\t\x07\x85'`],
  ["ü→", "'ü→'"],
])("Python shows %j as %s", (text, expected) => {
  expect(pythonText(text)).toBe(expected)
})

test("Python shows lists", () => {
  expect(pythonList([])).toBe("[]")
  expect(pythonList(["a", "it's"])).toBe(`['a', "it's"]`)
})
