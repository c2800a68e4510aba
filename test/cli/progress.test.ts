import { expect, test } from "vitest"

import { createProgress } from "../../src/cli/progress.ts"
import { fakeTerminal } from "./support.ts"

function watch(options: { quiet?: boolean; isTerminal?: boolean; term?: string } = {}) {
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
    environment: { TERM: term, NO_COLOR: "1" },
    clock: {
      now: () => state.now,
      every: (_, tick) => {
        state.ticks.add(tick)
        return () => state.ticks.delete(tick)
      },
    },
    signal: interrupt.signal,
  })
  const progress = createProgress(terminal, { verb: "verifying", quiet })
  const pass = (milliseconds: number): string => {
    state.now += milliseconds
    const before = state.written.length
    for (const tick of state.ticks) tick()
    return state.written.slice(before)
  }
  return { progress, pass, state, interrupt }
}

test("a short run draws nothing and erases nothing", () => {
  const { progress, pass, state } = watch()
  progress.total(3)
  expect(pass(400)).toBe("")
  progress.clear()
  expect(state.written).toBe("")
})

test("a long run draws one line that fits, and erases it", () => {
  const { progress, pass, state } = watch()
  expect(pass(600)).toBe("\r\u001B[2Kverifying [                    ] 0/?")
  progress.total(4)
  progress.finished("dist/a\u001B[31m-a-very-long-file-name-indeed.whl")
  const line = pass(100).replace("\r\u001B[2K", "")
  expect(line).toBe(String.raw`verifying [=====               ] 1/4 dist/a\u{001`)
  expect(line.length).toBeLessThan(50)
  progress.clear()
  expect(state.written.endsWith("\r\u001B[2K")).toBe(true)
  expect(pass(1000)).toBe("")
})

test.each([{ quiet: true }, { isTerminal: false }, { term: "dumb" }])(
  "nobody watches: %j",
  (options) => {
    const { progress, pass, state } = watch(options)
    progress.total(1)
    progress.finished("a")
    expect(pass(5000)).toBe("")
    progress.clear()
    expect(state.written).toBe("")
  },
)

test("an interrupt erases the line", () => {
  const { pass, state, interrupt } = watch()
  expect(pass(600)).not.toBe("")
  interrupt.abort()
  expect(state.written.endsWith("\r\u001B[2K")).toBe(true)
  expect(state.ticks.size).toBe(0)
})
