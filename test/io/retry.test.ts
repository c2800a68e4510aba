import { expect, test } from "vitest"

import { WheelproofError } from "../../src/core/errors.ts"
import { createClock } from "../../src/io/clock.ts"
import type { HttpAnswer, HttpClient } from "../../src/io/http.ts"
import { withRetries } from "../../src/io/retry.ts"

const NOW = Date.UTC(2026, 10, 24, 10)
const POLICY = { attempts: 4, firstDelayMs: 500, longestDelayMs: 5_000 }
const URL_OF_IT = new URL("https://service.example/")
const { signal } = new AbortController()

type Scripted = number | readonly [status: number, retryAfter: string] | WheelproofError

/** Sends against a script of answers, the last of which stays; what came of it and how long was waited before each attempt. */
async function run(...script: readonly Scripted[]) {
  const waits: number[] = []
  let at = 0
  const http: HttpClient = {
    async send() {
      const step = script[Math.min(at, script.length - 1)] ?? 200
      at += 1
      if (step instanceof WheelproofError) throw step
      return await Promise.resolve(answer(step))
    },
  }
  const clock = {
    now: () => NOW,
    sleep: async (milliseconds: number) => {
      waits.push(milliseconds)
      await Promise.resolve()
    },
  }
  const ended = await withRetries(http, clock, POLICY)
    .send(URL_OF_IT, { maxBytes: 1, timeoutMs: 1, signal })
    .then(
      ({ status }) => status,
      (error: unknown) => (error instanceof WheelproofError ? error.code : "another error"),
    )
  return { ended, attempts: at, waits }
}

function answer(step: number | readonly [number, string]): HttpAnswer {
  const [status, retryAfter] = typeof step === "number" ? [step] : step
  const headers = new Map(retryAfter === undefined ? [] : [["retry-after", retryAfter]])
  return { status, headers, body: new Uint8Array() }
}

const lost = new WheelproofError("ERR_NETWORK", "service.example did not answer")

test("a first good answer is the answer", async () => {
  expect(await run(200)).toEqual({ ended: 200, attempts: 1, waits: [] })
})

test("no answer is tried again, each time later", async () => {
  expect(await run(lost, lost, 201)).toEqual({ ended: 201, attempts: 3, waits: [500, 1_000] })
})

test("the last failure is the result", async () => {
  expect(await run(lost)).toEqual({ ended: "ERR_NETWORK", attempts: 4, waits: [500, 1_000, 2_000] })
  expect(await run(503)).toEqual({ ended: 503, attempts: 4, waits: [500, 1_000, 2_000] })
})

test.each([408, 425, 429, 500, 502, 503, 504])("%d may be another later", async (status) => {
  expect(await run(status, 200)).toEqual({ ended: 200, attempts: 2, waits: [500] })
})

test.each([301, 400, 401, 403, 404, 409, 422, 501])("%d stays", async (status) => {
  expect(await run(status, 200)).toEqual({ ended: status, attempts: 1, waits: [] })
})

test.each<[string, number[]]>([
  ["2", [2_000]],
  ["0", [500]],
  ["Tue, 24 Nov 2026 10:00:03 GMT", [3_000]],
  ["Tue, 24 Nov 2026 09:00:00 GMT", [500]],
  ["soon", [500]],
])("Retry-After: %s is waited for", async (value, waits) => {
  expect(await run([429, value], 200)).toEqual({ ended: 200, attempts: 2, waits })
})

test("a wait that is too long is not waited for", async () => {
  expect(await run([503, "6"], 200)).toEqual({ ended: 503, attempts: 1, waits: [] })
})

test("403 with a time is a rate limit", async () => {
  expect(await run([403, "1"], 200)).toEqual({ ended: 200, attempts: 2, waits: [1_000] })
})

test.each(["ERR_INTERRUPTED", "ERR_OFFLINE", "ERR_INPUT_TOO_LARGE"] as const)(
  "%s is not tried again",
  async (code) => {
    const error = new WheelproofError(code, "because")
    expect(await run(error, 200)).toEqual({ ended: code, attempts: 1, waits: [] })
  },
)

test("an interrupt ends the waiting", async () => {
  const stop = new AbortController()
  const waiting = createClock().sleep(60_000, stop.signal)
  stop.abort()
  await expect(waiting).rejects.toMatchObject({ code: "ERR_INTERRUPTED" })
})
