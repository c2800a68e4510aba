import { WheelproofError } from "../core/errors.ts"

/**
 * A moment for everything else that goes on in the process, called often by whatever may take long. Throws `ERR_INTERRUPTED` once the run
 * was interrupted.
 */
export type Breathe = () => Promise<void>

const BREATH_MS = 50

/** Lets the event loop turn every now and then, so that a long run hears an interrupt and draws its progress. */
export function createBreath(signal: AbortSignal): Breathe {
  let last = performance.now()
  return async () => {
    if (performance.now() - last >= BREATH_MS) {
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
      last = performance.now()
    }
    if (signal.aborted) throw new WheelproofError("ERR_INTERRUPTED", "interrupted")
  }
}
