import { request as httpRequest } from "node:http"

import { afterEach, describe, expect, test } from "vitest"

import { createRoutes, readBody, type Handler } from "../../../src/world/http/handler.ts"
import { startService, type Service, type ServiceOptions } from "../../../src/world/http/service.ts"

const services: Service[] = []
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.close()))
})

async function start(handler: Handler, options?: ServiceOptions): Promise<Service> {
  const service = await startService(handler, options)
  services.push(service)
  return service
}

const counter = (): Handler => {
  let count = 0
  return () => Response.json({ count: (count += 1) })
}

test("it listens on loopback, answers what the handler answers, and remembers what was asked", async () => {
  const service = await start(
    createRoutes({
      "POST /echo/:name": async (request, { name }) =>
        new Response(await readBody(request), {
          status: 201,
          headers: { "x-name": name ?? "", "set-cookie": "a=1" },
        }),
    }),
  )
  expect(service.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  const response = await fetch(`${service.url}/echo/a%20b?q=1`, { method: "POST", body: "hello" })
  expect(response.status).toBe(201)
  expect(response.headers.get("x-name")).toBe("a b")
  expect(response.headers.getSetCookie()).toEqual(["a=1"])
  expect(response.headers.get("content-length")).toBe("5")
  expect(await response.text()).toBe("hello")
  expect((await fetch(`${service.url}/nowhere`)).status).toBe(404)
  expect(service.requests).toEqual(["POST /echo/a%20b?q=1", "GET /nowhere"])
})

test("two slashes name no other host", async () => {
  const service = await start((request) => new Response(request.url))
  expect(await (await fetch(`${service.url}//evil.example/x`)).text()).toBe(
    `${service.url}//evil.example/x`,
  )
})

test("a large answer streams, HEAD has its length and no body", async () => {
  const chunk = new Uint8Array(70_000).fill(7)
  const service = await start(() => {
    let left = 5
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        left -= 1
        if (left < 0) controller.close()
        else controller.enqueue(chunk)
      },
    })
    return new Response(body)
  })
  const response = await fetch(service.url)
  expect(response.headers.get("transfer-encoding")).toBe("chunked")
  expect((await response.arrayBuffer()).byteLength).toBe(350_000)
  const head = await fetch(service.url, { method: "HEAD" })
  expect([head.headers.get("content-length"), await head.text()]).toEqual(["350000", ""])
})

test("a request that is too large gets a 413", async () => {
  const service = await start(() => new Response("fine"), { maxRequestBytes: 1_000 })
  const body = new Uint8Array(1_001)
  expect((await fetch(service.url, { method: "POST", body })).status).toBe(413)
  expect((await fetch(service.url, { method: "POST", body: body.slice(1) })).status).toBe(200)
})

test("a request that does not end is not read for ever", async () => {
  const service = await start(() => new Response("fine"), { maxRequestBytes: 1_000 })
  const body = new Uint8Array(1_000_000)
  await expect(fetch(service.url, { method: "POST", body })).rejects.toThrow("fetch failed")
})

test("a handler's bug is answered as such", async () => {
  const service = await start(() => {
    throw new Error("oh")
  })
  const response = await fetch(service.url)
  expect([response.status, await response.text()]).toEqual([
    500,
    "the local world has a bug: Error: oh\n",
  ])
})

