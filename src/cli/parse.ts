import { parseArgs } from "node:util"

import { isConfidential } from "../core/address.ts"
import { WheelproofError } from "../core/errors.ts"
import type { Command, RawInput } from "./command.ts"
import type { FlagSpec } from "./flag.ts"
import { suggest } from "./suggest.ts"
import { visible } from "./text.ts"

/** A command line: something to run, or a wish for help. */
export type Parsed = { readonly kind: "run"; readonly input: RawInput } | { readonly kind: "help" }

type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number]
type OptionToken = Extract<Token, { kind: "option" }>

/**
 * Parses a command's arguments. `--help` with anything beside it, unknown flags, missing or malformed values, repeated single flags and a
 * wrong number of arguments are `ERR_USAGE`; nothing is guessed.
 */
export function parseCommandLine(command: Command, argv: readonly string[]): Parsed {
  const tokens = tokenize(command, argv)
  if (tokens.some((token) => token.kind === "option" && token.name === "help")) {
    // A shell's pattern gives file names as they are. Help ends in 0, so it must be all that was asked for.
    if (argv.length === 1) return { kind: "help" }
    throw usageError(
      command.name,
      "--help stands alone; a file of such a name is written ./--help, or comes after --",
    )
  }
  const positionals: string[] = []
  const values = new Map<string, string[]>()
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value)
    if (token.kind === "option") addValue(command, token, values)
  }
  checkRequired(command, values)
  checkPositionals(command, positionals)
  return { kind: "run", input: { positionals, values } }
}

/** A usage error that says where help is. */
export function usageError(command: string | undefined, message: string): WheelproofError {
  const help = command === undefined ? "wheelproof --help" : `wheelproof ${command} --help`
  return new WheelproofError("ERR_USAGE", message, { hint: `run \`${help}\`` })
}

// `strict: false` with tokens: every strictness is ours, so that every message is too.
function tokenize(command: Command, argv: readonly string[]): readonly Token[] {
  const options: Record<string, { type: "string" | "boolean"; short?: string; multiple: true }> = {
    help: { type: "boolean", short: "h", multiple: true },
  }
  for (const [name, spec] of Object.entries(command.flags)) {
    options[name] = {
      type: spec.kind === "switch" ? "boolean" : "string",
      multiple: true,
      ...(spec.short === undefined ? {} : { short: spec.short }),
    }
  }
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  return tokens
}

function addValue(command: Command, token: OptionToken, values: Map<string, string[]>): void {
  const spec = Object.hasOwn(command.flags, token.name) ? command.flags[token.name] : undefined
  if (spec === undefined) throw unknownFlag(command, token.rawName)
  const value =
    spec.kind === "switch" ? switchValue(command, token) : textValue(command, spec, token)
  const before = values.get(token.name) ?? []
  if (command.dialect === "strict" && before.length > 0 && spec.repeatable !== true) {
    throw usageError(command.name, `--${token.name} is given twice`)
  }
  values.set(token.name, [...before, value])
}

function unknownFlag(command: Command, rawName: string): WheelproofError {
  const names = Object.keys(command.flags)
  const near = suggest(rawName.replace(/^-+/, ""), [...names, "help"])
  const question = near === undefined ? "" : `; did you mean \`--${near}\`?`
  return usageError(command.name, `unknown flag \`${visible(rawName)}\`${question}`)
}

function switchValue(command: Command, token: OptionToken): string {
  if (token.value === undefined) return "true"
  const value = command.dialect === "pflag" ? parseGoBoolean(token.value) : undefined
  if (value !== undefined) return String(value)
  const takes = command.dialect === "pflag" ? "true or false" : "no value"
  throw usageError(command.name, `--${token.name} takes ${takes}, got \`${visible(token.value)}\``)
}

/** Go's `strconv.ParseBool`, which slsa-verifier reads flags and variables with. */
export function parseGoBoolean(text: string): boolean | undefined {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true
  return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? false : undefined
}

function textValue(command: Command, spec: FlagSpec, token: OptionToken): string {
  const { name, value } = token
  if (value === undefined) {
    throw usageError(command.name, `--${name} needs a value: --${name} ${spec.value ?? "VALUE"}`)
  }
  if (command.dialect === "strict" && value === "") {
    throw usageError(command.name, `the value of --${name} is empty`)
  }
  const negative = spec.kind === "number" && /^-\d/.test(value)
  if (command.dialect === "strict" && !token.inlineValue && /^-./.test(value) && !negative) {
    const shown = visible(value)
    throw usageError(
      command.name,
      `--${name} needs a value, but \`${shown}\` comes next; if that is the value, write \`--${name}=${shown}\``,
    )
  }
  const problem = checkValue(spec, value)
  if (problem !== undefined) {
    throw usageError(command.name, `--${name} ${problem}, got \`${visible(value)}\``)
  }
  return value
}

function checkValue(spec: FlagSpec, value: string): string | undefined {
  switch (spec.kind) {
    case "choice":
      return checkChoice(spec.choices, value)
    case "number": {
      const number = /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : Number.NaN
      const whole = spec.integer !== true || Number.isInteger(number)
      if (whole && number >= spec.minimum && number <= spec.maximum) return undefined
      const kind = spec.integer === true ? "a whole number" : "a number"
      return `takes ${kind} from ${spec.minimum} to ${spec.maximum}`
    }
    case "url":
      return checkUrl(value)
    case "text":
    case "file":
    case "folder":
    case "path":
    case "switch":
      return undefined
  }
}

function checkChoice(choices: readonly string[], value: string): string | undefined {
  if (choices.includes(value)) return undefined
  const near = suggest(value, choices)
  const question = near === undefined ? "" : ` (did you mean \`${near}\`?)`
  return `is one of ${choices.join(", ")}${question}`
}

function checkUrl(value: string): string | undefined {
  const url = URL.parse(value)
  if (url !== null && isConfidential(url)) return undefined
  return "takes an https address (http only on this machine)"
}

function checkRequired(command: Command, values: ReadonlyMap<string, unknown>): void {
  const missing = Object.entries(command.flags)
    .filter(([name, spec]) => spec.required === true && !values.has(name))
    .map(([name]) => `--${name}`)
  if (missing.length === 0) return
  const verb = missing.length === 1 ? "is" : "are"
  throw usageError(command.name, `${missing.join(" and ")} ${verb} required`)
}

function checkPositionals(command: Command, positionals: readonly string[]): void {
  const { usage, minimum, maximum, choices } = command.positionals
  if (positionals.length < minimum) throw usageError(command.name, `${usage} is missing`)
  const surplus = positionals[maximum]
  if (surplus !== undefined) {
    const room = maximum === 0 ? "takes no arguments" : `takes ${usage} only`
    throw usageError(command.name, `\`${command.name}\` ${room}, got \`${visible(surplus)}\``)
  }
  const empty = positionals.indexOf("")
  if (empty >= 0 && command.dialect === "strict") {
    throw usageError(command.name, `argument ${empty + 1} is empty`)
  }
  const first = positionals[0]
  if (choices === undefined || first === undefined) return
  if (choices.includes(first)) return
  const near = suggest(first, choices)
  const question = near === undefined ? "" : `; did you mean \`${near}\`?`
  throw usageError(
    command.name,
    `\`${command.name}\` takes ${usage}, got \`${visible(first)}\`${question}`,
  )
}
