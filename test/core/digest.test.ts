import { expect, test } from "vitest"

import { parseSha256 } from "../../src/core/digest.ts"
import { namesDigest } from "../../src/core/statement.ts"
import { outcome } from "../support/hostile.ts"

const MALFORMED = "ERR_INPUT_MALFORMED"

test("a SHA-256 digest is 64 lower-case hex digits", () => {
  const digest = "a".repeat(64)
  expect(parseSha256(digest)).toBe(digest)
  for (const text of ["", "a".repeat(63), "A".repeat(64), `${digest}\n`, "g".repeat(64)]) {
    expect(outcome(() => parseSha256(text))).toBe(MALFORMED)
  }
  const statement = {
    type: "t",
    predicateType: "p",
    predicate: { kind: "other" },
    subjects: [{ name: "x", digest: new Map([["sha256", digest]]) }],
  } as const
  expect(namesDigest(statement, parseSha256(digest))).toBe(true)
  expect(namesDigest(statement, parseSha256("b".repeat(64)))).toBe(false)
})
