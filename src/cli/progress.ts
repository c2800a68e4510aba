import type { Watch } from "../app/verify.ts"
import type { Terminal } from "./context.ts"
import { visible } from "./text.ts"

/** A one-line bar on standard error. */
export interface Progress extends Watch {
  /** Erases the bar; nothing is drawn after this. */
  clear(): void
}

const PATIENCE_MS = 500
const FRAME_MS = 100
const BAR_WIDTH = 20
const ERASE = "\r\u001B[2K"

/**
 * Shows how far a run is, when somebody watches: only on a terminal that can erase a line, only when the run is longer than half a
 * second, and not with `quiet`. An interrupt erases it.
 */
export function createProgress(
  { stderr, environment, clock, signal }: Terminal,
  { verb, quiet }: { readonly verb: string; readonly quiet: boolean },
): Progress {
  if (quiet || !stderr.isTerminal || environment["TERM"] === "dumb") return SILENT
  const start = clock.now()
  const state = { total: 0, done: 0, last: "", drawn: false }
  const draw = (): void => {
    if (clock.now() - start < PATIENCE_MS) return
    state.drawn = true
    void stderr.write(`${ERASE}${barLine(verb, state, stderr.columns)}`)
  }
  const stop = clock.every(FRAME_MS, draw)
  const clear = (): void => {
    stop()
    signal.removeEventListener("abort", clear)
    if (state.drawn) void stderr.write(ERASE)
    state.drawn = false
  }
  signal.addEventListener("abort", clear, { once: true })
  return {
    total: (count) => {
      state.total = count
    },
    finished: (target) => {
      state.done += 1
      state.last = target
    },
    clear,
  }
}

const SILENT: Progress = { total: nothing, finished: nothing, clear: nothing }

function nothing(): void {}

function barLine(
  verb: string,
  { total, done, last }: { readonly total: number; readonly done: number; readonly last: string },
  columns: number,
): string {
  const filled = total === 0 ? 0 : Math.min(BAR_WIDTH, Math.floor((done / total) * BAR_WIDTH))
  const bar = `${"=".repeat(filled)}${" ".repeat(BAR_WIDTH - filled)}`
  const line = `${verb} [${bar}] ${done}/${total === 0 ? "?" : total} ${visible(last)}`
  // One column stays free: a full line would wrap, and only its last row would be erased.
  return Array.from(line)
    .slice(0, Math.max(1, columns - 1))
    .join("")
    .trimEnd()
}
