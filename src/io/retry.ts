import { WheelproofError } from "../core/errors.ts"
import type { HttpAnswer, HttpClient, HttpRequest } from "./http.ts"

/** Time, as waiting needs it. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Rejects with `ERR_INTERRUPTED` when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** How often and how long to try. */
export interface RetryPolicy {
  /** Requests in all, the first included. */
  readonly attempts: number
  /** The wait before the second attempt; each further one is twice as long. */
  readonly firstDelayMs: number
  /** A service that asks for a longer wait than this is not waited for. */
  readonly longestDelayMs: number
}

/** A service gets about four seconds to come back. */
export const PATIENT: RetryPolicy = { attempts: 4, firstDelayMs: 500, longestDelayMs: 30_000 }

/** Somebody waits for a look-up: long enough for a connection that was just closed, or a restart behind a balancer. */
export const SHORT: RetryPolicy = { attempts: 3, firstDelayMs: 200, longestDelayMs: 2_000 }

/** Statuses that another attempt may change: too early, too many, or a fault of the server's (RFC 9110 §15.5.9, §15.6; RFC 6585 §4). */
const TEMPORARY: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])

/**
 * A client that tries again: after no answer, and after an answer that says that it may be another later. It waits longer each time, or as
 * long as `Retry-After` says. The last answer or error is the result. Only for requests that may arrive twice.
 */
export function withRetries(http: HttpClient, clock: Clock, policy: RetryPolicy): HttpClient {
  return {
    async send(url, request) {
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await tryOnce(http, url, request)
        const wait = waitAfter(outcome, attempt, clock.now(), policy)
        if (wait === undefined) {
          if ("error" in outcome) throw outcome.error
          return outcome.answer
        }
        await clock.sleep(wait, request.signal)
      }
    },
  }
}

type Outcome = { readonly answer: HttpAnswer } | { readonly error: WheelproofError }

async function tryOnce(http: HttpClient, url: URL, request: HttpRequest): Promise<Outcome> {
  try {
    return { answer: await http.send(url, request) }
  } catch (error) {
    if (error instanceof WheelproofError && error.code === "ERR_NETWORK") return { error }
    throw error
  }
}

/** How long to wait before trying again; undefined for not at all. */
function waitAfter(
  outcome: Outcome,
  attempt: number,
  now: number,
  { attempts, firstDelayMs, longestDelayMs }: RetryPolicy,
): number | undefined {
  if (attempt >= attempts) return undefined
  const delay = Math.min(firstDelayMs * 2 ** (attempt - 1), longestDelayMs)
  if ("error" in outcome) return delay
  const { status, headers } = outcome.answer
  const asked = retryAfter(headers.get("retry-after"), now)
  // GitHub says that somebody asked too often by 403 and a time.
  if (!TEMPORARY.has(status) && !(status === 403 && asked !== undefined)) return undefined
  if (asked === undefined) return delay
  return asked > longestDelayMs ? undefined : Math.max(asked, delay)
}

/** `Retry-After` in milliseconds: seconds, or a date (RFC 9110 §10.2.3). */
function retryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
