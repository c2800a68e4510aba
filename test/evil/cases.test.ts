import { describe, expect, test } from "vitest"

import { WheelproofError } from "../../src/core/errors.ts"
import { parseTrustedRoots } from "../../src/formats/trusted-root.ts"
import { judge } from "../support/judge.ts"
import { EVIL } from "./cases.ts"
import { type Exhibit, EXPECTED, GENUINE, world } from "./exhibit.ts"

/** What wheelproof refuses an exhibit by; nothing for one that it accepts. */
function refusedBy({ bundle, trustedRoot }: Exhibit): readonly string[] {
  try {
    const instances = parseTrustedRoots(trustedRoot, "trusted root")
    return [...new Set(judge(world, bundle, { instances, expectation: EXPECTED }).checks)]
  } catch (error) {
    if (error instanceof WheelproofError) return [error.code]
    throw error
  }
}

test.each(Object.values(GENUINE))("$name, is genuine", ({ make }) => {
  expect(refusedBy(make())).toEqual([])
})

describe.each(EVIL)("$title", ({ cases }) => {
  test.each(cases)("$name is refused [$by]", ({ make, by, inCore }) => {
    expect(refusedBy(make())).toEqual([inCore ?? by])
  })
})

test("every evil has a name of its own", () => {
  const names = EVIL.flatMap(({ cases }) => cases.map(({ name }) => name))
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThan(80)
})
