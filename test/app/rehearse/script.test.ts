import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { afterAll, expect, test } from "vitest"

import { rehearsalOutcome, type RehearsalStep } from "../../../src/app/rehearse/report.ts"
import { Script, StepFailed, type StepNotes } from "../../../src/app/rehearse/script.ts"
import { type ErrorCode, WheelproofError } from "../../../src/core/errors.ts"
import { createFiles } from "../../../src/io/files.ts"

const folder = mkdtempSync(path.join(tmpdir(), "wheelproof-test-"))
afterAll(() => rmSync(folder, { recursive: true }))

const PLAN = { id: "one", actor: "user", title: "do it" } as const

function stage(signal: AbortSignal = new AbortController().signal) {
  let now = 1_000
  const heard: (string | RehearsalStep)[] = []
  const script = new Script(
    folder,
    { files: createFiles(), steady: () => (now += 10), signal },
    { started: ({ id }) => heard.push(id), finished: (step) => heard.push(step) },
  )
  return { script, heard }
}

test("a step with its time, its files and what was noted", async () => {
  const { script, heard } = stage()
  const value = await script.step(PLAN, async (notes) => {
    const file = script.path("made.txt")
    writeFileSync(file, "made")
    notes.made(file, file)
    notes.command(["do", "it"])
    notes.fact("done", "yes")
    return 7
  })
  expect(value).toBe(7)
  expect(script.steps).toEqual([
    {
      ...PLAN,
      outcome: "passed",
      start: 10,
      milliseconds: 10,
      commands: [["do", "it"]],
      files: [
        {
          path: "made.txt",
          bytes: 4,
          sha256: "ea0890697a77af0a2e054cccec587c8a42feb5cf38e778c6c6e2a96bfb945c0b",
        },
      ],
      facts: [{ label: "done", value: "yes" }],
      reasons: [],
    },
  ])
  expect(heard).toEqual(["one", ...script.steps])
})

test.each([
  ["ERR_NETWORK", "undecided"],
  ["ERR_COMMAND", "undecided"],
  ["ERR_OUTPUT", "undecided"],
  ["ERR_REFUSED", "failed"],
  ["ERR_PROMISE", "failed"],
  ["ERR_INPUT_MALFORMED", "failed"],
] as const)("a step that ends with %s is %s", async (code: ErrorCode, outcome) => {
  const { script } = stage()
  const fail = async (): Promise<never> => {
    throw new WheelproofError(code, `no ${script.path("file")}`, { hint: "do" })
  }
  await expect(script.step(PLAN, fail)).rejects.toBeInstanceOf(StepFailed)
  expect(script.steps).toMatchObject([{ outcome, error: { code, message: "no file", hint: "do" } }])
})

test("a reason fails the step, after its end", async () => {
  const { script } = stage()
  const reason = { check: "signature", expected: "one", found: "another" } as const
  const play = async (notes: StepNotes): Promise<string> => {
    notes.failed([reason])
    notes.fact("and", "on")
    return "value"
  }
  await expect(script.step(PLAN, play)).rejects.toBeInstanceOf(StepFailed)
  expect(script.steps).toMatchObject([
    { outcome: "failed", reasons: [reason], facts: [{ label: "and", value: "on" }] },
  ])
})

test("a bug is no outcome", async () => {
  const { script } = stage()
  const fail = async (): Promise<never> => {
    throw new TypeError("a bug")
  }
  await expect(script.step(PLAN, fail)).rejects.toThrow(TypeError)
  expect(script.steps).toEqual([])
})

test("an interrupt ends a step without an outcome, and begins no other", async () => {
  const interrupt = new AbortController()
  const { script, heard } = stage(interrupt.signal)
  const play = async (): Promise<void> => interrupt.abort()
  await expect(script.step(PLAN, play)).rejects.toMatchObject({ code: "ERR_INTERRUPTED" })
  await expect(script.step(PLAN, play)).rejects.toMatchObject({ code: "ERR_INTERRUPTED" })
  expect(script.steps).toEqual([])
  expect(heard).toEqual(["one"])
})

test("the whole has passed only if there is something and all of it has", () => {
  const of = (...outcomes: RehearsalStep["outcome"][]) =>
    rehearsalOutcome({ steps: outcomes.map((outcome) => ({ outcome }) as RehearsalStep) })
  expect(of()).toBe("undecided")
  expect(of("passed")).toBe("passed")
  expect(of("passed", "undecided")).toBe("undecided")
  expect(of("undecided", "failed", "passed")).toBe("failed")
})
