import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"
import process from "node:process"

import { WheelproofError } from "../core/errors.ts"
import { createFileJournal, createMemoryJournal, type Journal } from "./journal.ts"
import { createFolderStore, createMemoryStore, type Store } from "./store.ts"

/** Where a local world keeps what it is to know after a restart. */
export interface WorldState {
  /** A store of the service's own. */
  readonly store: (name: string) => Store
  /** A journal of the log's own. */
  readonly journal: (name: string) => Journal
  /** Lets another world have it. */
  readonly release: () => void
}

/** Nothing is kept. */
export function createMemoryState(): WorldState {
  return { store: createMemoryStore, journal: createMemoryJournal, release() {} }
}

/**
 * Everything is kept in a folder, private keys too: only its owner may look into it, and one world at a time may write to it. Throws
 * `ERR_CONFIG` where another one does.
 */
export function createFolderState(folder: string): WorldState {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  const lock = path.join(folder, "lock")
  takeLock(lock, folder)
  return {
    store: (name) => createFolderStore(path.join(folder, name)),
    journal: (name) => createFileJournal(path.join(folder, `${name}.jsonl`)),
    release() {
      rmSync(lock, { force: true })
    },
  }
}

/** Two worlds that append to one log would break both. A lock whose process is gone was left behind by one that was killed. */
function takeLock(lock: string, folder: string): void {
  const write = (flag: "wx" | "w"): void => {
    writeFileSync(lock, String(process.pid), { flag })
  }
  try {
    write("wx")
  } catch (cause) {
    if (!isCode(cause, "EEXIST")) throw cause
    const owner = Number(readFileSync(lock, "utf8"))
    if (isRunning(owner)) {
      throw new WheelproofError("ERR_CONFIG", `${folder} is in use by process ${owner}`, {
        hint: "stop that local world, or name another folder with --state",
        cause,
      })
    }
    write("w")
  }
}

function isRunning(processId: number): boolean {
  try {
    return Number.isSafeInteger(processId) && processId > 0 && process.kill(processId, 0)
  } catch (error) {
    return isCode(error, "EPERM")
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code
}
