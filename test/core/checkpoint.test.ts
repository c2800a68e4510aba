import { describe, expect, test } from "vitest"

import { parseCheckpoint } from "../../src/core/checkpoint.ts"
import { createRekorV1 } from "../../src/world/sigstore/rekor-v1.ts"
import { outcome } from "../support/hostile.ts"

const MALFORMED = "ERR_INPUT_MALFORMED"
const TOO_LARGE = "ERR_INPUT_TOO_LARGE"

describe("a checkpoint", () => {
  const log = createRekorV1()
  log.add(Buffer.from("{}"), 1)
  const text = log.checkpoint(1)

  test("is read part by part", () => {
    const checkpoint = parseCheckpoint(text)
    expect(checkpoint.treeSize).toBe(1n)
    expect(checkpoint.signatures).toHaveLength(1)
    expect(Buffer.from(checkpoint.signed).toString()).toBe(`${text.split("\n\n")[0]}\n`)
  })

  const edits: readonly (readonly [string, (note: string) => string, string])[] = [
    ["without signatures", (note) => note.split("\n\n")[0] ?? "", MALFORMED],
    ["without a final newline", (note) => note.trimEnd(), MALFORMED],
    ["without an origin", (note) => note.replace(/^.*\n/, "\n"), MALFORMED],
    ["with a padded size", (note) => note.replace("\n1\n", "\n01\n"), MALFORMED],
    ["with a short root", (note) => note.replace(/\n[^\n]+=\n\n/, "\nAAAA\n\n"), MALFORMED],
    ["with a broken signature line", (note) => note.replace("\u2014", "-"), MALFORMED],
    ["with a signature of no length", (note) => note.replace(/ \S+\n$/, " AAAAAA==\n"), MALFORMED],
    [
      "with too many signatures",
      (note) => `${note}${(note.split("\n\n")[1] ?? "").repeat(32)}`,
      MALFORMED,
    ],
    ["that is too long", (note) => `${"x".repeat(20_000)}${note}`, TOO_LARGE],
  ]
  test.each(edits)("%s is refused", (_what, edit, code) => {
    expect(edit(text)).not.toBe(text)
    expect(outcome(() => parseCheckpoint(edit(text)))).toBe(code)
  })
})
