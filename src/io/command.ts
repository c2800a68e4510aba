import { type ChildProcess, spawn } from "node:child_process"
import process from "node:process"

import { WheelproofError } from "../core/errors.ts"

/** A program of somebody else's: never through a shell. */
export interface CommandRequest {
  readonly command: readonly [program: string, ...args: string[]]
  readonly folder: string
  /** All of its environment; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Gets each line of both streams as it is written. */
  readonly hear?: (line: string) => void
}

/** How a program ended, and the end of what it wrote. */
export interface CommandEnd {
  /** Null where a signal ended it. */
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs programs. */
export type RunCommand = (request: CommandRequest) => Promise<CommandEnd>

const SHOWN_LINES = 12

/** The end of what a program wrote, where its errors are, in one line for a message. */
export function lastWords({ stdout, stderr, status }: CommandEnd): string {
  const lines = `${stdout}\n${stderr}`
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
  const ended = `it ended with ${status === null ? "a signal" : `status ${status}`}`
  return [...lines.slice(-SHOWN_LINES), ended].join("; ")
}

/** What is kept of each stream: its end, where errors are. */
const KEPT_CHARACTERS = 1_048_576

/**
 * Runs a program to its end; its exit status is for the caller to judge. An interrupt or the time limit ends it with everything that it
 * has started. Throws `ERR_COMMAND` where there is no such program or it takes too long, and `ERR_INTERRUPTED`.
 */
export async function runCommand(request: CommandRequest): Promise<CommandEnd> {
  const { command, folder, environment, timeoutMs, signal } = request
  refuseAborted(signal)
  const [program, ...args] = command
  const child = spawn(program, args, {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that its children can be ended too.
    detached: process.platform !== "win32",
    windowsHide: true,
  })
  const written = { stdout: "", stderr: "" }
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      written[name] = (written[name] + text).slice(-KEPT_CHARACTERS)
    })
    if (request.hear !== undefined) hearLines(child[name], request.hear)
  }
  const timeout = AbortSignal.timeout(timeoutMs)
  const either = AbortSignal.any([signal, timeout])
  const grace = stopGroupOn(either, child.pid)
  try {
    const status = await endOf(child, program)
    refuseAborted(signal)
    if (timeout.aborted) {
      throw new WheelproofError("ERR_COMMAND", `${program} took longer than ${timeoutMs / 1000} s`)
    }
    return { status, ...written }
  } finally {
    grace.over()
  }
}

/** What is kept of a line that does not end. */
const KEPT_OF_LINE = 4_096

function hearLines(stream: NodeJS.ReadableStream, hear: (line: string) => void): void {
  let rest = ""
  stream.on("data", (text: string) => {
    const lines = `${rest}${text}`.split(/\r\n|[\r\n]/)
    rest = (lines.pop() ?? "").slice(0, KEPT_OF_LINE)
    for (const line of lines) hear(line.slice(0, KEPT_OF_LINE))
  })
  stream.on("end", () => {
    if (rest !== "") hear(rest)
  })
}

/** Throws `ERR_INTERRUPTED` where the user has interrupted the run. */
export function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new WheelproofError("ERR_INTERRUPTED", "interrupted")
}

async function endOf(child: ChildProcess, program: string): Promise<number | null> {
  return await new Promise((resolve, reject) => {
    child.on("error", (cause) => {
      reject(
        new WheelproofError("ERR_COMMAND", `${program} could not be started`, {
          hint: `install it, or check that ${program} is in your PATH`,
          cause,
        }),
      )
    })
    child.on("close", resolve)
  })
}

const GRACE_MS = 2_000

/** When the signal aborts, asks a program and all that it started to end, and ends what is still there after a while. */
function stopGroupOn(signal: AbortSignal, pid: number | undefined): { readonly over: () => void } {
  let killer: NodeJS.Timeout | undefined
  const stop = (): void => {
    if (pid === undefined) return
    signalGroup(pid, "SIGTERM")
    killer = setTimeout(() => signalGroup(pid, "SIGKILL"), GRACE_MS)
  }
  signal.addEventListener("abort", stop, { once: true })
  return {
    over() {
      signal.removeEventListener("abort", stop)
      clearTimeout(killer)
    },
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal)
  } catch {
    // It has ended by itself.
  }
}
