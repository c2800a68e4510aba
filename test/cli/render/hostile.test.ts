import * as fc from "fast-check"
import { expect, test } from "vitest"

import { OUTPUT_FLAGS } from "../../../src/cli/flag-tables.ts"
import { shellWord, visible, visibleJson } from "../../../src/cli/text.ts"
import { HOSTILE, HOSTILE_REPORT, run } from "../support.ts"

const TREACHEROUS = /[^\P{C}\n]|[\p{Zl}\p{Zp}\u00A0\u200B]|##\[/u

test.each(OUTPUT_FLAGS.format.choices)("%s shows hostile text as harmless text", async (format) => {
  const argv = ["verify", "x", "--verbose", "--format", format]
  const { stdout, stderr } = await run(argv, { verify: async () => HOSTILE_REPORT })
  expect(stdout).not.toMatch(TREACHEROUS)
  expect(stderr).not.toMatch(TREACHEROUS)
  expect(stdout.toLowerCase()).toMatch(/202e/)
})

test("what was hidden is shown", () => {
  expect(visible(HOSTILE)).toBe(
    String.raw`a\u{001b}[31mb\r\n::error::c\u{202e}d\u{200b}e\u{2028}f#\u{0023}[g]\u{00a0}h|` +
      "`<b>",
  )
  expect(visible(" ::error::x a::b")).toBe(String.raw` \u{003a}:error::x a::b`)
  expect(visible("ünïcödé 漢字 é")).toBe("ünïcödé 漢字 é")
  expect(visible("tag \u{E0041}, filler \u{3164}, lone \uD800")).toBe(
    String.raw`tag \u{e0041}, filler \u{3164}, lone \u{d800}`,
  )
})

test("too long text is cut, and says so", () => {
  expect(visible("x".repeat(2_500))).toBe(`${"x".repeat(2_000)}… (500 more characters)`)
})

test("any text becomes one line without a treacherous character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(visible(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|##\[/u)
    }),
  )
})

test("text of ASCII alone, which takes a shorter way, becomes the same", () => {
  const unit = fc.constantFrom("#", "[", ":", " ", "a", "~", "\n", "\t", "\u007f")
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      expect(visible(text)).toBe(visible(`${text}é`).slice(0, -1))
      expect(visibleJson(text)).toBe(visibleJson(`${text}é`).replace("é", ""))
    }),
  )
})

test("JSON keeps its value", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const json = visibleJson({ [text]: [text] }, 2)
      expect(JSON.parse(json)).toEqual({ [text]: [text] })
      expect(json).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u)
    }),
  )
})

test("a shell word has no meaning to a shell", () => {
  expect(shellWord("github.com/owner/name")).toBe("github.com/owner/name")
  expect(shellWord("")).toBe("''")
  expect(shellWord("$(id)")).toBe("'$(id)'")
})
