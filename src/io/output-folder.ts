import * as fs from "node:fs"
import path from "node:path"
import process from "node:process"

import { WheelproofError } from "../core/errors.ts"

/** The names in an output folder; empty where there is none yet. Throws `ERR_OUTPUT` for what is no folder. */
export function listOutput(folder: string): readonly string[] {
  const stats = fs.statSync(folder, { throwIfNoEntry: false })
  if (stats === undefined) return []
  if (stats.isDirectory()) return fs.readdirSync(folder).toSorted()
  throw new WheelproofError("ERR_OUTPUT", `${folder} is there and is not a folder`)
}

/**
 * Puts finished files into an output folder, in the place of everything that was in it: all of them or, on failure, none, and then what
 * was there stays. The files are copied beside it first, and the folder is exchanged in one step. Throws `ERR_OUTPUT`.
 */
export function fillOutput(folder: string, files: readonly string[]): void {
  try {
    // A link to a folder stays a link.
    const place = fs.existsSync(folder) ? fs.realpathSync(folder) : path.resolve(folder)
    fs.mkdirSync(path.dirname(place), { recursive: true })
    const beside = (word: string): string =>
      path.join(path.dirname(place), `.${path.basename(place)}.${process.pid}.${word}`)
    exchange(place, files, { next: beside("new"), previous: beside("old") })
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason"
    throw new WheelproofError("ERR_OUTPUT", `${folder} could not be filled: ${code}`, {
      hint: "name another folder with --output; one that is mounted cannot be exchanged, a folder in it can",
      cause,
    })
  }
}

function exchange(
  place: string,
  files: readonly string[],
  { next, previous }: { readonly next: string; readonly previous: string },
): void {
  try {
    fs.mkdirSync(next)
    for (const file of files) copyDurably(file, path.join(next, path.basename(file)))
    const isThere = fs.existsSync(place)
    if (isThere) fs.renameSync(place, previous)
    try {
      fs.renameSync(next, place)
    } catch (error) {
      if (isThere) fs.renameSync(previous, place)
      throw error
    }
    fs.rmSync(previous, { recursive: true, force: true })
  } finally {
    fs.rmSync(next, { recursive: true, force: true })
  }
}

function copyDurably(from: string, to: string): void {
  fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL)
  fs.chmodSync(to, 0o644)
  const descriptor = fs.openSync(to, "r+")
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}
