import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { inspect } from "node:util"
import { gzipSync } from "node:zlib"

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest"

import { createHttpClient, type HttpAnswer, postJson } from "../../src/io/http.ts"

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

const http = createHttpClient({ offline: false })
const LIMITS = { maxBytes: 16 * 2 ** 20, timeoutMs: 10_000, signal: new AbortController().signal }

function post(limits: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<HttpAnswer> {
  return postJson(http, new URL("/asked", base), { a: [1, "é"] }, { ...LIMITS, ...limits })
}

/** A port of this machine on which nobody listens. */
async function closedPort(): Promise<number> {
  const closed = createServer()
  await new Promise<void>((resolve) => {
    closed.listen(0, "127.0.0.1", resolve)
  })
  const { port } = closed.address() as AddressInfo
  await new Promise((resolve) => {
    closed.close(resolve)
  })
  return port
}

test("JSON is sent, and status and bytes come back whatever they are", async () => {
  const received = Promise.withResolvers<unknown>()
  handle = (request, response) => {
    const { "content-type": type, accept } = request.headers
    received.resolve(text(request).then((body) => ({ type, accept, body })))
    response.writeHead(418, { "content-type": "text/html" }).end(Buffer.of(0, 255))
  }
  const { status, headers, body } = await post()
  expect({ status, body: [...body] }).toEqual({ status: 418, body: [0, 255] })
  expect(headers.get("content-type")).toBe("text/html")
  expect(await received.promise).toEqual({
    type: "application/json",
    accept: "application/json",
    body: '{"a":[1,"é"]}',
  })
  expect(requests).toEqual(["POST /asked"])
})

test("an answer without a body is empty", async () => {
  handle = (_request, response) => response.writeHead(204).end()
  expect(await post()).toMatchObject({ status: 204, body: Buffer.of() })
})

describe("no answer", () => {
  test("a closed port", async () => {
    const port = await closedPort()
    await expect(http.send(new URL(`http://127.0.0.1:${port}/`), LIMITS)).rejects.toMatchObject({
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
    await expect(post({ timeoutMs: 50 })).rejects.toMatchObject({
      code: "ERR_NETWORK",
      message: `${new URL(base).host} did not answer within 0.05 s`,
    })
  })

  test.each([301, 302, 303, 307, 308])("redirects by %d are refused", async (status) => {
    handle = (_request, response) => response.writeHead(status, { location: "/other" }).end()
    await expect(post()).rejects.toMatchObject({
      code: "ERR_NETWORK",
      message: `${new URL(base).host} sends on to ${new URL(base).host}, which is not followed`,
    })
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

describe("redirects that may be followed", () => {
  const headers = { authorization: "Bearer secret" }
  const seen: { url: string | undefined; authorization: string | undefined }[] = []
  let elsewhere: string
  const other = createServer((request, response) => {
    seen.push({ url: request.url, authorization: request.headers.authorization })
    response.end("elsewhere")
  })
  beforeAll(async () => {
    await new Promise<void>((resolve) => {
      other.listen(0, "127.0.0.1", resolve)
    })
    elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
  })
  afterAll(() => {
    other.closeAllConnections()
    other.close()
  })
  beforeEach(() => {
    seen.length = 0
  })

  test("headers go on to the same host, and to no other", async () => {
    const first = new URL("/first", base)
    handle = (request, response) => {
      if (request.url === "/first") response.writeHead(302, { location: "/second" }).end()
      else
        response
          .writeHead(307, { location: `${elsewhere}/third` })
          .end(request.headers.authorization)
    }
    await expect(http.send(first, { ...LIMITS, headers, redirects: 1 })).rejects.toMatchObject({
      code: "ERR_NETWORK",
    })
    const { body } = await http.send(first, { ...LIMITS, headers, redirects: 2 })
    expect(Buffer.from(body).toString()).toBe("elsewhere")
    expect(seen).toEqual([{ url: "/third", authorization: undefined }])
  })

  test("a body goes on only where the status says so", async () => {
    const bodies: string[] = []
    handle = (request, response) => {
      if (request.url === "/asked") {
        response.writeHead(Number(request.headers["x-status"]), { location: "/next" }).end()
        return
      }
      const body = text(request).then((content) => bodies.push(`${request.method} ${content}`))
      void body.finally(() => response.end())
    }
    for (const status of ["303", "308"]) {
      await http.send(new URL("/asked", base), {
        ...LIMITS,
        method: "POST",
        headers: { "x-status": status },
        body: "content",
        redirects: 1,
      })
    }
    expect(bodies).toEqual(["GET ", "POST content"])
  })

  test.each(["http://example.com/", "ftp://127.0.0.1/", "http://["])(
    "%s is not",
    async (location) => {
      handle = (_request, response) => response.writeHead(302, { location }).end()
      await expect(
        http.send(new URL("/asked", base), { ...LIMITS, redirects: 5 }),
      ).rejects.toMatchObject({ code: "ERR_NETWORK" })
      expect(requests).toEqual(["GET /asked"])
    },
  )

  test("an answer that only looks like one is an answer", async () => {
    handle = (_request, response) => response.writeHead(302).end("stay")
    expect((await post()).status).toBe(302)
  })
})

test("offline no socket is opened", async () => {
  await expect(
    createHttpClient({ offline: true }).send(new URL("/asked", base), LIMITS),
  ).rejects.toMatchObject({ code: "ERR_OFFLINE" })
  expect(requests).toEqual([])
})

test("plain HTTP is for this machine alone", async () => {
  await expect(http.send(new URL("http://example.com/"), LIMITS)).rejects.toMatchObject({
    code: "ERR_CONFIG",
    message: "example.com would be asked without encryption",
  })
})

test("a token that no header can hold is not in the error, nor in its causes", async () => {
  const secret = "very-secret"
  const send = http.send(new URL("/asked", base), {
    ...LIMITS,
    headers: { authorization: `Bearer ${secret}\n${secret}` },
  })
  const error: unknown = await send.catch((caught: unknown) => caught)
  expect(error).toMatchObject({ code: "ERR_CONFIG" })
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret)
  expect(requests).toEqual([])
})

test("nor are a path, a query, headers or a body in any other", async () => {
  const port = await closedPort()
  const send = http.send(new URL(`http://127.0.0.1:${port}/very-secret?token=very-secret`), {
    ...LIMITS,
    method: "POST",
    headers: { authorization: "very-secret" },
    body: "very-secret",
  })
  const error: unknown = await send.catch((caught: unknown) => caught)
  expect(error).toMatchObject({ code: "ERR_NETWORK" })
  expect(inspect(error, { depth: 9 })).not.toContain("very-secret")
})
