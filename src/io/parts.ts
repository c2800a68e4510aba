import { type ChildProcess, spawn } from "node:child_process"

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
 * Runs a part to its end and hands on its messages. Rejects where the part cannot be started, ends badly or is aborted, and where
 * `hear` throws; then the part is stopped.
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
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", resolve)
  })
  if (status !== 0) throw new Error(`a part of the run ended with ${status ?? "a signal"}`)
}

async function* messagesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array()
  for await (const data of stream) {
    const all = Buffer.concat([rest, data])
    let at = 0
    while (all.byteLength - at >= LENGTH_BYTES) {
      const end = at + LENGTH_BYTES + all.readUInt32BE(at)
      if (end > all.byteLength) break
      yield all.subarray(at + LENGTH_BYTES, end)
      at = end
    }
    rest = all.subarray(at)
  }
}
