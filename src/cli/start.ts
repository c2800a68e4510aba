import process from "node:process"

import type { Clock, Context } from "./context.ts"
import { main } from "./main.ts"
import { openOutput } from "./output.ts"

/** Runs the process's command line on its streams, then calls `stop` with the exit code once everything is written. */
export async function start(argv: readonly string[], stop: (exit: number) => void): Promise<void> {
  const interrupt = new AbortController()
  process.on("SIGINT", () => {
    // The first interrupt discards the result; a second one does not wait for anything.
    if (interrupt.signal.aborted) stop(130)
    interrupt.abort()
  })
  const exit =
    argv[0] === PART
      ? await runPart(interrupt.signal)
      : await main(argv, createTerminalContext(interrupt.signal))
  stop(exit)
}

function createTerminalContext(signal: AbortSignal): Context {
  const { env: environment } = process
  return {
    terminal: {
      stdout: openOutput(1),
      stderr: openOutput(2),
      environment,
      clock,
      signal,
    },
    useCases: async () => {
      const { createContext } = await import("../app/wire.ts")
      return createContext({ environment, signal, partCommand: partCommand() })
    },
  }
}

/** The first argument of a process that runs a part of a long `verify`; nothing that a user types. */
const PART = "internal-verify-part"

/** How this program runs itself: the standalone binary by its own name, everything else by its runtime and script. */
function partCommand(): readonly [string, ...string[]] {
  const { execPath, execArgv, argv } = process
  const [, script = ""] = argv
  const isStandalone = /^(?:\/\$bunfs|[A-Z]:[\\/]~BUN)/.test(script)
  return isStandalone ? [execPath, PART] : [execPath, ...execArgv, script, PART]
}

async function runPart(signal: AbortSignal): Promise<number> {
  const [wire, { text }] = await Promise.all([
    import("../app/wire.ts"),
    import("node:stream/consumers"),
  ])
  const stdout = openOutput(1)
  const input = await text(process.stdin)
  await wire.runPart(input, (data) => stdout.write(data), { environment: process.env, signal })
  return 0
}

const clock: Clock = {
  now: () => Date.now(),
  every: (milliseconds, tick) => {
    const timer = setInterval(tick, milliseconds)
    timer.unref()
    return () => clearInterval(timer)
  },
}