describe("faults", () => {
  test("a status with its headers, limited to a method, a path and a number of times", async () => {
    const service = await start(counter())
    service.faults.add({
      kind: "status",
      status: 503,
      headers: { "retry-after": "7" },
      method: "post",
      path: "/a/*/c",
      times: 1,
    })
    const post = async (path: string): Promise<Response> =>
      await fetch(service.url + path, { method: "POST" })
    expect((await fetch(`${service.url}/a/b/c`)).status).toBe(200)
    expect((await post("/a/b/d")).status).toBe(200)
    const faulty = await post("/a/b/b/c")
    expect([faulty.status, faulty.headers.get("retry-after")]).toEqual([503, "7"])
    expect((await post("/a/b/c")).status).toBe(200)
    expect(service.faults.list()).toEqual([])
  })

  test("GitHub's rate limit", async () => {
    const service = await start(counter())
    service.faults.add({ kind: "rate-limit", times: 1 })
    service.faults.add({ kind: "rate-limit", status: 429, retryAfter: 5 })
    const first = await fetch(service.url)
    expect(first.status).toBe(403)
    expect(first.headers.get("x-ratelimit-remaining")).toBe("0")
    expect(Number(first.headers.get("x-ratelimit-reset"))).toBeGreaterThan(Date.now() / 1000)
    const second = await fetch(service.url)
    expect([second.status, second.headers.get("retry-after")]).toEqual([429, "5"])
  })

  test("nothing in the answer, half of it, another byte in it, none at all", async () => {
    const service = await start(() => new Response("abcdefgh", { status: 201 }))
    const undo = [service.faults.add({ kind: "empty" })]
    const empty = await fetch(service.url)
    expect([empty.status, await empty.text()]).toEqual([201, ""])
    undo[0]?.()
    service.faults.add({ kind: "altered", times: 1 })
    expect(await (await fetch(service.url)).text()).toBe("abcddfgh")
    service.faults.add({ kind: "truncated", times: 1 })
    const half = await fetch(service.url)
    expect(half.headers.get("content-length")).toBe("8")
    await expect(half.text()).rejects.toThrow("terminated")
    service.faults.add({ kind: "reset", times: 1 })
    await expect(fetch(service.url)).rejects.toThrow("fetch failed")
    expect(await (await fetch(service.url)).text()).toBe("abcdefgh")
  })

  test("the answer of before, for the same question", async () => {
    const service = await start(counter())
    const get = async (path: string): Promise<unknown> =>
      await (await fetch(service.url + path)).json()
    expect(await get("/page")).toEqual({ count: 1 })
    const fresh = service.faults.add({ kind: "stale", path: "/*" })
    expect(await get("/page")).toEqual({ count: 1 })
    expect(await get("/page")).toEqual({ count: 1 })
    // What nobody asked before cannot be stale yet.
    expect(await get("/page?other")).toEqual({ count: 2 })
    expect(await get("/page?other")).toEqual({ count: 2 })
    fresh()
    expect(await get("/page")).toEqual({ count: 3 })
  })

  test("a slow answer comes when the fault is taken back, or after its delay", async () => {
    const service = await start(counter())
    const release = service.faults.add({ kind: "slow" })
    const waiting = fetch(service.url)
    while (service.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    release()
    expect((await waiting).status).toBe(200)
    service.faults.add({ kind: "slow", delayMs: 1 })
    expect((await fetch(service.url)).status).toBe(200)
  })

  test("closing ends what waits and what stalls", async () => {
    const service = await start(counter())
    service.faults.add({ kind: "stalled", times: 1 })
    const stalled = await fetch(service.url)
    service.faults.add({ kind: "slow" })
    const waiting = fetch(service.url).catch(String)
    while (service.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 1))
    await service.close()
    await expect(stalled.text()).rejects.toThrow("terminated")
    expect(await waiting).toContain("fetch failed")
  })
})

const control = async (
  service: Service,
  method: string,
  body?: unknown,
  type = "application/json",
): Promise<Response> =>
  await fetch(`${service.url}/-/faults`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": type } }),
  })

describe("faults from another process", () => {
  test("are set, listed and taken back", async () => {
    const service = await start(counter())
    const fault = { kind: "status", status: 500, path: "/x", times: 2 }
    expect((await control(service, "POST", fault)).status).toBe(201)
    expect(await (await control(service, "GET")).json()).toEqual([fault])
    expect((await fetch(`${service.url}/x`)).status).toBe(500)
    expect((await control(service, "DELETE")).status).toBe(204)
    expect((await fetch(`${service.url}/x`)).status).toBe(200)
    expect(service.requests).toEqual(["GET /x", "GET /x"])
  })

  test.each([
    ["no kind", {}, "fault.kind is missing"],
    ["an unknown kind", { kind: "fire" }, 'fault.kind "fire" is not one of'],
    ["an unknown member", { kind: "reset", colour: "red" }, 'unknown member "colour"'],
    ["a status that is none", { kind: "status", status: 99 }, "fault.status is not a status"],
    ["a count that is none", { kind: "reset", times: -1 }, "is not a 64-bit unsigned integer"],
  ])("are refused with %s", async (_, fault, message) => {
    const service = await start(counter())
    const response = await control(service, "POST", fault)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ message: expect.stringContaining(message) })
  })

  test("are refused from a page in a browser", async () => {
    const service = await start(counter())
    const response = await control(service, "POST", { kind: "reset" }, "text/plain")
    expect(response.status).toBe(415)
    const status = await new Promise((resolve) => {
      const headers = { host: "rebound.example" }
      httpRequest(`${service.url}/-/faults`, { headers }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      }).end()
    })
    expect(status).toBe(403)
  })
})
