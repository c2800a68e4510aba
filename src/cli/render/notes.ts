import type { Report } from "../../app/report.ts"
import { visible } from "../text.ts"

/**
 * What standard error says beside a report: notes, and an error when nothing was verified at all. Quiet leaves out notes, never the
 * error; a document that carries the notes itself needs them once.
 */
export function renderNotes(
  report: Report,
  { quiet, inDocument }: { readonly quiet: boolean; readonly inDocument: boolean },
): string {
  const notes = quiet || inDocument ? [] : [...report.notes, ...(report.trust?.notes ?? [])]
  const lines = noteLines(notes)
  if (report.results.length > 0) return lines
  return `${lines}error: nothing to verify: no distribution was found among the arguments\nhint: name files, or a folder that holds sdists or wheels\n`
}

/** Sentences for standard error, one a line. */
export function noteLines(notes: readonly string[]): string {
  return notes.map((note) => `note: ${visible(note)}\n`).join("")
}
