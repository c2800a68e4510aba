const MAX_RANGES = 100

interface MediaRange {
  readonly type: string
  readonly quality: number
}

/**
 * The media type among `offers` that a request's `Accept` likes best (RFC 9110 §12.5.1); among equals the first offered. Without the
 * header everything is liked; undefined where nothing is.
 */
export function selectType<Offer extends string>(
  request: Request,
  offers: readonly Offer[],
): Offer | undefined {
  const header = request.headers.get("accept")
  if (header === null || header.trim() === "") return offers[0]
  const ranges = header.split(",", MAX_RANGES).map(parseRange)
  let best: { readonly offer: Offer; readonly quality: number } | undefined
  for (const offer of offers) {
    const quality = qualityOf(offer, ranges)
    if (quality > (best?.quality ?? 0)) best = { offer, quality }
  }
  return best?.offer
}

function parseRange(text: string): MediaRange {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase())
  const weight = parameters.find((parameter) => /^q\s*=/.test(parameter))
  const quality = weight === undefined ? 1 : Number(weight.replace(/^q\s*=\s*/, ""))
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 }
}

/** The weight of the most specific range that covers the offer; 0 where none does. */
function qualityOf(offer: string, ranges: readonly MediaRange[]): number {
  const group = `${offer.split("/")[0] ?? ""}/*`
  for (const wanted of [offer, group, "*/*"]) {
    const range = ranges.find(({ type }) => type === wanted)
    if (range !== undefined) return range.quality
  }
  return 0
}
