import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"

import { createControl, isControl } from "./control.ts"
import { createFaults, type Faults } from "./faults.ts"
import { withFaults } from "./faulty.ts"
import type { Handler } from "./handler.ts"

const MAX_REQUEST_BYTES = 32 * 2 ** 20
const MAX_REMEMBERED_REQUESTS = 10_000
const HOST = "127.0.0.1"

/** A service of the local world, listening on loopback. */
export interface Service {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  /** What goes wrong; may be changed at any time, from another process at `/-/faults`. */
  readonly faults: Faults
  /** `METHOD /path?query` of the requests so far; of many, the last ones. */
  readonly requests: readonly string[]
  /** Ends all connections and stops listening. */
  readonly close: () => Promise<void>
}

/** How to start a {@link Service}. */
export interface ServiceOptions {
  /** A free port that the system chooses. */
  readonly port?: number
  /** How large a request's body may be; 32 MiB. Larger ones are answered with 413. */
  readonly maxRequestBytes?: number
}

/** Serves `handler` on 127.0.0.1. */
export async function startService(
  handler: Handler,
  options: ServiceOptions = {},
): Promise<Service> {
  const requests: string[] = []
  const faults = createFaults()
  const stop = new AbortController()
  const control = createControl(faults)
  const faulty = withFaults(handler, faults, stop.signal)
  const maxBytes = options.maxRequestBytes ?? MAX_REQUEST_BYTES
  let url = ""
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing, maxBytes, url, async (request) => {
      if (isControl(request)) return await control(request)
      requests.push(`${incoming.method} ${incoming.url}`)
      if (requests.length > MAX_REMEMBERED_REQUESTS) requests.shift()
      return await faulty(request)
    }).catch(() => {
      outgoing.destroy()
    })
  })
  const { port } = await listen(server, options.port ?? 0)
  url = `http://${HOST}:${port}`
  return {
    url,
    faults,
    requests,
    async close() {
      stop.abort()
      await closeServer(server)
    },
  }
}

/** Answers one request; throws where the connection has to end. */
async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  maxBytes: number,
  url: string,
  handler: Handler,
): Promise<void> {
  const body = await readBody(incoming, maxBytes)
  if (body === undefined) {
    await send(outgoing, new Response("the request is too large\n", { status: 413 }), false)
    return
  }
  const response = await handler(toRequest(incoming, body, url))
  await send(outgoing, response, incoming.method === "HEAD")
}

function toRequest(incoming: IncomingMessage, body: Uint8Array, url: string): Request {
  const method = incoming.method ?? "GET"
  const headers = new Headers()
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value)
  }
  const bodiless = method === "GET" || method === "HEAD"
  // Not `new URL(path, url)`: a path that begins with two slashes would name another host.
  return new Request(url + (incoming.url ?? "/"), {
    method,
    headers,
    ...(bodiless ? {} : { body: new Uint8Array(body) }),
  })
}

async function send(outgoing: ServerResponse, response: Response, head: boolean): Promise<void> {
  const { status, statusText, headers } = response
  outgoing.statusCode = status
  if (statusText !== "") outgoing.statusMessage = statusText
  for (const [name, value] of headers) {
    if (name !== "set-cookie") outgoing.setHeader(name, value)
  }
  if (headers.getSetCookie().length > 0) outgoing.setHeader("set-cookie", headers.getSetCookie())
  const body = head ? await withoutBody(outgoing, response) : await withLength(outgoing, response)
  if (body === undefined) outgoing.end()
  else await pipeline(body, outgoing)
}

async function withoutBody(outgoing: ServerResponse, response: Response): Promise<undefined> {
  if (outgoing.hasHeader("content-length")) await response.body?.cancel()
  else outgoing.setHeader("content-length", (await response.arrayBuffer()).byteLength)
}

/** The body to send; one of a single piece gets its length announced, as servers do. */
async function withLength(
  outgoing: ServerResponse,
  { status, body }: Response,
): Promise<Readable | undefined> {
  if (body === null) {
    if (status !== 204 && status !== 304) outgoing.setHeader("content-length", 0)
    return undefined
  }
  const stream = Readable.fromWeb(body)
  if (outgoing.hasHeader("content-length")) {
    outgoing.flushHeaders()
    return stream
  }
  const pieces = stream[Symbol.asyncIterator]()
  const first = await pieces.next()
  const second = await pieces.next()
  if (second.done === true) {
    const only: Uint8Array = first.done === true ? Buffer.of() : first.value
    outgoing.setHeader("content-length", only.byteLength)
    return Readable.from([only])
  }
  return Readable.from(joined([first.value, second.value], pieces))
}

async function* joined(start: readonly unknown[], rest: AsyncIterator<unknown>): AsyncGenerator {
  yield* start
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}

/** The body; nothing where it is too large, which is read to its end all the same: a client listens when it has spoken. */
async function readBody(
  incoming: IncomingMessage,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size <= maxBytes) chunks.push(bytes)
  }
  return size > maxBytes ? undefined : Buffer.concat(chunks)
}

async function listen(server: Server, port: number): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, HOST, resolve)
  })
  const address = server.address()
  if (address === null || typeof address === "string") throw new TypeError("not a TCP server")
  return address
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve()
    })
  })
  server.closeAllConnections()
  await closed
}
