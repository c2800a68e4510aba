import { WheelproofError } from "../../core/errors.ts"
import { parseJson } from "../../core/json.ts"
import { Shape } from "../../core/shape.ts"
import type { Reason } from "../../core/verdict.ts"
import type { HttpAnswer } from "../../io/http.ts"

const LONGEST = 300
const AGAIN =
  "run it again later: what is finished is kept; if it stays the same, tell the operator of the service"

/** A service that answered, but not with what was asked for. What it says itself is quoted. */
export function refusal(what: string, url: URL, answer: HttpAnswer): WheelproofError {
  const words = wordsOf(answer)
  return new WheelproofError(
    "ERR_SIGNING",
    `${what} at ${url.host} answered with status ${answer.status}${words === undefined ? "" : `: ${words}`}`,
    { hint: AGAIN },
  )
}

/** An answer that does not hold: what was wanted, what came, and the check that says so. */
export function unproven(what: string, { check, expected, found }: Reason): WheelproofError {
  return new WheelproofError(
    "ERR_SIGNING",
    `${what} does not hold: expected ${expected}, found ${found} [${check}]`,
    { hint: `\`wheelproof explain ${check}\` says what that means; ${AGAIN}` },
  )
}

/** An answer that is not of its form. */
function unreadable(what: string, url: URL, cause: WheelproofError): WheelproofError {
  return new WheelproofError(
    "ERR_SIGNING",
    `${what} at ${url.host} gave an answer that cannot be read: ${cause.message}`,
    { hint: AGAIN, cause },
  )
}

/** Reads an answer, and says whose it is where it cannot be read. */
export function readAnswer<Value>(what: string, url: URL, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    if (error instanceof WheelproofError) throw unreadable(what, url, error)
    throw error
  }
}

// Fulcio, Rekor and the timestamp authority answer with an error object.
function wordsOf({ body }: HttpAnswer): string | undefined {
  try {
    const message = new Shape(parseJson(body, "the answer"), "the answer").optionalString("message")
    return message?.slice(0, LONGEST)
  } catch (error) {
    if (error instanceof WheelproofError) return undefined
    throw error
  }
}
