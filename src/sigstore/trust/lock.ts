import * as fs from "node:fs"
import path from "node:path"

/** A refresh takes a few seconds; a lock that is older was left behind by a process that died. */
const STALE_MS = 60_000

/**
 * Takes a lock that all processes of the machine respect, by creating a file that must not exist. Returns the function that gives it
 * back, or undefined while somebody else has it. Where the folder cannot be written there is nothing to protect, and the lock is granted.
 */
export function takeLock(file: string, now: number): (() => void) | undefined {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    if (isStale(file, now)) fs.rmSync(file, { force: true })
    fs.writeFileSync(file, `${process.pid}\n`, { flag: "wx", mode: 0o600 })
    return () => fs.rmSync(file, { force: true })
  } catch (error) {
    const isTaken = error instanceof Error && "code" in error && error.code === "EEXIST"
    return isTaken ? undefined : () => {}
  }
}

function isStale(file: string, now: number): boolean {
  const stats = fs.statSync(file, { throwIfNoEntry: false })
  return stats !== undefined && Math.abs(now - stats.mtimeMs) > STALE_MS
}
