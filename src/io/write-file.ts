import { constants } from "node:fs"
import * as fs from "node:fs"
import path from "node:path"

import { WheelproofError } from "../core/errors.ts"
import { codeOf, reasonOf } from "./file-errors.ts"
import { inParallel } from "./in-parallel.ts"

/** A file to write. */
export interface NewFile {
  readonly file: string
  readonly content: string | Uint8Array
}

const WRITERS = 8

/** Writes a whole new file or, on failure, nothing. An existing one is only replaced if `replace` says so. Throws `ERR_OUTPUT`. */
export function write(file: string, content: string | Uint8Array, replace: boolean): void {
  try {
    const place = placeFor(file, replace)
    const descriptor = fs.openSync(place.temporary, "wx", 0o644)
    try {
      try {
        if (place.mode !== undefined) fs.fchmodSync(descriptor, place.mode)
        fs.writeFileSync(descriptor, content)
        fs.fsyncSync(descriptor)
      } finally {
        fs.closeSync(descriptor)
      }
      moveInPlace(place, replace)
    } finally {
      fs.rmSync(place.temporary, { force: true })
    }
  } catch (cause) {
    throw unwritable(file, cause)
  }
}

/** The same for many files, several of which wait for the disk at once. */
export async function writeAll(entries: readonly NewFile[], replace: boolean): Promise<void> {
  await inParallel(entries, WRITERS, async ({ file, content }) => {
    try {
      const place = placeFor(file, replace)
      const handle = await fs.promises.open(place.temporary, "wx", 0o644)
      try {
        try {
          if (place.mode !== undefined) await handle.chmod(place.mode)
          await handle.writeFile(content)
          await handle.sync()
        } finally {
          await handle.close()
        }
        moveInPlace(place, replace)
      } finally {
        fs.rmSync(place.temporary, { force: true })
      }
    } catch (cause) {
      throw unwritable(file, cause)
    }
  })
}

/** Where a file goes, through which other name, and with which permissions. */
interface Place {
  readonly target: string
  readonly temporary: string
  readonly mode?: number
}

/**
 * A link stays a link and its file is replaced; a file keeps its mode. Only a file can be replaced: a device or a pipe that is renamed
 * over is gone for everybody.
 */
function placeFor(file: string, replace: boolean): Place {
  if (!replace && fs.existsSync(file)) {
    throw new WheelproofError("ERR_OUTPUT", `${file} exists already`, {
      hint: "name another file, or replace it with --force",
    })
  }
  const stats = fs.statSync(file, { throwIfNoEntry: false })
  if (stats === undefined) return { target: file, temporary: temporaryFor(file) }
  if (!stats.isFile()) {
    throw new WheelproofError("ERR_OUTPUT", `${file} is not a file`, {
      hint: "name a file, or leave --output out and redirect standard output",
    })
  }
  const target = fs.realpathSync(file)
  return { target, temporary: temporaryFor(target), mode: stats.mode & 0o777 }
}

function temporaryFor(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`)
}

function moveInPlace({ temporary, target }: Place, replace: boolean): void {
  if (replace) fs.renameSync(temporary, target)
  else moveToFreeName(temporary, target)
}

// A link fails where the name is taken meanwhile; a rename would replace it. Some file systems know no links.
function moveToFreeName(temporary: string, file: string): void {
  try {
    fs.linkSync(temporary, file)
  } catch (error) {
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(codeOf(error))) throw error
    fs.copyFileSync(temporary, file, constants.COPYFILE_EXCL)
  }
}

function unwritable(file: string, cause: unknown): WheelproofError {
  if (cause instanceof WheelproofError) return cause
  return new WheelproofError("ERR_OUTPUT", `${file} could not be written: ${reasonOf(cause)}`, {
    cause,
  })
}
