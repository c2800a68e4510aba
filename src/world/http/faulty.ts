import { setTimeout as sleep } from "node:timers/promises"

import type { ActiveFault, Fault, FaultRegistry } from "./faults.ts"
import type { Handler } from "./handler.ts"

const MAX_REMEMBERED_BYTES = 2 ** 20
const MAX_REMEMBERED_ANSWERS = 1_000

/** Ends the connection without an answer: the service ends it whatever a handler throws. */
class ConnectionReset extends Error {
  override readonly name = "ConnectionReset"
}

/** A handler whose answers the faults befall. `closing` ends what waits. */
export function withFaults(handler: Handler, faults: FaultRegistry, closing: AbortSignal): Handler {
  const memory = createMemory()
  return async (request) => {
    const active = faults.strike(request.method, new URL(request.url).pathname)
    const kinds = new Map(active.map(({ fault }) => [fault.kind, fault]))
    for (const entry of active) await delay(entry, closing)
    if (kinds.has("reset")) throw new ConnectionReset("an injected fault")
    const earlier = kinds.has("stale") ? await memory.recall(request) : undefined
    const other = earlier ?? active.map(({ fault }) => replacement(fault)).find(isPresent)
    const response = other ?? (await handler(request))
    if (other === undefined) memory.keep(request, response)
    return await damage(response, kinds)
  }
}

async function delay({ fault, gone }: ActiveFault, closing: AbortSignal): Promise<void> {
  if (fault.kind !== "slow") return
  const signal = AbortSignal.any([gone, closing])
  // The longest that a timer can be; nobody waits for it to fire.
  const milliseconds = fault.delayMs ?? 2 ** 31 - 1
  await sleep(milliseconds, undefined, { signal }).catch(() => {})
  if (closing.aborted) throw new ConnectionReset("the service is closing")
}

function replacement(fault: Fault): Response | undefined {
  if (fault.kind === "status") return statusAnswer(fault)
  if (fault.kind !== "rate-limit") return undefined
  const { status = 403, retryAfter = 60 } = fault
  const reset = Math.floor(Date.now() / 1000) + retryAfter
  return errorAnswer(status, "API rate limit exceeded", {
    "retry-after": String(retryAfter),
    "x-ratelimit-limit": "60",
    "x-ratelimit-remaining": "0",
    "x-ratelimit-used": "60",
    "x-ratelimit-resource": "core",
    "x-ratelimit-reset": String(reset),
  })
}

function statusAnswer(fault: Fault & { readonly kind: "status" }): Response {
  const { status, headers = {}, body } = fault
  if (body !== undefined) return new Response(body, { status, headers })
  if ([204, 205, 304].includes(status)) return new Response(null, { status, headers })
  return errorAnswer(status, "an injected fault", headers)
}

function errorAnswer(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>>,
): Response {
  return Response.json({ code: status, message }, { status, headers })
}

async function damage(
  response: Response,
  kinds: ReadonlyMap<Fault["kind"], Fault>,
): Promise<Response> {
  const { status, headers } = response
  if (kinds.has("empty")) {
    headers.delete("content-length")
    return new Response(null, { status, headers })
  }
  if (!kinds.has("altered") && !kinds.has("truncated") && !kinds.has("stalled")) return response
  const body = new Uint8Array(await response.arrayBuffer())
  const middle = body.length >> 1
  const byte = body[middle]
  if (kinds.has("altered") && byte !== undefined) body[middle] = byte ^ 1
  headers.set("content-length", String(body.length))
  if (kinds.has("stalled")) return new Response(endless(), { status, headers })
  if (!kinds.has("truncated")) return new Response(body, { status, headers })
  return new Response(broken(body.subarray(0, middle)), { status, headers })
}

function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({})
}

function broken(start: Uint8Array): ReadableStream<Uint8Array> {
  let sent = start.length === 0
  return new ReadableStream({
    pull(controller) {
      if (sent) controller.error(new ConnectionReset("an injected fault"))
      else controller.enqueue(start)
      sent = true
    },
  })
}

interface Memory {
  readonly keep: (request: Request, response: Response) => void
  readonly recall: (request: Request) => Promise<Response | undefined>
}

/** The last answer to each GET, as far as it is small. */
function createMemory(): Memory {
  const answers = new Map<string, Promise<Response | undefined>>()
  return {
    keep(request, response) {
      if (request.method !== "GET") return
      answers.delete(keyOf(request))
      answers.set(keyOf(request), copyOf(response.clone()))
      const [oldest] = answers.keys()
      if (answers.size > MAX_REMEMBERED_ANSWERS && oldest !== undefined) answers.delete(oldest)
    },
    async recall(request) {
      return (await answers.get(keyOf(request)))?.clone()
    },
  }
}

function keyOf(request: Request): string {
  return `${request.url} ${request.headers.get("accept") ?? ""}`
}

async function copyOf(response: Response): Promise<Response | undefined> {
  const { status, headers } = response
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.length
      if (size > MAX_REMEMBERED_BYTES) return undefined
      chunks.push(chunk)
    }
  } catch {
    return undefined
  }
  return new Response(size === 0 ? null : Buffer.concat(chunks), { status, headers })
}

function isPresent<T>(value: T | undefined): value is T {
  return value !== undefined
}
