import { type Rehearsal, rehearsalOutcome } from "../../../app/rehearse/report.ts"
import { rehearsalExitCode } from "../../exit.ts"
import { moment, visibleJson } from "../../text.ts"
import { VERSION } from "../../version.ts"

/** Raised when a field is removed or changes its meaning; new fields do not raise it. */
const SCHEMA_VERSION = 1

/** A rehearsal as one JSON document. Its fields are API; docs/cli.md lists them. */
export function renderRehearsalJson(rehearsal: Rehearsal): string {
  const { startedAt, milliseconds, projects, notes, folder, steps, chain, attacks } = rehearsal
  const outcome = rehearsalOutcome(rehearsal)
  const document = {
    schemaVersion: SCHEMA_VERSION,
    tool: { name: "wheelproof", version: VERSION },
    outcome,
    exitCode: rehearsalExitCode(outcome),
    startedAt: moment(startedAt),
    milliseconds: Math.round(milliseconds),
    projects,
    notes,
    ...(folder === undefined ? {} : { folder }),
    steps: steps.map((step) => ({
      ...step,
      start: Math.round(step.start),
      milliseconds: Math.round(step.milliseconds),
    })),
    ...(chain === undefined ? {} : { chain }),
    attacks,
  }
  return `${visibleJson(document, 2)}\n`
}
