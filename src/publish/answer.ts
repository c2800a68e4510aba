import { WheelproofError } from "../core/errors.ts"
import { parseJson } from "../core/json.ts"
import { Shape } from "../core/shape.ts"
import type { HttpAnswer } from "../io/http.ts"

/** Answers of a store are small; a page of a server in between may not be. */
export const ANSWER_BYTES: number = 4 * 1024 * 1024

/** What is shown of a store's own words. */
const SHOWN = 500

/** The answer's JSON object, named `what` in errors. Throws `ERR_INPUT_MALFORMED`. */
export function jsonObject({ body }: HttpAnswer, what: string): Shape {
  return new Shape(parseJson(body, what, ANSWER_BYTES), what)
}

/**
 * The error that an answer amounts to: `ERR_NETWORK` for a fault of the server's, which another time may not have, and `ERR_REFUSED` for a
 * decision of its own, in its own words where it has some.
 */
export function refusal(
  { status, body }: HttpAnswer,
  url: URL,
  action: string,
  wordsOf: (answer: Shape) => string | undefined,
): WheelproofError {
  const words = readWords(body, wordsOf)
  const said = words === undefined ? "" : `: ${words.slice(0, SHOWN)}`
  const message = `${url.host} answered ${action} with ${status}${said}`
  const isTemporary = status >= 500 || status === 408 || status === 429
  return new WheelproofError(isTemporary ? "ERR_NETWORK" : "ERR_REFUSED", message)
}

// Whatever stands between us and the store may answer too, and it need not speak JSON.
function readWords(
  body: Uint8Array,
  wordsOf: (answer: Shape) => string | undefined,
): string | undefined {
  try {
    return wordsOf(new Shape(parseJson(body, "the answer", ANSWER_BYTES), "the answer"))
  } catch (error) {
    if (error instanceof WheelproofError) return undefined
    throw error
  }
}
