import * as fc from "fast-check"
import { expect, test } from "vitest"

import { isProjectName, normalizeName } from "../../src/packaging/name.ts"

test.each([
  ["rocket", "rocket"],
  ["Rocket", "rocket"],
  ["Rocket.Science", "rocket-science"],
  ["rocket_science", "rocket-science"],
  ["rocket-._-science", "rocket-science"],
  ["FrIeNdLy-._.-bArD", "friendly-bard"],
])("%s is compared as %s", (name, normalized) => {
  expect(normalizeName(name)).toBe(normalized)
})

test.each(["a", "7", "a1", "rocket", "Rocket.Science", "a--b", "a._-b", "2to3"])(
  "%s is a project name",
  (name) => {
    expect(isProjectName(name)).toBe(true)
  },
)

test.each([
  "",
  "-a",
  "a-",
  ".a",
  "a_",
  "a b",
  "a/b",
  "a\n",
  "ä",
  // Letters that fold to `k` and `s` where case is compared by Unicode's rules.
  "\u{212a}",
  "\u{17f}a",
])("%j is no project name", (name) => {
  expect(isProjectName(name)).toBe(false)
})

test("normalising twice changes nothing more, and keeps a project name one", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,20}$/), (name) => {
      const once = normalizeName(name)
      expect(normalizeName(once)).toBe(once)
      expect(isProjectName(once)).toBe(isProjectName(name))
    }),
  )
})
