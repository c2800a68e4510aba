import { describe, expect, test } from "vitest"

import { measureProcesses, processRow } from "../../bench/harness/processes.ts"
import { isReached, median, ratioFor, type Row } from "../../bench/harness/row.ts"
import { renderMarkdown, renderTable } from "../../bench/harness/table.ts"

const ROWS: readonly Row[] = [
  {
    what: "verify",
    against: "a peer",
    goal: { atLeast: 6 },
    result: { ratio: 6.5, ours: 1, theirs: 6.5, unit: "ms", rounds: 3 },
  },
  {
    what: "start",
    against: "a runtime",
    goal: { atMost: 0.75 },
    result: { ratio: 0.8, ours: 24, theirs: 30, unit: "ms", rounds: 3, byProcessorTime: 0.7 },
  },
  {
    what: "start",
    against: "another",
    goal: { atMost: 0.45 },
    result: { absent: "it is not there" },
  },
]

describe("a row", () => {
  test("counts its ratio the way of its goal", () => {
    expect(ratioFor({ atLeast: 6 }, 2, 12)).toBe(6)
    expect(ratioFor({ atMost: 0.5 }, 2, 4)).toBe(0.5)
    expect(ROWS.map(isReached)).toEqual([true, false, undefined])
  })

  test("takes the middle of its samples", () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(() => median([])).toThrow("no samples")
  })
})

test("the table says what was reached, missed and absent", () => {
  expect(renderTable(ROWS)).toMatchInlineSnapshot(`
    "measured  against    ratio  goal              ours             theirs    by processor time
    verify    a peer     6.50   >= 6     reached  1.000 ms         6.500 ms
    start     a runtime  0.80   <= 0.75  missed   24 ms            30 ms     0.70
    start     another    -      <= 0.45  absent   it is not there"
  `)
  expect(renderMarkdown(ROWS).split("\n")).toHaveLength(5)
})

test("a program that does not do its work has no numbers, and says why", () => {
  const usages = measureProcesses(
    [
      { name: "works", command: [process.execPath, "-e", "0"] },
      { name: "fails", command: [process.execPath, "-e", "console.error('no'); process.exit(3)"] },
      { name: "is missing", command: { absent: "there is none" } },
    ],
    { rounds: 1, cwd: "." },
  )
  expect(usages.get("works")).toMatchObject({ wallMs: expect.any(Number) })
  expect(usages.get("fails")).toEqual({ absent: "it ended in 3: no" })
  const row = { what: "x", against: "y", goal: { atMost: 1 } }
  expect(processRow(row, [usages.get("works"), usages.get("is missing")], 1).result).toEqual({
    absent: "there is none",
  })
})
