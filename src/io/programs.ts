import { type ChildProcess, spawn } from "node:child_process"
import process from "node:process"

import { WheelproofError } from "../core/errors.ts"

/** A program to run: its name or path, and its arguments. There is no shell in between. */
export interface Program {
  readonly command: readonly [string, ...string[]]
  readonly folder: string
  readonly environment: Environment
}

/** The variables that a program sees: these, and no others. */
export type Environment = Readonly<Record<string, string | undefined>>

/** How a program ended. */
export interface Ended {
  /** The exit code; undefined where a signal ended it. */
  readonly status: number | undefined
  /** What it wrote to standard output, as far as the limit goes. */
  readonly stdout: string
}

/** Other programs, as use cases see them. */
export interface Programs {
  /**
   * Runs a program to its end. `hear` gets each line of both its output streams. Undefined where there is no such program. Throws
   * `ERR_INTERRUPTED`; then the program and all that it started were stopped.
   */
  run(program: Program, hear?: (line: string) => void): Promise<Ended | undefined>
}

const MAX_OUTPUT = 1_048_576
const MAX_LINE = 4_096

/** The machine's programs. `signal` stops what runs. */
export function createPrograms(signal: AbortSignal): Programs {
  return { run: async (program, hear) => await run(program, hear ?? (() => undefined), signal) }
}

async function run(
  { command: [name, ...args], folder, environment }: Program,
  hear: (line: string) => void,
  signal: AbortSignal,
): Promise<Ended | undefined> {
  if (signal.aborted) throw interrupted()
  const child = spawn(name, args, {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that all that it starts can be stopped with it.
    detached: !isWindows(),
  })
  const stop = (): void => stopGroup(child)
  signal.addEventListener("abort", stop, { once: true })
  try {
    const output = { text: "" }
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output.text = (output.text + text).slice(0, MAX_OUTPUT)
    })
    eachLine(child.stdout, hear)
    eachLine(child.stderr.setEncoding("utf8"), hear)
    const ended = await endOf(child)
    if (signal.aborted) throw interrupted()
    return ended === "missing" ? undefined : { ...ended, stdout: output.text }
  } finally {
    signal.removeEventListener("abort", stop)
  }
}

async function endOf(child: ChildProcess): Promise<{ status: number | undefined } | "missing"> {
  return await new Promise((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "EACCES") resolve("missing")
      else reject(error)
    })
    child.on("close", (status) => resolve({ status: status ?? undefined }))
  })
}

function eachLine(stream: NodeJS.ReadableStream, hear: (line: string) => void): void {
  let rest = ""
  stream.on("data", (text: string) => {
    const lines = `${rest}${text}`.split(/\r\n|[\r\n]/)
    rest = (lines.pop() ?? "").slice(0, MAX_LINE)
    for (const line of lines) hear(line.slice(0, MAX_LINE))
  })
  stream.on("end", () => {
    if (rest !== "") hear(rest)
  })
}

// The whole group, at once and without a question: the process may be about to exit, and a build has nothing to save.
function stopGroup(child: ChildProcess): void {
  if (child.pid === undefined || isWindows()) {
    child.kill("SIGKILL")
    return
  }
  try {
    process.kill(-child.pid, "SIGKILL")
  } catch {
    child.kill("SIGKILL")
  }
}

function isWindows(): boolean {
  return process.platform === "win32"
}

function interrupted(): WheelproofError {
  return new WheelproofError("ERR_INTERRUPTED", "interrupted")
}
