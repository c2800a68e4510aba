import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"

import { answerRekor, type ApiAnswer, type IntegrationClock } from "./rekor-api.ts"
import type { RekorV1 } from "./rekor-v1.ts"

const MAX_REQUEST_BYTES = 32 * 2 ** 20

/** What goes wrong with every request until it is taken back. */
interface ServerFaults {
  /** Answer with this status and an error object. */
  status?: number
  /** Wait before answering. */
  delayMs?: number
  /** Announce the whole body, send half of it, and hang up. */
  truncate?: boolean
  /** Hang up without an answer. */
  reset?: boolean
  /** Answer 200 with nothing in it. */
  emptyBody?: boolean
}

/** A Rekor v1 service on loopback. */
export interface RekorServer {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  /** May be changed at any time. */
  readonly faults: ServerFaults
  /** `METHOD /path` of every request so far. */
  readonly requests: readonly string[]
  /** Ends all connections and stops listening. */
  readonly close: () => Promise<void>
}

/** Serves `log` on a free port of 127.0.0.1. Entries can be created only where a clock (seconds since 1970) is given. */
export async function createRekorServer(
  log: RekorV1,
  options: { readonly clock?: IntegrationClock } = {},
): Promise<RekorServer> {
  const faults: ServerFaults = {}
  const requests: string[] = []
  const stop = new AbortController()
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    handle(log, options.clock, faults, request, response, stop.signal).catch(() => {
      response.destroy()
    })
  })
  const { port } = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    faults,
    requests,
    async close() {
      stop.abort()
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve()
        })
      })
      server.closeAllConnections()
      await closed
    },
  }
}

async function listen(server: Server): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(0, "127.0.0.1", resolve)
  })
  const address = server.address()
  if (address === null || typeof address === "string") throw new TypeError("not a TCP server")
  return address
}

async function handle(
  log: RekorV1,
  clock: IntegrationClock,
  faults: ServerFaults,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const body = await readBody(request)
  if (faults.delayMs !== undefined) await sleep(faults.delayMs, undefined, { signal })
  if (faults.reset === true) {
    request.socket.destroy()
    return
  }
  const url = new URL(request.url ?? "/", "http://127.0.0.1")
  const method = request.method ?? ""
  const answer = faulty(faults) ?? answerRekor(log, { method, url, body }, clock)
  send(response, answer, faults)
}

function faulty({ status, emptyBody }: ServerFaults): ApiAnswer | undefined {
  if (emptyBody === true) return { status: status ?? 200 }
  if (status === undefined) return undefined
  return { status, json: { code: status, message: "an injected fault" } }
}

function send(response: ServerResponse, answer: ApiAnswer, { truncate }: ServerFaults): void {
  const text = answer.text ?? (answer.json === undefined ? "" : `${JSON.stringify(answer.json)}\n`)
  const body = Buffer.from(text, "utf8")
  response.writeHead(answer.status, {
    ...(body.length === 0 ? {} : { "content-type": "application/json" }),
    "content-length": body.length,
    ...answer.headers,
  })
  if (truncate !== true) {
    response.end(body)
    return
  }
  response.write(body.subarray(0, body.length >> 1), () => {
    response.destroy()
  })
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > MAX_REQUEST_BYTES) throw new RangeError("the request is too large")
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}
