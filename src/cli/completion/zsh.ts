import type { Command } from "../command.ts"
import type { FlagSpec } from "../flag.ts"
import { type Completes, completesArguments, completesFlag, flagsWithHelp } from "./words.ts"

/** A completion script for zsh: a file `_wheelproof` in `$fpath`, or to be sourced after `compinit`. */
export function zshCompletion(commands: readonly Command[]): string {
  const names = commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`)
  return `#compdef wheelproof
_wheelproof() {
  local -a commands
  commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$command" in
${commands.map((command) => commandCase(command, commands)).join("\n")}
  esac
}
if [[ "$funcstack[1]" == _wheelproof ]]; then
  _wheelproof "$@"
else
  compdef _wheelproof wheelproof
fi
`
}

function commandCase(command: Command, commands: readonly Command[]): string {
  const specs = flagsWithHelp(command).flatMap(([name, spec]) => flagSpecs(name, spec))
  if (command.positionals.kind !== "none") {
    specs.push(`*:argument:${action(completesArguments(command, commands))}`)
  }
  return [
    `    ${command.name})`,
    `      _arguments -s ${specs.map((spec) => `\\\n        ${quote(spec)}`).join(" ")}`,
    "      ;;",
  ].join("\n")
}

function flagSpecs(name: string, spec: FlagSpec): string[] {
  const names = spec.short === undefined ? [`--${name}`] : [`--${name}`, `-${spec.short}`]
  const help = escapeHelp(spec.help)
  return names.map((flag) =>
    spec.kind === "switch"
      ? `${flag}[${help}]`
      : `${spec.repeatable === true ? "*" : ""}${flag}=[${help}]:value:${action(completesFlag(spec))}`,
  )
}

function action(completes: Completes): string {
  switch (completes.kind) {
    case "file":
      return "_files"
    case "folder":
      return "_files -/"
    case "words":
      return `(${completes.words.join(" ")})`
    case "text":
      return " "
  }
}

// `[`, `]` and `:` delimit the parts of an _arguments specification.
function escapeHelp(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, String.raw`\$&`)
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
