import { constants } from "node:fs"
import * as fs from "node:fs"
import path from "node:path"

import { WheelproofError } from "../core/errors.ts"

/** Lines that survive the process: what was appended is there after a kill, whole lines only. */
export interface JournalFile {
  /** What an earlier process left, without a last line that was cut off. */
  readonly left: readonly string[]
  append(line: string): void
  /** Removes the file, and its folder if nothing else is in it. */
  remove(): void
}

const FILE = "journal.jsonl"
const MAX_BYTES = 268_435_456

/**
 * Opens the journal in a folder of its own; neither exists before the first line is appended. A link in the place of either is refused, so that
 * nobody can have it written elsewhere. Throws `ERR_OUTPUT`.
 */
export function openJournal(folder: string): JournalFile {
  const file = path.join(folder, FILE)
  const { lines, isCut } = readLeft(folder, file)
  let descriptor: number | undefined
  return {
    left: lines,
    append(line) {
      try {
        if (descriptor === undefined) {
          descriptor = openForAppending(folder, file)
          if (isCut) fs.writeSync(descriptor, "\n")
        }
        fs.writeSync(descriptor, `${line}\n`)
      } catch (cause) {
        throw cause instanceof WheelproofError ? cause : unwritable(file, cause)
      }
    },
    remove() {
      if (descriptor !== undefined) fs.closeSync(descriptor)
      descriptor = undefined
      fs.rmSync(file, { force: true })
      removeIfEmpty(folder)
    },
  }
}

function readLeft(
  folder: string,
  file: string,
): { readonly lines: readonly string[]; readonly isCut: boolean } {
  refuseLink(folder, "isDirectory")
  refuseLink(file, "isFile")
  const stats = fs.lstatSync(file, { throwIfNoEntry: false })
  if (stats === undefined || stats.size > MAX_BYTES) return { lines: [], isCut: false }
  const lines = fs.readFileSync(file, "utf8").split("\n")
  return { isCut: lines.pop() !== "", lines }
}

function refuseLink(file: string, kind: "isFile" | "isDirectory"): void {
  const stats = fs.lstatSync(file, { throwIfNoEntry: false })
  if (stats === undefined || stats[kind]()) return
  const what = kind === "isFile" ? "file" : "folder"
  throw new WheelproofError("ERR_OUTPUT", `${file} is there and is not a ${what} of its own`, {
    hint: "remove it, and run this again",
  })
}

function openForAppending(folder: string, file: string): number {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { O_APPEND, O_CREAT, O_WRONLY } = constants
  // Windows knows no links of this kind.
  const noFollow = "O_NOFOLLOW" in constants ? constants.O_NOFOLLOW : 0
  return fs.openSync(file, O_APPEND | O_CREAT | O_WRONLY | noFollow, 0o600)
}

function removeIfEmpty(folder: string): void {
  try {
    fs.rmdirSync(folder)
  } catch {
    // It was never made, or something of somebody else is in it.
  }
}

function unwritable(file: string, cause: unknown): WheelproofError {
  const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason"
  return new WheelproofError("ERR_OUTPUT", `${file} could not be written: ${reason}`, { cause })
}
