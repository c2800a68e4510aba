import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"
import process from "node:process"

import { GENUINE } from "../test/evil/exhibit.ts"
import { compareVerifiers, type EvilRow, writeTable } from "../test/real/evil-table.ts"
import { evilVerifiers } from "../test/real/evil-verifiers.ts"

/**
 * `npm run test:peers:evil`: shows all evil evidence of `test/evil` to wheelproof and to other verifiers, by their own command lines, and
 * writes the table in docs/THREATS.md. Arguments name single rows to make anew. What each of them said goes to a file, so that a refusal for the wrong reason shows. Ends in 1 if
 * wheelproof accepts anything evil, or anybody refuses what is genuine and plain.
 */
const DOCUMENT = "docs/THREATS.md"
const DETAILS = path.join("node_modules", ".cache", "peers-evil.jsonl")

const verifiers = evilVerifiers()
mkdirSync(path.dirname(DETAILS), { recursive: true })
writeFileSync(DETAILS, "")
const rows = compareVerifiers(verifiers, process.argv.slice(2), report)
writeFileSync(DOCUMENT, writeTable(readFileSync(DOCUMENT, "utf8"), verifiers, rows))
const wrong = rows.filter(isWrong)
for (const { group, name } of wrong)
  process.stderr.write(`not as it should be: ${group}: ${name}\n`)
process.stdout.write(`${rows.length} rows; what everybody said is in ${DETAILS}\n`)
process.exitCode = wrong.length === 0 ? 0 : 1

function report(row: EvilRow): void {
  const said = row.outcomes.map(
    (outcome, index) => [verifiers[index]?.name ?? "", outcome] as const,
  )
  const line = JSON.stringify({ group: row.group, name: row.name, ...Object.fromEntries(said) })
  writeFileSync(DETAILS, `${line}\n`, { flag: "a" })
  process.stdout.write(
    `${row.name}: ${said.map(([who, { kind }]) => `${who} ${kind}`).join(", ")}\n`,
  )
}

// Not everybody takes every form, but the plain one; we take all.
function isWrong({ group, name, outcomes: [own, ...others] }: EvilRow): boolean {
  if (group !== "genuine") return own?.kind !== "refused"
  const everybody = name === GENUINE.statement.name ? others : []
  return [own, ...everybody].some((outcome) => outcome?.kind !== "accepted")
}
