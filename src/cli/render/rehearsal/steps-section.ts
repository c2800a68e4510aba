import type { Actor, CommandLine, MadeFile, RehearsalStep } from "../../../app/rehearse/report.ts"
import { CHECKS } from "../../../core/checks.ts"
import { commandText, fileSize, seconds } from "../../text.ts"
import { type Html, html } from "../html.ts"

/** The parts that are played, as a reader sees them. */
const ACTORS: Readonly<Record<Actor, string>> = {
  stage: "stage",
  maintainer: "maintainer",
  user: "user",
  attacker: "attacker",
}

/** Every step with its time, drawn on the whole rehearsal's, and the files that it made. */
export function stepsSection(steps: readonly RehearsalStep[], total: number): Html {
  return html`<section aria-labelledby="steps">
    <h2 id="steps">Step by step</h2>
    <ol class="steps">
      ${steps.map((step) => stepItem(step, total))}
    </ol>
  </section>`
}

function stepItem(step: RehearsalStep, total: number): Html {
  const { actor, title, outcome, milliseconds, commands, files, facts } = step
  return html`<li class="step ${actor}">
    <div class="step-head">
      <span class="actor">${ACTORS[actor]}</span>
      <h3>
        <span class="title">${title}</span
        >${outcome === "passed" ? undefined : html` <span class="badge ${outcome}">${outcome}</span>`}
      </h3>
      <span class="time">${seconds(milliseconds)}</span>
    </div>
    ${timeBar(step, total)} ${commandBlock(commands)} ${failure(step)}
    ${
      facts.length === 0
        ? undefined
        : html`<dl class="facts">
            ${facts.map(
              ({ label, value }) =>
                html`<div>
                  <dt>${label}</dt>
                  <dd>${value}</dd>
                </div>`,
            )}
          </dl>`
    }
    ${
      files.length === 0
        ? undefined
        : html`<ul class="files">
            ${files.map(fileItem)}
          </ul>`
    }
  </li>`
}

function failure({ reasons, error }: RehearsalStep): Html | undefined {
  if (error === undefined && reasons.length === 0) return undefined
  return html`<div class="failure">
    ${reasons.map(({ check, expected, found }) => html`<p><strong>${check}</strong>: required: ${CHECKS[check].holds}; expected ${expected}, found ${found}</p>`)}
    ${error === undefined ? undefined : html`<p><strong>${error.code}</strong>: ${error.message}${error.hint === undefined ? "" : `; ${error.hint}`}</p>`}
  </div>`
}

function fileItem({ path, bytes, sha256 }: MadeFile): Html {
  return html`<li>
    <span class="file">${path}</span> <span class="size">${fileSize(bytes)}</span>
    <code>${sha256}</code>
  </li>`
}

const BAR_WIDTH = 1000

function timeBar({ start, milliseconds }: RehearsalStep, total: number): Html {
  const scale = total > 0 ? BAR_WIDTH / total : 0
  const x = Math.min(BAR_WIDTH - 2, Math.round(start * scale))
  const width = Math.max(2, Math.min(BAR_WIDTH - x, Math.round(milliseconds * scale)))
  return html`<svg
    class="time-bar"
    viewBox="0 0 ${BAR_WIDTH} 4"
    preserveAspectRatio="none"
    aria-hidden="true"
    focusable="false"
  >
    <rect x="${x}" y="0" width="${width}" height="4" />
  </svg>`
}

/** Command lines as a person would type them. */
export function commandBlock(commands: readonly CommandLine[]): Html | undefined {
  if (commands.length === 0) return undefined
  return html`<pre class="commands">
${commands.map((line) => html`<code>${commandText(line)}</code>`)}</pre>`
}
