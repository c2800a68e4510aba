import type { Chain, ChainLink, VouchedClaim, Voucher } from "../../../app/rehearse/report.ts"
import { type Html, html } from "../html.ts"
import { digestFigure } from "./fingerprint.ts"

/** What it means that somebody vouches for a claim, strongest first. */
const VOUCHERS: Readonly<Record<Voucher, string>> = {
  "certificate and statement":
    "the certificate authority wrote it into the certificate, the signer wrote it into the statement, and they agree",
  certificate:
    "the certificate authority took it from the identity provider's token when it issued the certificate",
  "transparency log": "the log signed for it",
  "timestamp authority": "the authority signed for the moment",
  "certificate log": "the log of certificates signed for it",
  "measured here": "computed or observed on this machine, from the bytes themselves",
  "statement alone": "the signer says so, and nobody else",
  "index alone": "the index says so; it is not signed",
  "release alone": "the release says so; it is not signed",
}

/** The chain from commit to installed files: each card is a thing, each connector says what holds it to the one above. */
export function chainSection({ trunk, lanes }: Chain): Html {
  return html`<section aria-labelledby="chain">
    <h2 id="chain">From the commit to the installed files</h2>
    <p class="lead">
      Each card is a thing, and between two cards stands what holds them together. Bars draw a
      SHA-256: where they look the same, the digests below them are the same.
    </p>
    <ol class="links">
      ${trunk.map((link, index) => linkItem(link, index > 0))}
    </ol>
    ${fork(lanes.length)}
    <div class="lanes">
      ${lanes.map(
        ({ file, links }) =>
          html`<section class="lane" aria-label="${file}">
            <ol class="links">
              ${links.map((link) => linkItem(link, true))}
            </ol>
          </section>`,
      )}
    </div>
    ${legend(vouchersIn({ trunk, lanes }))}
  </section>`
}

function linkItem({ title, holds, sha256, claims }: ChainLink, joined: boolean): Html {
  return html`<li>
    ${joined ? html`<p class="joint">${JOINT}<span>${holds}</span></p>` : undefined}
    <article class="card">
      <h3>${title}</h3>
      ${joined ? undefined : html`<p class="origin">${holds}</p>`}
      ${sha256 === undefined ? undefined : digestFigure(sha256)}
      ${groups(claims).map(([by, group]) => claimGroup(by, group))}
    </article>
  </li>`
}

function claimGroup(by: Voucher, claims: readonly VouchedClaim[]): Html {
  const rows = claims.map(
    ({ label, value }) =>
      html`<div>
        <dt>${label}</dt>
        <dd>${value}</dd>
      </div>`,
  )
  return html`<section class="claims ${by.replaceAll(" ", "-")}">
    <h4>${by}</h4>
    <dl>${rows}</dl>
  </section>`
}

function groups(
  claims: readonly VouchedClaim[],
): readonly (readonly [Voucher, readonly VouchedClaim[]])[] {
  const found = new Map<Voucher, VouchedClaim[]>()
  for (const claim of claims) found.set(claim.by, [...(found.get(claim.by) ?? []), claim])
  return [...found]
}

function vouchersIn({ trunk, lanes }: Chain): ReadonlySet<Voucher> {
  const links = [...trunk, ...lanes.flatMap((lane) => lane.links)]
  return new Set(links.flatMap(({ claims }) => claims.map(({ by }) => by)))
}

function legend(used: ReadonlySet<Voucher>): Html {
  const rows: Html[] = []
  for (const by in VOUCHERS) {
    if (isVoucher(by) && used.has(by)) {
      rows.push(
        html`<div>
          <dt>${by}</dt>
          <dd>${VOUCHERS[by]}</dd>
        </div>`,
      )
    }
  }
  return html`<aside class="legend" aria-labelledby="legend">
    <h3 id="legend">Who vouches for what</h3>
    <dl>${rows}</dl>
  </aside>`
}

function isVoucher(text: string): text is Voucher {
  return Object.hasOwn(VOUCHERS, text)
}

/** Two links of a chain, the one through the other. */
const JOINT: Html = html`<svg
  class="joint-mark"
  viewBox="0 0 20 44"
  aria-hidden="true"
  focusable="false"
>
  <rect x="4" y="1" width="12" height="24" rx="6" />
  <rect x="4" y="19" width="12" height="24" rx="6" />
</svg>`

const FORK_HEIGHT = 36

/** Where the trunk becomes lanes, drawn for screens that show them side by side. */
function fork(lanes: number): Html | undefined {
  if (lanes < 2) return undefined
  const paths = Array.from({ length: lanes }, (_, index) => {
    const x = ((index + 0.5) / lanes) * 1000
    const middle = FORK_HEIGHT / 2
    return html`<path d="M500 0C500 ${middle} ${x} ${middle} ${x} ${FORK_HEIGHT}" />`
  })
  return html`<svg
    class="fork"
    viewBox="0 0 1000 ${FORK_HEIGHT}"
    preserveAspectRatio="none"
    aria-hidden="true"
    focusable="false"
  >
    ${paths}
  </svg>`
}
