import { setTimeout as sleep } from "node:timers/promises"

import { WheelproofError } from "../core/errors.ts"
import type { Clock } from "./retry.ts"

/** The machine's clock. */
export function createClock(): Clock {
  return {
    now: () => Date.now(),
    async sleep(milliseconds, signal) {
      try {
        await sleep(milliseconds, undefined, { signal })
      } catch (cause) {
        throw new WheelproofError("ERR_INTERRUPTED", "interrupted", { cause })
      }
    },
  }
}
