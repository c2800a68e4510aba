import * as fs from "node:fs"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

import { WheelproofError } from "../../core/errors.ts"

/** A refresh takes a few seconds; a lock that is older was left behind by a process that died. */
const STALE_MS = 60_000
const POLL_MS = 25

/**
 * Takes a lock that all processes of the machine respect, by creating a file that must not exist. Returns the function that gives it
 * back, or undefined while somebody else has it. Where the folder cannot be written there is nothing to protect, and the lock is granted.
 */
export function takeLock(file: string, now: number): (() => void) | undefined {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    if (isStale(file, now)) fs.rmSync(file, { force: true })
  } catch {
    return () => {}
  }
  try {
    fs.writeFileSync(file, `${process.pid}\n`, { flag: "wx", mode: 0o600 })
  } catch (error) {
    const isTaken = error instanceof Error && "code" in error && error.code === "EEXIST"
    return isTaken ? undefined : () => {}
  }
  return () => {
    giveBack(file)
  }
}

/** Waits until nobody has the lock, but not longer than this. Throws `ERR_INTERRUPTED`. */
export async function waitForLock(
  file: string,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<void> {
  try {
    for (let waited = 0; waited < timeoutMs && fs.existsSync(file); waited += POLL_MS) {
      // oxlint-disable-next-line no-await-in-loop -- waiting is one after the other
      await sleep(POLL_MS, undefined, { signal })
    }
  } catch (cause) {
    throw new WheelproofError("ERR_INTERRUPTED", "interrupted", { cause })
  }
}

function isStale(file: string, now: number): boolean {
  const stats = fs.statSync(file, { throwIfNoEntry: false })
  return stats !== undefined && Math.abs(now - stats.mtimeMs) > STALE_MS
}

function giveBack(file: string): void {
  try {
    fs.rmSync(file, { force: true })
  } catch {
    // It will be stale in a minute.
  }
}
