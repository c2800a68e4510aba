import type { Command } from "../command.ts"
import { type Completes, completesArguments, completesFlag, flagsWithHelp } from "./words.ts"

/** A completion script for bash 3.2 and later, without the bash-completion package. */
export function bashCompletion(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name).join(" ")
  return `# bash completion for wheelproof; use: source <(wheelproof completion bash)
_wheelproof_files() {
  local line
  compopt -o filenames 2>/dev/null
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$1" -- "$cur")
}
_wheelproof_words() {
  local line
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -W "$1" -- "$cur")
}
_wheelproof() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    _wheelproof_words "${names} --help --version"
    return
  fi
  # bash splits \`--flag=value\` at the equals sign
  if [[ $cur == "=" ]]; then
    cur=""
  elif [[ $prev == "=" ]]; then
    prev="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  case "$command" in
${commands.map((command) => commandCase(command, commands)).join("\n")}
  esac
}
complete -F _wheelproof wheelproof
`
}

function commandCase(command: Command, commands: readonly Command[]): string {
  const flags = flagsWithHelp(command)
  const values = flags.flatMap(([name, spec]) =>
    spec.kind === "switch" ? [] : [`        --${name}) ${action(completesFlag(spec))}; return ;;`],
  )
  const cases = values.length === 0 ? [] : ['      case "$prev" in', ...values, "      esac"]
  return [
    `    ${command.name})`,
    ...cases,
    "      if [[ $cur == -* ]]; then",
    `        _wheelproof_words "${flags.map(([name]) => `--${name}`).join(" ")}"`,
    "        return",
    "      fi",
    `      ${action(completesArguments(command, commands))}`,
    "      ;;",
  ].join("\n")
}

function action(completes: Completes): string {
  switch (completes.kind) {
    case "file":
      return "_wheelproof_files -f"
    case "folder":
      return "_wheelproof_files -d"
    case "words":
      return `_wheelproof_words "${completes.words.join(" ")}"`
    case "text":
      return ":"
  }
}
