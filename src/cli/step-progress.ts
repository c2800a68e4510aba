import type { RehearsalWatch } from "../app/rehearse/script.ts"
import type { Terminal } from "./context.ts"
import { runningLine, stepLines } from "./render/rehearsal/human.ts"
import type { Style } from "./render/style.ts"

const FRAME_MS = 100
const ERASE = "\r\u001B[2K"

/** A rehearsal's steps on standard error. */
export interface StepProgress extends RehearsalWatch {
  /** Erases the step that goes on; nothing is drawn after this. */
  clear(): void
}

/**
 * Writes each step when it has ended, and on a terminal that can erase a line also the one that goes on. An interrupt erases that. With
 * `quiet` nothing is written.
 */
export function createStepProgress(
  { stderr, environment, clock, signal }: Terminal,
  { style, quiet }: { readonly style: Style; readonly quiet: boolean },
): StepProgress {
  if (quiet) return { started: nothing, finished: nothing, clear: nothing }
  const canErase = stderr.isTerminal && environment["TERM"] !== "dumb"
  let stop: () => void = nothing
  const clear = (): void => {
    stop()
    stop = nothing
  }
  signal.addEventListener("abort", clear, { once: true })
  return {
    started(step) {
      if (!canErase || signal.aborted) return
      const start = clock.now()
      const draw = (): void => {
        const line = runningLine(step, clock.now() - start)
        void stderr.write(ERASE + fitting(line, stderr.columns))
      }
      const end = clock.every(FRAME_MS, draw)
      draw()
      stop = () => {
        end()
        void stderr.write(ERASE)
      }
    },
    finished(step) {
      clear()
      void stderr.write(stepLines(step, style))
    },
    clear,
  }
}

function nothing(): void {}

// One column stays free: a full line would wrap, and only its last row would be erased.
function fitting(line: string, columns: number): string {
  return Array.from(line)
    .slice(0, Math.max(1, columns - 1))
    .join("")
}
