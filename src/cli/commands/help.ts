import type { Input, Outcome } from "../command.ts"
import type { NO_FLAGS } from "../flag-tables.ts"
import { commandHelp, overview } from "../help.ts"
import { findCommand, unknownCommand } from "../table.ts"

/** `help` and `help COMMAND`. */
export async function runHelp({ positionals }: Input<typeof NO_FLAGS>): Promise<Outcome> {
  const [name] = positionals
  if (name === undefined) return { stdout: overview(), stderr: "", exit: 0 }
  const command = findCommand(name)
  if (command === undefined) throw unknownCommand(name)
  return { stdout: commandHelp(command), stderr: "", exit: 0 }
}
