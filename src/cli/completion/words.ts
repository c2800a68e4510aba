import type { Command } from "../command.ts"
import type { FlagSpec } from "../flag.ts"

/** What can stand somewhere on a command line. */
export type Completes =
  | { readonly kind: "file" | "folder" | "text" }
  | { readonly kind: "words"; readonly words: readonly string[] }

/** What the value of a flag can be. */
export function completesFlag(spec: FlagSpec): Completes {
  switch (spec.kind) {
    case "choice":
      return { kind: "words", words: spec.choices }
    case "file":
    case "path":
      return { kind: "file" }
    case "folder":
      return { kind: "folder" }
    case "text":
    case "url":
    case "number":
    case "switch":
      return { kind: "text" }
  }
}

/** What the arguments of a command can be; `help` takes the names of `commands`. */
export function completesArguments(command: Command, commands: readonly Command[]): Completes {
  const { kind, choices } = command.positionals
  if (command.name === "help") return { kind: "words", words: commands.map(({ name }) => name) }
  if (choices !== undefined) return { kind: "words", words: choices }
  return { kind: kind === "path" ? "file" : "text" }
}

/** The flags of a command with `help`, which every command has. */
export function flagsWithHelp(command: Command): readonly (readonly [string, FlagSpec])[] {
  const help = { kind: "switch", group: "output", short: "h", help: "show help" } as const
  return [...Object.entries(command.flags), ["help", help]]
}
