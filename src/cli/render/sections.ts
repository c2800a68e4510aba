import type { Inspection } from "../../app/inspect.ts"
import { visible } from "../text.ts"
import { rows } from "./human.ts"

/** Labelled sections for people. Labels and values may be foreign text. */
export function renderSections({ sections }: Inspection): string {
  const labels = sections.flatMap(({ rows: entries }) => entries.map(({ label }) => label.length))
  const width = Math.min(32, Math.max(0, ...labels)) + 2
  return sections
    .map(({ title, rows: entries }) => {
      const shown = entries.map(({ label, value }) => ({
        label: visible(label),
        value: visible(value),
      }))
      const body = rows(shown, 2, width)
      return body === "" ? `${visible(title)}\n` : `${visible(title)}\n${body}\n`
    })
    .join("\n")
}
