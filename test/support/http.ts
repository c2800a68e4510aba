import type { HttpClient } from "../../src/io/http.ts"
import type { Handler } from "../../src/world/http/handler.ts"

/** A client that reaches services of the local world without a socket: each by its origin. Everything else is a host that is not there. */
export function httpTo(services: Readonly<Record<string, Handler>>): HttpClient & {
  /** `METHOD URL` of every request so far. */
  readonly requests: readonly string[]
} {
  const requests: string[] = []
  return {
    requests,
    async send(url, { method = "GET", headers = {}, body }) {
      requests.push(`${method} ${url.href}`)
      const handler = services[url.origin]
      if (handler === undefined) throw new Error(`nobody serves ${url.origin}`)
      const response = await handler(
        new Request(url, {
          method,
          headers,
          ...(body === undefined
            ? {}
            : { body: typeof body === "string" ? body : Buffer.from(body) }),
        }),
      )
      return {
        status: response.status,
        headers: new Map(response.headers),
        body: new Uint8Array(await response.arrayBuffer()),
      }
    },
  }
}

/** Limits that no test reaches. */
export const LIMITS: { readonly timeoutMs: number; readonly signal: AbortSignal } = {
  timeoutMs: 10_000,
  signal: new AbortController().signal,
}
