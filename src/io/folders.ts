import * as fs from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { WheelproofError } from "../core/errors.ts"

/** Folders of a run's own. */
export interface Folders {
  /** The system's place for temporary files. */
  readonly temporary: string
  /** A new folder in the system's place for temporary files, for this user alone. */
  makeTemporary(prefix: string): string
  /** A folder with everything above it; one that is there is kept. */
  make(folder: string): void
  /** Copies what is in a folder, except what `leaves` names, at any depth. */
  copy(from: string, to: string, leaves: ReadonlySet<string>): void
  /** Removes a folder with everything in it, read-only files too. */
  remove(folder: string): Promise<void>
}

/** The machine's folders. Errors are `ERR_OUTPUT`. */
export function createFolders(): Folders {
  return {
    temporary: tmpdir(),
    makeTemporary: (prefix) =>
      // The system's place may be a link, and then no path of ours would be below it.
      orOutputError(tmpdir(), () => fs.mkdtempSync(path.join(fs.realpathSync(tmpdir()), prefix))),
    make(folder) {
      orOutputError(folder, () => fs.mkdirSync(folder, { recursive: true }))
    },
    copy(from, to, leaves) {
      const filter = (source: string): boolean =>
        source === from || !leaves.has(path.basename(source))
      orOutputError(to, () => {
        fs.cpSync(from, to, { recursive: true, filter, verbatimSymlinks: true })
      })
    },
    async remove(folder) {
      // A program that was just stopped may write its last file meanwhile.
      await fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function orOutputError<Value>(folder: string, work: () => Value): Value {
  try {
    return work()
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason"
    throw new WheelproofError("ERR_OUTPUT", `${folder} could not be written: ${code}`, { cause })
  }
}
