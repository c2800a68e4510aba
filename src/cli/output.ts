import { fstatSync, writeSync } from "node:fs"
import process from "node:process"
import type { WriteStream } from "node:tty"

import { WheelproofError } from "../core/errors.ts"
import type { Stream } from "./context.ts"

/**
 * One of the process's outputs. The runtime's stream is only loaded for a terminal: everywhere else, loading it takes longer than the
 * verification whose result is written.
 */
export function openOutput(descriptor: 1 | 2): Stream {
  return isDevice(descriptor) ? openStream(streamOf(descriptor)) : openDescriptor(descriptor)
}

function streamOf(descriptor: 1 | 2): WriteStream {
  return descriptor === 1 ? process.stdout : process.stderr
}

/** Whether it can be a terminal; also of what cannot be looked at, which is the stream's to deal with. */
function isDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice()
  } catch {
    return true
  }
}

/**
 * A reader that has gone, such as `head`, is no error: the run goes on to its own exit code. Any other failure to write throws
 * `ERR_OUTPUT`: a result that could not be written must not look like success.
 */
function openStream(stream: WriteStream): Stream {
  let gone = false
  stream.on("error", (error: NodeJS.ErrnoException) => {
    gone = error.code === "EPIPE"
  })
  return {
    isTerminal: stream.isTTY,
    // Some terminals do not know their width, and say 0.
    columns: stream.columns > 0 ? stream.columns : 80,
    write: async (data) => {
      if (gone) return
      const error = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) => {
        stream.write(data, resolve)
      })
      if (!(error instanceof Error) || error.code === "EPIPE") return
      throw unwritable(error)
    },
  }
}

/** The same promise as {@link openStream}'s, for a file or a pipe. */
function openDescriptor(descriptor: 1 | 2): Stream {
  let gone = false
  let stream: Stream | undefined
  return {
    isTerminal: false,
    columns: 80,
    write: async (data) => {
      if (gone) return
      const bytes = typeof data === "string" ? Buffer.from(data) : data
      let written = 0
      try {
        if (stream === undefined) written = writeNow(descriptor, bytes)
      } catch (error) {
        gone = codeOf(error) === "EPIPE"
        if (gone) return
        throw unwritable(error)
      }
      if (written === bytes.byteLength) return
      stream ??= openStream(streamOf(descriptor))
      await stream.write(bytes.subarray(written))
    },
  }
}

/**
 * Writes as much as the descriptor takes, and says how much that was: all of it, unless somebody has set the pipe to refuse what it
 * cannot take at once. The runtime's stream knows how to wait for such a one.
 */
function writeNow(descriptor: number, bytes: Uint8Array): number {
  let written = 0
  try {
    while (written < bytes.byteLength) written += writeSync(descriptor, bytes, written)
  } catch (error) {
    if (codeOf(error) !== "EAGAIN") throw error
  }
  return written
}

function unwritable(cause: unknown): WheelproofError {
  return new WheelproofError("ERR_OUTPUT", "the result could not be written", { cause })
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : ""
}
