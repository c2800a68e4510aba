import type { CommandEnd, RunCommand } from "../io/command.ts"

/** Hears how far a build is. */
export interface BuildWatch {
  /** A step begins; a few words in the present tense. */
  step(words: string): void
  /** A line that a build tool wrote. */
  line(text: string): void
}

/** What build tools are run with. */
export interface ToolEffects {
  readonly run: RunCommand
  /** The variables that they see. */
  readonly environment: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

const QUESTION_MS = 60_000

/** Asks a program something that it answers at once. Undefined where there is no such program. */
export async function ask(
  command: readonly [string, ...string[]],
  folder: string,
  { run, environment, signal }: ToolEffects,
): Promise<CommandEnd | undefined> {
  try {
    return await run({ command, folder, environment, timeoutMs: QUESTION_MS, signal })
  } catch (error) {
    if (isMissingProgram(error)) return undefined
    throw error
  }
}

// Its cause says so: a program that is there and takes too long is something else.
function isMissingProgram(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return (
    cause instanceof Error &&
    "code" in cause &&
    (cause.code === "ENOENT" || cause.code === "EACCES")
  )
}
