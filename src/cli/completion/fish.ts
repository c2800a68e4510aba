import type { Command } from "../command.ts"
import { type Completes, completesArguments, completesFlag, flagsWithHelp } from "./words.ts"

/** A completion script for fish. */
export function fishCompletion(commands: readonly Command[]): string {
  const lines = ["# fish completion for wheelproof", "complete -c wheelproof -f"]
  for (const { name, summary } of commands) {
    lines.push(`complete -c wheelproof -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`)
  }
  lines.push("complete -c wheelproof -n __fish_use_subcommand -l help -s h -d 'show help'")
  lines.push(
    "complete -c wheelproof -n __fish_use_subcommand -l version -s V -d 'print the version'",
  )
  for (const command of commands) lines.push(...commandLines(command, commands))
  return lines.map((line) => `${line}\n`).join("")
}

function commandLines(command: Command, commands: readonly Command[]): string[] {
  // The command is the second word; a file of the same name further on is not.
  const start = `complete -c wheelproof -n 'test (commandline -opc)[2] = ${command.name}'`
  const flags = flagsWithHelp(command).map(([name, spec]) => {
    const short = spec.short === undefined ? "" : ` -s ${spec.short}`
    const value = spec.kind === "switch" ? "" : ` -r ${action(completesFlag(spec))}`
    return `${start} -l ${name}${short}${value} -d ${quote(spec.help)}`
  })
  const completes = completesArguments(command, commands)
  return completes.kind === "text" ? flags : [...flags, `${start} ${action(completes)}`]
}

function action(completes: Completes): string {
  switch (completes.kind) {
    case "file":
      return "-F"
    case "folder":
      return "-f -a '(__fish_complete_directories)'"
    case "words":
      return `-f -a ${quote(completes.words.join(" "))}`
    case "text":
      return "-f"
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`
}
