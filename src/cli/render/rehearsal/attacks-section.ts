import { type Attack, distinctReasons } from "../../../app/rehearse/report.ts"
import { CHECKS } from "../../../core/checks.ts"
import type { Reason } from "../../../core/verdict.ts"
import { type Html, html } from "../html.ts"
import { digestFigure } from "./fingerprint.ts"
import { commandBlock } from "./steps-section.ts"

/** The attacks: what was done, what pip made of it, and why it was refused. */
export function attacksSection(attacks: readonly Attack[]): Html {
  return html`<section aria-labelledby="attacks">
    <h2 id="attacks">
      ${attacks.length === 1 ? "One attack" : `${attacks.length} attacks`}, and how they ended
    </h2>
    <div class="attacks">${attacks.map(attackCard)}</div>
  </section>`
}

function attackCard(attack: Attack): Html {
  const { title, story, withoutVerifier, commands, served, genuine, refused, reasons } = attack
  return html`<article class="card attack">
    <h3>
      <span class="title">${title}</span>
      <span class="badge ${refused ? "refused" : "failed"}"
        >${refused ? "refused" : "not refused"}</span
      >
    </h3>
    <p>${story}</p>
    <h4>published by the maintainer</h4>
    ${digestFigure(genuine)}
    <h4>served to the user</h4>
    <div class="foreign">${digestFigure(served)}</div>
    <p>${withoutVerifier}</p>
    ${commandBlock(commands)} ${distinctReasons(reasons).map(reasonList)}
  </article>`
}

function reasonList({ check, expected, found, origin }: Reason): Html {
  const { holds, why } = CHECKS[check]
  const rows = [
    ["required", holds],
    ["expected", expected],
    ["found", found],
    ...(origin === undefined ? [] : [["evidence", origin]]),
    ["why", why],
  ] as const
  return html`<section class="claims reason">
    <h4>${check}</h4>
    <dl>
      ${rows.map(
        ([label, value]) =>
          html`<div>
            <dt>${label}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </section>`
}
