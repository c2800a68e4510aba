import * as fs from "node:fs"
import path from "node:path"
import process from "node:process"

import { WheelproofError } from "../core/errors.ts"

/** A folder of one run's own, whose path is the same in every run: what is built in it has no other path in it. */
export interface WorkFolder {
  readonly path: string
  /** Makes an empty folder in it; one that is there is removed first. */
  empty(...steps: readonly string[]): string
  /** Removes it, except for these folders in it. */
  leave(kept: readonly string[]): void
}

const OWNER = "owner.pid"

/**
 * Takes a work folder: leftovers of a run that died are removed, one that is still running is not disturbed. `parent` must be a folder that
 * nobody else can write in. Throws `ERR_COMMAND` while another run has it, and `ERR_OUTPUT`.
 */
export function takeWorkFolder(parent: string, name: string): WorkFolder {
  const folder = path.join(parent, name)
  const remove = (entry: string): void =>
    fs.rmSync(path.join(folder, entry), { recursive: true, force: true, maxRetries: 5 })
  try {
    refuseOtherOwner(folder)
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    fs.writeFileSync(path.join(folder, OWNER), `${process.pid}\n`, { flag: "wx", mode: 0o600 })
  } catch (cause) {
    if (cause instanceof WheelproofError) throw cause
    throw new WheelproofError("ERR_OUTPUT", `${folder} could not be made`, {
      hint: "set WHEELPROOF_CACHE to a folder of your own",
      cause,
    })
  }
  return {
    path: folder,
    empty(...steps) {
      const entry = path.join(...steps)
      remove(entry)
      fs.mkdirSync(path.join(folder, entry), { recursive: true, mode: 0o700 })
      return path.join(folder, entry)
    },
    leave(kept) {
      if (kept.length === 0) remove(".")
      else for (const entry of fs.readdirSync(folder)) if (!kept.includes(entry)) remove(entry)
    },
  }
}

function refuseOtherOwner(folder: string): void {
  const file = path.join(folder, OWNER)
  const text = fs.existsSync(file) ? fs.readFileSync(file, "latin1").trim() : ""
  if (!/^[0-9]{1,10}$/.test(text) || !isRunning(Number(text))) return
  throw new WheelproofError("ERR_COMMAND", `process ${text} is building this project`, {
    hint: `wait until it has ended; if there is no such build, remove ${folder}`,
  })
}

function isRunning(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is there and somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}
