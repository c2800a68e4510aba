import { constants } from "node:fs"
import * as fs from "node:fs"

import { WheelproofError } from "../core/errors.ts"
import { codeOf, reasonOf } from "./file-errors.ts"
import { type NewFile, write, writeAll } from "./write-file.ts"

/** What a path leads to, symbolic links followed. */
export type PathKind = "file" | "folder" | "missing" | "other"

/** Files, as use cases see them. Every read has a limit as an argument. */
export interface Files {
  /** A path whose name is not UTF-8 is "other": no path opens such a file for certain. */
  kind(file: string): PathKind
  /** When a file was last changed, in milliseconds since 1970; undefined where it is missing. */
  modifiedAt(file: string): number | undefined
  /** The names in a folder, sorted. */
  list(folder: string): readonly string[]
  /** A whole file of at most `maxBytes`. */
  read(file: string, maxBytes: number): Uint8Array
  /** The lines of a file one by one, without their ends; memory depends on `maxLineBytes` alone. */
  lines(file: string, maxLineBytes: number): Generator<Line>
  /** Opens a regular file for reading and closes it afterwards. */
  withFile<Value>(file: string, use: (descriptor: number, size: number) => Value): Value
  /** The same for what takes its time: the file is closed when `use` has come to its end. */
  whileOpen<Value>(
    file: string,
    use: (descriptor: number, size: number) => Promise<Value>,
  ): Promise<Value>
  /** Writes a whole new file or, on failure, nothing. An existing one is only replaced if `replace` says so. */
  write(file: string, content: string | Uint8Array, replace: boolean): void
  /** Writes many files as {@link Files.write} does each; the disk is waited for by several at once. */
  writeAll(entries: readonly NewFile[], replace: boolean): Promise<void>
}

/** A line of a file; numbers begin with 1. */
export interface Line {
  readonly number: number
  readonly bytes: Uint8Array
}

const BLOCK = 256 * 1024

/** The machine's files. Errors are `ERR_INPUT_NOT_FOUND`, `ERR_INPUT_UNREADABLE`, `ERR_INPUT_TOO_LARGE` and `ERR_OUTPUT`. */
export function createFiles(): Files {
  return { kind, modifiedAt, list, read, lines, withFile, whileOpen, write, writeAll }
}

function kind(file: string): PathKind {
  if (isAmbiguous(file)) return "other"
  try {
    const stats = fs.statSync(file)
    return stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other"
  } catch (error) {
    // Whatever else there is at this path, reading it will say why it cannot be read.
    return ["ENOENT", "ENOTDIR"].includes(codeOf(error)) ? "missing" : "other"
  }
}

function modifiedAt(file: string): number | undefined {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs
}

function list(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder).toSorted()
  } catch (cause) {
    throw unreadable(folder, cause)
  }
}

function read(file: string, maxBytes: number): Uint8Array {
  return withFile(file, (descriptor, size) => {
    if (size > maxBytes) throw tooLarge(file, maxBytes)
    const content = Buffer.alloc(size)
    let at = 0
    while (at < size) {
      const count = fs.readSync(descriptor, content, at, size - at, null)
      if (count === 0) break
      at += count
    }
    return content.subarray(0, at)
  })
}

function* lines(file: string, maxLineBytes: number): Generator<Line> {
  const descriptor = open(file)
  try {
    yield* splitLines(file, descriptor, maxLineBytes)
  } finally {
    fs.closeSync(descriptor)
  }
}

function* splitLines(file: string, descriptor: number, maxLineBytes: number): Generator<Line> {
  const block = Buffer.alloc(BLOCK)
  let parts: Buffer[] = []
  let length = 0
  let number = 1
  for (;;) {
    const count = readBlock(file, descriptor, block)
    if (count === 0) break
    let start = 0
    for (
      let end = block.indexOf(0x0a);
      end !== -1 && end < count;
      end = block.indexOf(0x0a, start)
    ) {
      if (length + end - start > maxLineBytes)
        throw tooLarge(`line ${number} of ${file}`, maxLineBytes)
      yield { number, bytes: withoutReturn(Buffer.concat([...parts, block.subarray(start, end)])) }
      parts = []
      length = 0
      number += 1
      start = end + 1
    }
    length += count - start
    if (length > maxLineBytes) throw tooLarge(`line ${number} of ${file}`, maxLineBytes)
    parts.push(Buffer.from(block.subarray(start, count)))
  }
  if (length > 0) yield { number, bytes: withoutReturn(Buffer.concat(parts)) }
}

function readBlock(file: string, descriptor: number, block: Buffer): number {
  try {
    return fs.readSync(descriptor, block, 0, block.byteLength, null)
  } catch (cause) {
    throw unreadable(file, cause)
  }
}

function withoutReturn(line: Buffer): Uint8Array {
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line
}

function withFile<Value>(file: string, use: (descriptor: number, size: number) => Value): Value {
  const descriptor = open(file)
  try {
    return use(descriptor, fs.fstatSync(descriptor).size)
  } catch (cause) {
    throw cause instanceof WheelproofError ? cause : unreadable(file, cause)
  } finally {
    fs.closeSync(descriptor)
  }
}

async function whileOpen<Value>(
  file: string,
  use: (descriptor: number, size: number) => Promise<Value>,
): Promise<Value> {
  const descriptor = open(file)
  try {
    return await use(descriptor, fs.fstatSync(descriptor).size)
  } catch (cause) {
    throw cause instanceof WheelproofError ? cause : unreadable(file, cause)
  } finally {
    fs.closeSync(descriptor)
  }
}

/**
 * Whether a path may stand for several files: both runtimes decode every octet of a name that is not UTF-8 as U+FFFD, in folders, patterns
 * and arguments alike, so another file could be opened in its place.
 */
function isAmbiguous(file: string): boolean {
  return file.includes("\uFFFD")
}

/** Opens without waiting, so that a pipe that nobody writes to cannot hang us, and then makes sure that it is a regular file. */
function open(file: string): number {
  if (isAmbiguous(file)) {
    throw new WheelproofError(
      "ERR_INPUT_UNREADABLE",
      `${file} cannot be told from other files: its name is not UTF-8, or holds the replacement character`,
      { hint: "rename it" },
    )
  }
  let descriptor: number
  try {
    descriptor = fs.openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (cause) {
    throw unreadable(file, cause)
  }
  const stats = fs.fstatSync(descriptor)
  if (stats.isFile()) return descriptor
  fs.closeSync(descriptor)
  throw new WheelproofError(
    "ERR_INPUT_UNREADABLE",
    stats.isDirectory() ? `${file} is a folder, not a file` : `${file} is not a regular file`,
  )
}

function unreadable(file: string, cause: unknown): WheelproofError {
  if (codeOf(cause) === "ENOENT") {
    return new WheelproofError("ERR_INPUT_NOT_FOUND", `there is no file ${file}`, { cause })
  }
  return new WheelproofError(
    "ERR_INPUT_UNREADABLE",
    `${file} could not be read: ${reasonOf(cause)}`,
    {
      cause,
    },
  )
}

function tooLarge(what: string, maxBytes: number): WheelproofError {
  return new WheelproofError("ERR_INPUT_TOO_LARGE", `${what} is over ${maxBytes} bytes`)
}
