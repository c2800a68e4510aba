import { table } from "../../scripts/docs/markdown.ts"
import { EVIL } from "../evil/cases.ts"
import { type Form, GENUINE } from "../evil/exhibit.ts"
import type { EvilVerifier, Outcome } from "./evil-verifiers.ts"

/** The marks in docs/THREATS.md that the table stands between. */
export const MARKS = { start: "<!-- evil: start -->", end: "<!-- evil: end -->" } as const

/** One row: what was shown, and what each verifier made of it, in the verifiers' order. */
export interface EvilRow {
  readonly group: string
  readonly name: string
  readonly outcomes: readonly Outcome[]
}

/** Shows all genuine and all evil evidence to each verifier; `onRow` hears of each row as it comes. */
export function compareVerifiers(
  verifiers: readonly EvilVerifier[],
  onRow: (row: EvilRow) => void,
): readonly EvilRow[] {
  const rows: EvilRow[] = []
  const add = (row: EvilRow): void => {
    rows.push(row)
    onRow(row)
  }
  const forms = new Map<Form, readonly Outcome[]>()
  for (const form of formsOf(GENUINE)) {
    const { name, make } = GENUINE[form]
    const exhibit = make()
    const outcomes = verifiers.map((verifier) => verifier.verify(exhibit, form))
    forms.set(form, outcomes)
    add({ group: "genuine", name, outcomes })
  }
  for (const { title, cases } of EVIL) {
    for (const { name, form, make } of cases) {
      const exhibit = make()
      // Whoever does not take the genuine one says nothing by refusing the evil one.
      const outcomes = verifiers.map((verifier, index): Outcome =>
        forms.get(form)?.[index]?.kind === "refused"
          ? { kind: "not asked" }
          : verifier.verify(exhibit, form),
      )
      add({ group: title, name, outcomes })
    }
  }
  return rows
}

function formsOf(genuine: Readonly<Record<Form, unknown>>): readonly Form[] {
  return Object.keys(genuine).filter((form): form is Form => Object.hasOwn(genuine, form))
}

/** The table as Markdown, with the marks around it. */
export function renderTable(verifiers: readonly EvilVerifier[], rows: readonly EvilRow[]): string {
  const [own, ...others] = verifiers
  const heads = [own?.name ?? "", ...others.map(({ name, version }) => `${name} ${version}`)]
  const groups = [...new Set(rows.map(({ group }) => group))]
  const body = groups.flatMap((group) => [
    [`**${group}**`, ...heads.map(() => "")],
    ...rows
      .filter((row) => row.group === group)
      .map(({ name, outcomes }) => [
        name,
        ...outcomes.map((outcome, index) => cell(outcome, group === "genuine", index === 0)),
      ]),
  ])
  return [MARKS.start, "", table(["", ...heads], body), "", MARKS.end].join("\n")
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
