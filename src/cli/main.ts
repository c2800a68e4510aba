import { WheelproofError } from "../core/errors.ts"
import type { Command, Outcome } from "./command.ts"
import type { Context } from "./context.ts"
import { errorExitCode, type ExitCode } from "./exit.ts"
import { parseCommandLine, usageError } from "./parse.ts"
import { renderError } from "./render/error.ts"
import { findCommand, unknownCommand } from "./table.ts"
import { visible } from "./text.ts"

/**
 * Runs one command line, writes what it has to say, and returns the exit code. An interrupt discards the result: 130. A result that
 * cannot be written is an error, whatever it was.
 */
export async function main(argv: readonly string[], context: Context): Promise<ExitCode> {
  const { stdout, stderr, signal, environment } = context.terminal
  const concluded = conclude(argv, context)
  const endsItself = findCommand(argv[0] ?? "")?.endsItself === true
  const outcome = await (endsItself ? concluded : Promise.race([concluded, interruption(signal)]))
  try {
    if (outcome.stdout !== "") await stdout.write(outcome.stdout)
    if (outcome.stderr !== "") await stderr.write(outcome.stderr)
    return outcome.exit
  } catch (error) {
    // Standard error may be gone too; the exit code remains.
    await stderr.write(renderError(error, environment)).catch(() => undefined)
    return outcome.exit === 0 ? errorExitCode(error) : outcome.exit
  }
}

async function conclude(argv: readonly string[], context: Context): Promise<Outcome> {
  const command = findCommand(argv[0] ?? "")
  try {
    if (command === undefined) return await withoutCommand(argv)
    const parsed = parseCommandLine(command, argv.slice(1))
    if (parsed.kind === "run") return await command.run(parsed.input, context)
    const { commandHelp } = await import("./help.ts")
    return { stdout: commandHelp(command), stderr: "", exit: 0 }
  } catch (error) {
    if (command?.dialect === "pflag") return await failLikeSlsaVerifier(command, error, context)
    return {
      stdout: "",
      stderr: renderError(error, context.terminal.environment),
      exit: errorExitCode(error),
    }
  }
}

// slsa-verifier knows no other failure than 1, and prints a command's usage before a usage error.
async function failLikeSlsaVerifier(
  command: Command,
  error: unknown,
  { terminal }: Context,
): Promise<Outcome> {
  const code = error instanceof WheelproofError ? error.code : undefined
  const usage = code === "ERR_USAGE" ? `${(await import("./help.ts")).commandUsage(command)}\n` : ""
  const stderr = usage + renderError(error, terminal.environment)
  return { stdout: "", stderr, exit: code === "ERR_INTERRUPTED" ? 130 : 1 }
}

async function withoutCommand(argv: readonly string[]): Promise<Outcome> {
  const [first] = argv
  if (first === "--version" || first === "-V") {
    const { runVersion } = await import("./commands/version.ts")
    return await runVersion()
  }
  if (first === undefined || first === "--help" || first === "-h") {
    const { overview } = await import("./help.ts")
    // A script that lost its arguments has verified nothing: only an asked for help ends in 0.
    return first === undefined
      ? { stdout: "", stderr: overview(), exit: 2 }
      : { stdout: overview(), stderr: "", exit: 0 }
  }
  throw first.startsWith("-") ? flagBeforeCommand(first) : unknownCommand(first)
}

function flagBeforeCommand(flag: string): WheelproofError {
  return usageError(
    undefined,
    `\`${visible(flag)}\` comes before a command; name the command first`,
  )
}

async function interruption(signal: AbortSignal): Promise<Outcome> {
  return await new Promise((resolve) => {
    const interrupted = (): void =>
      resolve({ stdout: "", stderr: "error: interrupted (ERR_INTERRUPTED)\n", exit: 130 })
    if (signal.aborted) interrupted()
    else signal.addEventListener("abort", interrupted, { once: true })
  })
}
