import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { gzipSync } from "node:zlib"

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest"

import { createLogTransport } from "../../src/io/log-transport.ts"

type Handler = (request: IncomingMessage, response: ServerResponse) => void

let handle: Handler
let requests: string[]
let base: string
const server = createServer((request, response) => {
  requests.push(`${request.method} ${request.url}`)
  handle(request, response)
})
beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  requests = []
})

const MEBIBYTE = Buffer.alloc(2 ** 20)

function post(
  limits: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<{ status: number; body: Uint8Array }> {
  const { timeoutMs = 10_000, signal = new AbortController().signal } = limits
  return createLogTransport({ timeoutMs, signal }).postJson(new URL("/asked", base), {
    a: [1, "é"],
  })
}

test("JSON is sent, and status and bytes come back whatever they are", async () => {
  const received = Promise.withResolvers<unknown>()
  handle = (request, response) => {
    const { "content-type": type, accept } = request.headers
    received.resolve(text(request).then((body) => ({ type, accept, body })))
    response.writeHead(418, { "content-type": "text/html" }).end(Buffer.of(0, 255))
  }
  const { status, body } = await post()
  expect({ status, body: [...body] }).toEqual({ status: 418, body: [0, 255] })
  expect(await received.promise).toEqual({
    type: "application/json",
    accept: "application/json",
    body: '{"a":[1,"é"]}',
  })
  expect(requests).toEqual(["POST /asked"])
})

test("an answer without a body is empty", async () => {
  handle = (_request, response) => response.writeHead(204).end()
  expect(await post()).toEqual({ status: 204, body: Buffer.of() })
})

describe("no answer", () => {
  test("a closed port", async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => {
      closed.listen(0, "127.0.0.1", resolve)
    })
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => {
      closed.close(resolve)
    })
    const { signal } = new AbortController()
    const transport = createLogTransport({ timeoutMs: 10_000, signal })
    const url = new URL(`http://127.0.0.1:${port}/`)
    await expect(transport.postJson(url, {})).rejects.toMatchObject({
      code: "ERR_NETWORK",
      message: `127.0.0.1:${port} did not answer`,
    })
  })

  test.each<[string, Handler]>([
    ["the connection is cut", (request) => request.socket.destroy()],
    [
      "the answer is cut",
      (_request, response) => {
        response.writeHead(200, { "content-length": 10 })
        response.write("half", () => response.destroy())
      },
    ],
    [
      "the answer is not HTTP",
      (request) => {
        request.socket.end("hello\r\n\r\n")
      },
    ],
    [
      "the answer is not what its encoding says",
      (_request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("plain"),
    ],
  ])("%s", async (_name, handler) => {
    handle = handler
    await expect(post()).rejects.toMatchObject({ code: "ERR_NETWORK" })
  })

  test.each<[string, Handler]>([
    ["no answer", () => {}],
    [
      "an answer that never ends",
      (_request, response) => {
        response.writeHead(200).write("and ")
      },
    ],
  ])("%s in time", async (_name, handler) => {
    handle = handler
    await expect(post({ timeoutMs: 50 })).rejects.toMatchObject({ code: "ERR_NETWORK" })
  })

  test.each([301, 302, 303, 307, 308])("redirects by %d are refused", async (status) => {
    handle = (_request, response) => response.writeHead(status, { location: "/other" }).end()
    await expect(post()).rejects.toMatchObject({ code: "ERR_NETWORK" })
    expect(requests).toEqual(["POST /asked"])
  })

  test("an interruption is no failure of the network", async () => {
    handle = () => {}
    const stop = new AbortController()
    const pending = post({ signal: stop.signal })
    await vi.waitFor(() => {
      expect(requests).toHaveLength(1)
    })
    stop.abort()
    await expect(pending).rejects.toMatchObject({ code: "ERR_INTERRUPTED" })
  })
})

describe("large answers", () => {
  test("16 MiB are taken", async () => {
    handle = (_request, response) =>
      response.end(Buffer.concat(Array.from({ length: 16 }, () => MEBIBYTE)))
    expect((await post()).body.byteLength).toBe(16 * 2 ** 20)
  })

  test.each<[string, Handler]>([
    [
      "more is not",
      (_request, response) =>
        response.end(Buffer.concat([...Array.from({ length: 16 }, () => MEBIBYTE), Buffer.of(0)])),
    ],
    [
      "an answer without end is left",
      (_request, response) => {
        const send = (): void => {
          if (!response.destroyed) response.write(MEBIBYTE, send)
        }
        send()
      },
    ],
    [
      "what counts is the size when unpacked",
      (_request, response) =>
        response
          .writeHead(200, { "content-encoding": "gzip" })
          .end(gzipSync(Buffer.alloc(64 * 2 ** 20))),
    ],
  ])("%s", async (_name, handler) => {
    handle = handler
    await expect(post()).rejects.toMatchObject({
      code: "ERR_INPUT_TOO_LARGE",
      message: "the answer is over 16777216 bytes",
    })
  })
})
