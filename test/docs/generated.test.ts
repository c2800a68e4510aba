import { readFileSync } from "node:fs"

import { expect, test } from "vitest"

import { GENERATED } from "../../scripts/generate-docs.ts"
import { CHECKS } from "../../src/core/checks.ts"

test.each(Object.entries(GENERATED))("%s is what `npm run docs` writes", (file, render) => {
  expect(render()).toBe(readFileSync(file, "utf8"))
})

test("docs/checks.md has one section for each check, and each check is asked somewhere", () => {
  const text = readFileSync("docs/checks.md", "utf8")
  const sections = [...text.matchAll(/^## `(.+)`$/gm)].map(([, id]) => id)
  expect(sections).toEqual(Object.keys(CHECKS))
  expect(text).not.toContain("Asked in .")
})
