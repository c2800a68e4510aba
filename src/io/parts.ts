import { type ChildProcess, spawn } from "node:child_process"

import { WheelproofError } from "../core/errors.ts"

/** A program of our own, run beside this one: its command line, and what it reads from standard input. */
export interface Part {
  readonly command: readonly [string, ...string[]]
  readonly input: string
}

const LENGTH_BYTES = 4

/** One message as it goes over a part's standard output: four octets of length, then the message. */
export function frameMessage(message: Uint8Array): Uint8Array {
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32BE(message.byteLength)
  return Buffer.concat([length, message])
}

/**
 * Runs a part to its end and hands on its messages. Rejects where the part cannot be started, ends badly, is stopped (`ERR_STOPPED`) or
 * aborted, and where `hear` throws; then the part is stopped.
 */
export async function runPart(
  { command, input }: Part,
  hear: (message: Uint8Array) => void,
  signal: AbortSignal,
): Promise<void> {
  const [program, ...args] = command
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"], signal })
  const ended = endOf(child)
  // It is asked for last; until then its failure must not count as unhandled.
  ended.catch(() => undefined)
  // A part that died before it read its input says so by its end.
  child.stdin.on("error", () => undefined)
  child.stdin.end(input)
  try {
    for await (const message of messagesOf(child.stdout)) hear(message)
    await ended
  } finally {
    child.kill()
  }
}

async function endOf(child: ChildProcess): Promise<void> {
  const { status, signal } = await new Promise<Ended>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code, name) => resolve({ status: code, signal: name }))
  })
  if (signal !== null) {
    throw new WheelproofError("ERR_STOPPED", `a process of this run was stopped by ${signal}`, {
      hint: "it may have been short of memory: run it again with --concurrency 1",
    })
  }
  if (status !== 0) throw new Error(`a part of the run ended with ${status ?? "no status"}`)
}

interface Ended {
  readonly status: number | null
  readonly signal: string | null
}

/** Takes messages out of a stream as it comes; what is there of one is put together once, when all of it is. */
async function* messagesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = []
  let length = 0
  let needed = LENGTH_BYTES
  for await (const data of stream) {
    parts.push(data)
    length += data.byteLength
    if (length < needed) continue
    let rest = Buffer.concat(parts)
    for (;;) {
      needed = rest.byteLength < LENGTH_BYTES ? LENGTH_BYTES : LENGTH_BYTES + rest.readUInt32BE()
      if (rest.byteLength < needed) break
      yield rest.subarray(LENGTH_BYTES, needed)
      rest = rest.subarray(needed)
    }
    parts = [rest]
    length = rest.byteLength
  }
}
