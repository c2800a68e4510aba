import type { Command, CommandGroup } from "./command.ts"
import { EXIT_CODES, type ExitCode } from "./exit.ts"
import type { FlagGroup, FlagSpec } from "./flag.ts"
import { COMMANDS } from "./table.ts"

const WIDTH = 96
const COMMAND_GROUPS: readonly CommandGroup[] = [
  "verify",
  "publish",
  "evidence",
  "trust",
  "rehearse",
  "help",
]
const FLAG_GROUPS: readonly FlagGroup[] = [
  "what to verify",
  "what to build",
  "what to attest",
  "expectations",
  "signing",
  "trust",
  "the world",
  "output",
]

/** The exit codes of slsa-verifier's commands. */
export const PFLAG_EXIT_CODES: Readonly<Partial<Record<ExitCode, string>>> = {
  0: "every artifact passed",
  1: "anything else, a usage error too",
  130: "interrupted",
}

/** `wheelproof --help`: every command in groups, and one example. */
export function overview(): string {
  const lines = ["wheelproof: know where every wheel came from", ""]
  lines.push("usage: wheelproof COMMAND [FLAGS] [ARGUMENTS]", "")
  const width = Math.max(...COMMANDS.map(({ name }) => name.length))
  for (const group of COMMAND_GROUPS) {
    lines.push(`${group}:`)
    const rows = COMMANDS.filter((command) => command.group === group)
    lines.push(...rows.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`), "")
  }
  lines.push("example:")
  lines.push(...commandLines(COMMANDS[0]?.examples[0]?.line ?? ""), "")
  lines.push("run `wheelproof COMMAND --help` for its flags, examples and exit codes")
  return lines.map((line) => `${line}\n`).join("")
}

/** `wheelproof COMMAND --help`: usage, description, flags in groups, examples and exit codes. */
export function commandHelp(command: Command): string {
  const lines = [usageLine(command), ""]
  for (const paragraph of command.description) lines.push(...wrap(paragraph, WIDTH), "")
  lines.push(...flagLines(command))
  if (command.examples.length > 0) lines.push("examples:")
  for (const { about, line } of command.examples) lines.push(`  # ${about}`, ...commandLines(line))
  if (command.examples.length > 0) lines.push("")
  lines.push("exit codes:", ...columns(exitRows(command)))
  return lines.map((line) => `${line}\n`).join("")
}

/** Usage and flags only, as slsa-verifier prints them before a usage error. */
export function commandUsage(command: Command): string {
  const lines = [usageLine(command), "", ...flagLines(command)]
  return lines
    .slice(0, -1)
    .map((line) => `${line}\n`)
    .join("")
}

/** The exit codes that a command can end in, with what they mean. */
export function exitRows(command: Command): (readonly [string, string])[] {
  const drop = command.dialect === "pflag"
  const verifies = command.exits.includes(1)
  return command.exits.map((code) => {
    const done = code === 0 && !verifies ? "done" : EXIT_CODES[code]
    const own = command.exitTexts?.[code] ?? (drop ? PFLAG_EXIT_CODES[code] : undefined)
    return [String(code), own ?? done] as const
  })
}

/** `-q, --quiet`, `--format FORMAT`. */
export function flagUsage(name: string, spec: FlagSpec): string {
  const short = spec.short === undefined ? "" : `-${spec.short}, `
  return `${short}--${name}${spec.value === undefined ? "" : ` ${spec.value}`}`
}

/** The flag's help with what its kind adds: choices, repetition, necessity. */
export function flagHelp(spec: FlagSpec): string {
  const parts = [spec.help]
  if (spec.kind === "choice") parts.push(`one of ${spec.choices.join(", ")}`)
  if (spec.repeatable === true) parts.push("may be repeated")
  if (spec.required === true) parts.push("required")
  return parts.join("; ")
}

/** `usage: wheelproof …`, wrapped. */
export function usageLine({ name, positionals, flags }: Command): string {
  const required = Object.entries(flags).filter(([, spec]) => spec.required === true)
  const words = ["usage: wheelproof", name, positionals.usage]
  if (Object.keys(flags).length > 0) words.push("[FLAGS]")
  words.push(...required.map(([flag, spec]) => flagUsage(flag, spec)))
  return wrap(words.filter((word) => word !== "").join(" "), WIDTH).join("\n  ")
}

function flagLines({ positionals, flags }: Command): string[] {
  const lines: string[] = []
  const entries = Object.entries(flags)
  if (positionals.kind !== "none") {
    lines.push("arguments:", ...columns([[positionals.usage, positionals.help]]), "")
  }
  for (const group of FLAG_GROUPS) {
    const rows = entries.filter(([, spec]) => spec.group === group)
    if (rows.length === 0) continue
    lines.push(`${group}:`)
    lines.push(...columns(rows.map(([name, spec]) => [flagUsage(name, spec), flagHelp(spec)])), "")
  }
  return lines
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(30, Math.max(...rows.map(([left]) => left.length)))
  const indent = " ".repeat(width + 4)
  return rows.flatMap(([left, right]) => {
    const [first = "", ...rest] = wrap(right, WIDTH - width - 4)
    const tail = rest.map((line) => indent + line)
    return left.length > width
      ? [`  ${left}`, indent + first, ...tail]
      : [`  ${left.padEnd(width)}  ${first}`, ...tail]
  })
}

function commandLines(line: string): string[] {
  // A flag and its value stay together: the backslash between them would read as part of the value.
  const glued = line.replaceAll(/(--[\w-]+) (?!-)/g, "$1\u00A0")
  const [first = "", ...rest] = wrap(glued, WIDTH - 8).map((text) => text.replaceAll("\u00A0", " "))
  const all = [`  ${first}`, ...rest.map((text) => `      ${text}`)]
  return all.map((text, index) => (index < all.length - 1 ? `${text} \\` : text))
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ""
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === "" ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}
