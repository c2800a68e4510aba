import { table } from "../../scripts/docs/markdown.ts"
import { EVIL } from "../evil/cases.ts"
import { type Exhibit, type Form, GENUINE } from "../evil/exhibit.ts"
import type { EvilVerifier, Outcome } from "./evil-verifiers.ts"

/** The marks in docs/THREATS.md that the table stands between. */
const MARKS = { start: "<!-- evil: start -->", end: "<!-- evil: end -->" } as const

/** One row: what was shown, and what each verifier made of it, in the verifiers' order. */
export interface EvilRow {
  readonly group: string
  readonly name: string
  readonly outcomes: readonly Outcome[]
}

const GENUINE_GROUP = "genuine"

/**
 * Shows genuine evidence of each form, then evil evidence, to each verifier; `onRow` hears of each row as it comes. Of the evil only what
 * is `wanted` by name, or all of it where nothing is.
 */
export function compareVerifiers(
  verifiers: readonly EvilVerifier[],
  wanted: readonly string[],
  onRow: (row: EvilRow) => void,
): readonly EvilRow[] {
  const rows: EvilRow[] = []
  const show = (group: string, name: string, verify: (index: number) => Outcome): EvilRow => {
    const row = { group, name, outcomes: verifiers.map((_, index) => verify(index)) }
    rows.push(row)
    onRow(row)
    return row
  }
  const ask =
    (exhibit: Exhibit, form: Form) =>
    (index: number): Outcome =>
      verifiers[index]?.verify(exhibit, form) ?? { kind: "not asked" }
  const taken = new Map(
    formsOf(GENUINE).map((form) => {
      const { name, make } = GENUINE[form]
      return [form, show(GENUINE_GROUP, name, ask(make(), form))] as const
    }),
  )
  const cases = EVIL.flatMap(({ title, cases: own }) => own.map((one) => ({ title, ...one })))
  for (const { title, name, form, make } of cases) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const verify = ask(make(), form)
    // Whoever does not take the genuine one says nothing by refusing the evil one.
    show(title, name, (index) =>
      taken.get(form)?.outcomes[index]?.kind === "refused" ? { kind: "not asked" } : verify(index),
    )
  }
  return rows
}

function formsOf(genuine: Readonly<Record<Form, unknown>>): readonly Form[] {
  return Object.keys(genuine).filter((form): form is Form => Object.hasOwn(genuine, form))
}

/**
 * Writes the table into a document, between its marks. Rows that were not made anew stay as they are in the document; throws where one is
 * not there yet.
 */
export function writeTable(
  document: string,
  verifiers: readonly EvilVerifier[],
  rows: readonly EvilRow[],
): string {
  const [before, after] = [document.split(MARKS.start)[0], document.split(MARKS.end)[1]]
  if (before === undefined || after === undefined) throw new Error("the document has no marks")
  const heads = verifiers.map(({ name, version }, index) =>
    index === 0 ? name : `${name} ${version}`,
  )
  const fresh = rows.map(({ group, name, outcomes }) => [name, ...cellsFor(group, outcomes)])
  const known = new Map(
    [...rowsIn(document).map(({ cells }) => cells), ...fresh].map((cells) => [cells[0], cells]),
  )
  const groups = [{ title: GENUINE_GROUP, cases: Object.values(GENUINE) }, ...EVIL]
  const body = groups.flatMap(({ title, cases }) => [
    [`**${title}**`, ...heads.map(() => "")],
    ...cases.map(({ name }) => {
      const cells = known.get(name)
      if (cells?.length !== heads.length + 1) throw new Error(`there is no row yet for: ${name}`)
      return cells
    }),
  ])
  return [
    `${before}${MARKS.start}`,
    "",
    table(["", ...heads], body),
    "",
    `${MARKS.end}${after}`,
  ].join("\n")
}

function cellsFor(group: string, outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.map((outcome, index) => cell(outcome, group === GENUINE_GROUP, index === 0))
}

function cell(outcome: Outcome, genuine: boolean, own: boolean): string {
  switch (outcome.kind) {
    case "accepted":
      return genuine ? "accepted" : "**ACCEPTED**"
    case "refused":
      // Of what a verifier does not take at all, its refusal of something evil says nothing either.
      if (genuine) return "–"
      return own ? `\`${outcome.why}\`` : "refused"
    case "not asked":
      return "–"
  }
}

/** The rows of a document's table, by their cells; the head and the groups' titles are none. */
export function rowsIn(document: string): readonly { readonly cells: readonly string[] }[] {
  return linesIn(document)
    .slice(2)
    .map(cellsOf)
    .filter(([name = ""]) => !name.startsWith("**"))
    .map((cells) => ({ cells }))
}

/** The head of a document's table: whose answers it has. */
export function headIn(document: string): readonly string[] {
  return cellsOf(linesIn(document)[0] ?? "").slice(1)
}

function linesIn(document: string): readonly string[] {
  const [, after = ""] = document.split(MARKS.start)
  const [inside = ""] = after.split(MARKS.end)
  return inside.split("\n").filter((text) => text.startsWith("|"))
}

function cellsOf(text: string): readonly string[] {
  return text
    .split("|")
    .slice(1, -1)
    .map((one) => one.trim())
}
