import { constants } from "node:fs"
import * as fs from "node:fs"
import path from "node:path"

import { WheelproofError } from "../core/errors.ts"

/** What a path leads to, symbolic links followed. */
export type PathKind = "file" | "folder" | "missing" | "other"

/** Files, as use cases see them. Every read has a limit as an argument. */
export interface Files {
  /** A path whose name is not UTF-8 is "other": no path opens such a file for certain. */
  kind(file: string): PathKind
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
}

/** A line of a file; numbers begin with 1. */
export interface Line {
  readonly number: number
  readonly bytes: Uint8Array
}

const BLOCK = 256 * 1024

/** The machine's files. Errors are `ERR_INPUT_NOT_FOUND`, `ERR_INPUT_UNREADABLE`, `ERR_INPUT_TOO_LARGE` and `ERR_OUTPUT`. */
export function createFiles(): Files {
  return { kind, list, read, lines, withFile, whileOpen, write }
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

function write(file: string, content: string | Uint8Array, replace: boolean): void {
  if (!replace && fs.existsSync(file)) {
    throw new WheelproofError("ERR_OUTPUT", `${file} exists already`, {
      hint: "name another file, or replace it with --force",
    })
  }
  try {
    const { target, mode } = placeFor(file)
    const temporary = path.join(
      path.dirname(target),
      `.${path.basename(target)}.${process.pid}.tmp`,
    )
    const descriptor = fs.openSync(temporary, "wx", 0o644)
    try {
      if (mode !== undefined) fs.fchmodSync(descriptor, mode)
      fillAndMove(descriptor, temporary, { file: target, content, replace })
    } finally {
      fs.rmSync(temporary, { force: true })
    }
  } catch (cause) {
    if (cause instanceof WheelproofError) throw cause
    throw new WheelproofError("ERR_OUTPUT", `${file} could not be written: ${reasonOf(cause)}`, {
      cause,
    })
  }
}

/**
 * Where a file is written, and with which permissions: a link stays a link and its file is replaced; a file keeps its mode. Only a file can
 * be replaced: a device or a pipe that is renamed over is gone for everybody.
 */
function placeFor(file: string): { readonly target: string; readonly mode?: number } {
  const stats = fs.statSync(file, { throwIfNoEntry: false })
  if (stats === undefined) return { target: file }
  if (stats.isFile()) return { target: fs.realpathSync(file), mode: stats.mode & 0o777 }
  throw new WheelproofError("ERR_OUTPUT", `${file} is not a file`, {
    hint: "name a file, or leave --output out and redirect standard output",
  })
}

function fillAndMove(
  descriptor: number,
  temporary: string,
  { file, content, replace }: { file: string; content: string | Uint8Array; replace: boolean },
): void {
  try {
    fs.writeFileSync(descriptor, content)
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
  if (replace) fs.renameSync(temporary, file)
  else moveToFreeName(temporary, file)
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

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
  ELOOP: "too many symbolic links",
  ENXIO: "it is not a regular file",
  ENOSPC: "no space left",
  EROFS: "the file system is read-only",
  EEXIST: "it exists already",
  ENOENT: "there is no such folder",
}

function reasonOf(cause: unknown): string {
  const code = codeOf(cause)
  return WORDS[code] ?? (code === "" ? "unknown reason" : code)
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : ""
}
