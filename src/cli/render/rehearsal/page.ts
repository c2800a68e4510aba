import { createHash } from "node:crypto"

import { type Rehearsal, rehearsalOutcome, type StepOutcome } from "../../../app/rehearse/report.ts"
import { moment, plural, seconds } from "../../text.ts"
import { VERSION } from "../../version.ts"
import { Html, html } from "../html.ts"
import { attacksSection } from "./attacks-section.ts"
import { chainSection } from "./chain-section.ts"
import { stepsSection } from "./steps-section.ts"
import { STYLESHEET } from "./stylesheet.ts"

const HEADLINES: Readonly<Record<StepOutcome, string>> = {
  passed: "Every step came out as promised",
  failed: "A step did not come out as promised",
  undecided: "The rehearsal could not be finished",
}

/**
 * A rehearsal as one page that needs nothing else: no script, no picture, no font, no address is fetched, and its own policy forbids it.
 * All foreign text is escaped by {@link html}.
 */
export function renderRehearsalPage(rehearsal: Rehearsal): string {
  const { steps, chain, attacks, milliseconds } = rehearsal
  const title = `Rehearsal of ${projectNames(rehearsal)}`
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${contentPolicy()}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        ${new Html(`<style>${STYLESHEET}</style>`)}
      </head>
      <body>
        ${header(rehearsal)}
        <main>
          ${chain === undefined ? undefined : chainSection(chain)}
          ${attacks.length === 0 ? undefined : attacksSection(attacks)}
          ${stepsSection(steps, milliseconds)}
        </main>
        ${footer(rehearsal)}
      </body>
    </html> `
  return page.text
}

// The style sheet is named by its digest: nothing that got into the page could bring one of its own.
function contentPolicy(): string {
  const digest = createHash("sha256").update(STYLESHEET).digest("base64")
  return `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`
}

function header(rehearsal: Rehearsal): Html {
  const { steps, attacks, milliseconds, notes } = rehearsal
  const outcome = rehearsalOutcome(rehearsal)
  const refused = attacks.filter((attack) => attack.refused).length
  const files = steps.reduce((count, step) => count + step.files.length, 0)
  return html`<header>
    <p class="mark">wheelproof <span>rehearsal</span></p>
    <h1>${projectNames(rehearsal)}</h1>
    <p class="outcome ${outcome}">${outcomeMark(outcome)} ${HEADLINES[outcome]}</p>
    <ul class="numbers">
      <li><b>${steps.length}</b> ${steps.length === 1 ? "step" : "steps"}</li>
      <li><b>${files}</b> ${files === 1 ? "file" : "files"}</li>
      <li><b>${refused}</b> of ${plural(attacks.length, "attack")} refused</li>
      <li><b>${seconds(milliseconds)}</b></li>
    </ul>
    <p class="lead">
      A whole release and a whole installation on local services: built, signed, published,
      downloaded, verified and installed as it would be, with keys that exist for this rehearsal
      alone.
    </p>
    ${
      notes.length === 0
        ? undefined
        : html`<ul class="notes">
            ${notes.map((note) => html`<li>${note}</li>`)}
          </ul>`
    }
  </header>`
}

function outcomeMark(outcome: StepOutcome): Html {
  const drawing = {
    passed: html`<path d="M6 12.5l4 4 8-9" />`,
    failed: html`<path d="M7.5 7.5l9 9M16.5 7.5l-9 9" />`,
    undecided: html`<path d="M12 6.5v7M12 16.8v.4" />`,
  }[outcome]
  return html`<svg class="mark-${outcome}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <circle cx="12" cy="12" r="11" />
    ${drawing}
  </svg>`
}

function projectNames({ projects }: Rehearsal): string {
  const names = projects.map(({ name, version }) => `${name} ${version}`)
  return names.length === 0 ? "a project" : names.join(" and ")
}

function footer({ startedAt }: Rehearsal): Html {
  return html`<footer>
    <p>
      Origin verified means: it is proved where a file comes from, not that it does no harm. Nothing
      on this page was signed by Sigstore's public instance or stored on a public index.
    </p>
    <p>wheelproof ${VERSION}, ${moment(startedAt - (startedAt % 1000))}</p>
  </footer>`
}
