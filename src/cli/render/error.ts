import { WheelproofError } from "../../core/errors.ts"
import { visible } from "../text.ts"

/** `error:` and `hint:` lines for standard error. A stack is shown only with `WHEELPROOF_DEBUG=1`. */
export function renderError(
  error: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const lines = error instanceof WheelproofError ? expected(error) : unexpected(error)
  if (environment["WHEELPROOF_DEBUG"] === "1") lines.push(...stack(error))
  return lines.map((line) => `${line}\n`).join("")
}

function expected({ message, code, hint }: WheelproofError): string[] {
  const lines = [`error: ${visible(message)} (${code})`]
  if (hint !== undefined) lines.push(`hint: ${visible(hint)}`)
  return lines
}

function unexpected(error: unknown): string[] {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return [
    `error: ${visible(what)}; this is a bug in wheelproof`,
    "hint: report it with the command line; WHEELPROOF_DEBUG=1 shows where it happened",
  ]
}

function stack(error: unknown): string[] {
  const lines: string[] = []
  let current = error
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    const text = current.stack ?? `${current.name}: ${current.message}`
    lines.push(...text.split("\n").map((line) => `debug: ${visible(line)}`))
    current = current.cause
  }
  return lines
}
