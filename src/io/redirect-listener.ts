import { createServer, type Server } from "node:http"

import { WheelproofError } from "../core/errors.ts"

/** Waits on this machine for a browser to come back. */
export interface RedirectListener {
  /** Where the browser has to be sent. */
  readonly address: URL
  /** The address with which it came. Rejects with `ERR_INTERRUPTED` when the signal is aborted. */
  readonly received: Promise<URL>
  close(): Promise<void>
}

const PATH = "/auth/callback"
const PAGE =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>wheelproof</title><p>You have signed in. You can close this page and go back to the terminal.</p></html>\n'

/** Listens on a free port of this machine for one redirect, and for nothing else. */
export async function listenForRedirect(signal: AbortSignal): Promise<RedirectListener> {
  const { promise: received, resolve, reject } = Promise.withResolvers<URL>()
  // It is asked for later; until then its failure must not count as unhandled.
  received.catch(() => undefined)
  const address = new URL(`http://localhost${PATH}`)
  const server = createServer((request, response) => {
    const url = URL.parse(request.url ?? "", address.href)
    if (request.method !== "GET" || url?.pathname !== PATH) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      // The code is in this page's address: it must not go anywhere from here.
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    })
    response.end(PAGE)
    resolve(url)
  })
  signal.addEventListener("abort", () => reject(interrupted(signal)), { once: true })
  await listen(server)
  address.port = String(portOf(server))
  return { address, received, close: () => close(server) }
}

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(0, "127.0.0.1", resolve)
  })
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("no port was given")
  return address.port
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => {
    server.close(resolve)
  })
}

function interrupted(signal: AbortSignal): WheelproofError {
  return new WheelproofError("ERR_INTERRUPTED", "interrupted", { cause: signal.reason })
}
