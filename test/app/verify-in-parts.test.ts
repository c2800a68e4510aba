import { afterEach, beforeEach, describe, expect, test } from "vitest"

import type { FileResult, Report } from "../../src/app/report.ts"
import { type PartMessage, verifyInParts } from "../../src/app/verify-in-parts.ts"
import { resolveTargets, type TargetsRequest, type VerifyRequest } from "../../src/app/verify.ts"
import { createFiles } from "../../src/io/files.ts"
import { createWorld } from "../../src/world/world.ts"
import { NOW } from "../support/judge.ts"
import { createWorkspace, type Workspace } from "../support/workspace.ts"

const world = createWorld({ now: NOW })
let space: Workspace
beforeEach(() => {
  space = createWorkspace(world)
})
afterEach(() => space.remove())

const resultOf = (target: string): FileResult => ({
  target,
  verdict: { kind: "undecided", code: "ERR_OFFLINE", message: target },
})
const reportOf = ({ targets }: TargetsRequest): Report => ({
  results: targets.map(({ label }) => resultOf(label)),
  notes: ["a note"],
})

interface Run {
  readonly report: Report
  /** The targets of each part, in the order in which they were started. */
  readonly parts: readonly (readonly string[])[]
  readonly whole: number
  readonly heard: readonly string[]
}

async function run(
  changes: Partial<VerifyRequest>,
  answer: (request: TargetsRequest) => readonly PartMessage[] = (request) => [
    { kind: "finished", targets: request.targets.map(({ label }) => label) },
    { kind: "report", report: reportOf(request) },
  ],
): Promise<Run> {
  const parts: (readonly string[])[] = []
  const heard: string[] = []
  let whole = 0
  const { request } = resolveTargets(
    { targets: [], provenance: [], keys: [], expectation: {}, offline: true, ...changes },
    createFiles(),
  )
  const report = await verifyInParts(
    request,
    {
      files: createFiles(),
      processors: 2,
      runWhole: async (asked) => {
        whole += 1
        return reportOf(asked)
      },
      runPart: async (part, hear) => {
        parts.push(part.targets.map(({ label }) => label))
        expect(part.concurrency).toBe(1)
        for (const message of answer(part)) hear(message)
      },
    },
    { total: (count) => heard.push(`total ${count}`), finished: (target) => heard.push(target) },
  )
  return { report, parts, whole, heard }
}

function files(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => space.write(`f${index}`, "x".repeat(index)))
}

describe("a run", () => {
  test("that is short stays whole", async () => {
    expect(await run({ targets: files(63) })).toMatchObject({ whole: 1, parts: [] })
  })

  test("of several targets shares no --name, however long it is", async () => {
    const wanted = { code: "ERR_USAGE", message: expect.stringContaining("--name") }
    await expect(run({ targets: files(64), name: "a.whl" })).rejects.toMatchObject(wanted)
  })

  test("that reads standard input, or shall use one processor, stays whole", async () => {
    const targets = files(70)
    expect((await run({ targets: [...targets, "-"] })).whole).toBe(1)
    expect((await run({ targets, concurrency: 1 })).whole).toBe(1)
  })

  test("that is long is divided, and put together in order", async () => {
    const targets = files(70)
    const { report, parts, heard } = await run({ targets, concurrency: 3 })
    expect(parts).toHaveLength(3)
    expect(parts.flat().toSorted()).toEqual(targets.toSorted())
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(26)
    expect(report.results.map(({ target }) => target)).toEqual(targets)
    expect(report.notes).toEqual(["a note"])
    expect(heard[0]).toBe("total 70")
    expect(heard.slice(1).toSorted()).toEqual(targets.toSorted())
  })
})

const FAILURE = {
  kind: "error",
  code: "ERR_CONFIG",
  message: "a bad key",
  hint: "another key",
} as const

describe("a part", () => {
  test.each([
    ["says nothing", (): readonly PartMessage[] => []],
    [
      "concludes fewer targets than it was given",
      (request: TargetsRequest): readonly PartMessage[] => [
        { kind: "report", report: reportOf({ ...request, targets: request.targets.slice(1) }) },
      ],
    ],
    [
      "concludes other targets than it was given",
      (request: TargetsRequest): readonly PartMessage[] => [
        { kind: "report", report: reportOf({ ...request, targets: request.targets.toReversed() }) },
      ],
    ],
  ])("that %s is an error, not a smaller run", async (_what, answer) => {
    await expect(run({ targets: files(64) }, answer)).rejects.toThrow("all of its targets")
  })

  test("that fails for the run as a whole fails the run, as it says", async () => {
    await expect(run({ targets: files(64) }, () => [FAILURE])).rejects.toMatchObject({
      code: "ERR_CONFIG",
      message: "a bad key",
      hint: "another key",
    })
  })
})
