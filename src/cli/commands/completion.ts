import type { Command, Input, Outcome } from "../command.ts"
import { bashCompletion } from "../completion/bash.ts"
import { fishCompletion } from "../completion/fish.ts"
import { zshCompletion } from "../completion/zsh.ts"
import type { NO_FLAGS } from "../flag-tables.ts"
import { usageError } from "../parse.ts"
import { COMMANDS } from "../table.ts"

/** `completion SHELL`: a script for the shell, made from the command table. */
export async function runCompletion({ positionals }: Input<typeof NO_FLAGS>): Promise<Outcome> {
  const [shell = ""] = positionals
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined
  if (script === undefined) throw usageError("completion", "the shell is one of bash, zsh, fish")
  return { stdout: script(COMMANDS), stderr: "", exit: 0 }
}

const SCRIPTS: Readonly<Record<string, (commands: readonly Command[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}
