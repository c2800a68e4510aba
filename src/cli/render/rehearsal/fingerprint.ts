import { type Html, html } from "../html.ts"

const BAR = 4
const HEIGHT = 24

/**
 * A digest as a row of bars, one for each octet: equal digests look equal and different ones do not. The digest itself stands beside it
 * as text; the drawing proves nothing.
 */
function fingerprint(sha256: string): Html {
  const octets = sha256.match(/[0-9a-f]{2}/g) ?? []
  const bars = octets.map((octet, index) => {
    const height = 3 + Math.round((parseInt(octet, 16) / 255) * (HEIGHT - 3))
    return html`<rect
      x="${index * BAR}"
      y="${HEIGHT - height}"
      width="${BAR - 1}"
      height="${height}"
      rx="1"
    />`
  })
  const width = octets.length * BAR - 1
  return html`<svg
    class="fingerprint"
    preserveAspectRatio="xMinYMid meet"
    viewBox="0 0 ${Math.max(1, width)} ${HEIGHT}"
    aria-hidden="true"
    focusable="false"
  >
    ${bars}
  </svg>`
}

/** A digest to look at and to read. */
export function digestFigure(sha256: string): Html {
  return html`<p class="digest">${fingerprint(sha256)}<code>${sha256}</code></p>`
}
