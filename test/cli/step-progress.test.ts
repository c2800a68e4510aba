import { expect, test } from "vitest"

import { createStepProgress } from "../../src/cli/step-progress.ts"
import { chooseStyle } from "../../src/cli/render/style.ts"
import { fixedRehearsal } from "../support/rehearsal.ts"
import { fakeTerminal } from "./support.ts"

const ERASE = "\r\u001B[2K"
const PLAIN = chooseStyle("never", false, {})
const [FIRST, , , LAST] = fixedRehearsal().steps

function watch(options: { isTerminal?: boolean; quiet?: boolean; term?: string } = {}) {
  const { isTerminal = true, quiet = false, term = "xterm" } = options
  const interrupt = new AbortController()
  const state = { now: 0, written: "", ticks: new Set<() => void>() }
  const { terminal } = fakeTerminal({
    stderr: {
      isTerminal,
      columns: 50,
      write: async (data) => {
        state.written += String(data)
      },
    },
    environment: { TERM: term },
    clock: {
      now: () => state.now,
      every: (_, tick) => {
        state.ticks.add(tick)
        return () => state.ticks.delete(tick)
      },
    },
    signal: interrupt.signal,
  })
  const progress = createStepProgress(terminal, { style: PLAIN, quiet })
  const pass = (milliseconds: number): string => {
    state.now += milliseconds
    const before = state.written.length
    for (const tick of state.ticks) tick()
    return state.written.slice(before)
  }
  return { progress, pass, state, interrupt }
}

function given<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("the fixture has no such step")
  return value
}

test("the step that goes on, then the step that ended with what it made", () => {
  const { progress, pass, state } = watch()
  progress.started(given(FIRST))
  expect(state.written).toBe(`${ERASE}  0.00 s  stage       start Sigstore, an index an`)
  expect(pass(1_200)).toBe(`${ERASE}  1.20 s  stage       start Sigstore, an index an`)
  state.written = ""
  progress.finished(given(FIRST))
  expect(state.written).toBe(
    `${ERASE}  0.41 s  stage       start Sigstore, an index and GitHub on this machine\n                      trust/trusted_root.json  6.1 kB\n`,
  )
  expect(pass(1_000)).toBe("")
})

test.each([{ isTerminal: false }, { term: "dumb" }])(
  "nothing is drawn that would have to be erased: %j",
  (options) => {
    const { progress, pass, state } = watch(options)
    progress.started(given(LAST))
    expect(pass(5_000)).toBe("")
    progress.finished(given(LAST))
    expect(state.written).toMatch(/^ {2}1\.90 s {2}attacker {4}the index serves another wheel\n/)
    expect(state.written).not.toContain("\u001B")
  },
)

test("quiet is quiet", () => {
  const { progress, pass, state } = watch({ quiet: true })
  progress.started(given(FIRST))
  pass(1_000)
  progress.finished(given(FIRST))
  progress.clear()
  expect(state.written).toBe("")
})

test("an interrupt erases the step that goes on, and no other is drawn", () => {
  const { progress, pass, state, interrupt } = watch()
  progress.started(given(FIRST))
  state.written = ""
  interrupt.abort()
  expect(state.written).toBe(ERASE)
  progress.started(given(LAST))
  expect(pass(1_000)).toBe("")
  expect(state.written).toBe(ERASE)
})

test("why a step failed stands under it", () => {
  const { progress, state } = watch({ isTerminal: false })
  const error = { code: "ERR_NETWORK", message: "no index\u001B[2J", hint: "find one" } as const
  progress.finished({ ...given(FIRST), outcome: "undecided", error, files: [] })
  expect(state.written).toBe(
    String.raw`  0.41 s  stage       start Sigstore, an index and GitHub on this machine: undecided
                      error: no index\u{001b}[2J (ERR_NETWORK)
                      hint: find one
`,
  )
})
