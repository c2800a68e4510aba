import { CHECKS, type CheckText } from "../../core/checks.ts"
import { WheelproofError } from "../../core/errors.ts"
import { PROBLEMS, type ProblemText } from "../../formats/distribution/problems.ts"
import type { Input, Outcome } from "../command.ts"
import { ERROR_TEXTS, type ErrorText } from "../error-texts.ts"
import { codeExit } from "../exit.ts"
import type { NO_FLAGS } from "../flag-tables.ts"
import { rows } from "../render/human.ts"
import { suggest } from "../suggest.ts"
import { visible } from "../text.ts"

/** `explain`: the words around one check, problem or error code, or the list of all. */
export async function runExplain({ positionals }: Input<typeof NO_FLAGS>): Promise<Outcome> {
  const [code] = positionals
  const stdout = code === undefined ? list() : explain(code)
  return { stdout, stderr: "", exit: 0 }
}

function explain(code: string): string {
  const check = findKey(CHECKS, code.toLowerCase())
  if (check !== undefined) return explainCheck(check, CHECKS[check])
  const problem = findKey(PROBLEMS, code.toLowerCase())
  if (problem !== undefined) return explainProblem(problem, PROBLEMS[problem])
  const error = findKey(ERROR_TEXTS, code.toUpperCase())
  if (error !== undefined) return explainError(error, ERROR_TEXTS[error], codeExit(error))
  const tables = [CHECKS, PROBLEMS, ERROR_TEXTS]
  const near = suggest(
    code,
    tables.flatMap((table) => Object.keys(table)),
  )
  const question = near === undefined ? "" : `; did you mean \`${near}\`?`
  throw new WheelproofError("ERR_USAGE", `unknown code \`${visible(code)}\`${question}`, {
    hint: "run `wheelproof explain` for the list",
  })
}

function findKey<Key extends string>(
  table: Readonly<Record<Key, unknown>>,
  text: string,
): Key | undefined {
  for (const key in table) if (key === text) return key
  return undefined
}

function explainCheck(id: string, { step, holds, why, next }: CheckText): string {
  const lines = [
    { label: "step", value: step },
    { label: "requires", value: holds },
    { label: "why", value: why },
    { label: "next", value: next },
  ]
  return `${id}\n${rows(lines)}\n`
}

function explainProblem(code: string, { refusedBy, rule, why, next }: ProblemText): string {
  const lines = [
    { label: "requires", value: `a distribution ${rule}` },
    { label: "why", value: why },
    { label: "refused by", value: refusedBy === "pypi" ? "PyPI" : "everybody who looks" },
    { label: "next", value: next },
  ]
  return `${code}\n${rows(lines)}\n`
}

function explainError(code: string, { means, next }: ErrorText, exit: number): string {
  const lines = [
    { label: "means", value: means },
    { label: "next", value: next },
    { label: "exit code", value: String(exit) },
  ]
  return `${code}\n${rows(lines)}\n`
}

function list(): string {
  const checks = Object.entries(CHECKS).map(([label, { holds }]) => ({ label, value: holds }))
  const problems = Object.entries(PROBLEMS).map(([label, { rule }]) => ({ label, value: rule }))
  const errors = Object.entries(ERROR_TEXTS).map(([label, { means }]) => ({ label, value: means }))
  const sections = [
    `checks, in the order of verification:\n${rows(checks, 2, 26)}`,
    `problems of distributions; a distribution …\n${rows(problems, 2, 26)}`,
    `error codes:\n${rows(errors, 2, 26)}`,
  ]
  return `${sections.join("\n\n")}\n`
}
