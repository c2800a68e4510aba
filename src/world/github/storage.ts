import { createHmac, timingSafeEqual } from "node:crypto"

import { compress } from "snappyjs"

import { createRoutes, type Handler } from "../http/handler.ts"
import type { GitHubContext } from "./context.ts"

/** Milliseconds for which an address can be used. */
const LIFETIME = 300_000

/** The address of a content for somebody who may have it: it works without a token, and for five minutes. */
export function signedUrl(
  { options, storageKey, clock }: GitHubContext,
  kind: "assets" | "attestations",
  content: string,
  filename = "",
): string {
  const url = new URL(`/${kind}/${content}`, options.storageUrl())
  url.searchParams.set("se", String(clock() + LIFETIME))
  if (filename !== "") url.searchParams.set("rscd", filename)
  url.searchParams.set("sig", signatureOf(url, storageKey))
  return url.href
}

/**
 * The storage service that GitHub's addresses lead to. Like the real one it takes signed addresses alone, and refuses a request that
 * brings a token along: a client that sends it there gives it away.
 */
export function createStorage(context: GitHubContext): Handler {
  const open = (answer: (content: Uint8Array, url: URL) => Response) => {
    return (request: Request, { content = "" }: Readonly<Record<string, string>>): Response => {
      const url = new URL(request.url)
      const refusal = checkAddress(request, url, context)
      if (refusal !== undefined) return refusal
      const bytes = context.store.get(content)
      return bytes === undefined
        ? storageError(404, "BlobNotFound", "The specified blob does not exist.")
        : answer(bytes, url)
    }
  }
  return createRoutes({
    "GET /assets/:content": open((bytes, url) => {
      const filename = url.searchParams.get("rscd") ?? "download"
      return new Response(new Uint8Array(bytes), {
        headers: {
          "content-type": "application/octet-stream",
          "content-disposition": `attachment; filename=${JSON.stringify(filename)}`,
        },
      })
    }),
    "GET /attestations/:content": open((bytes) => {
      const headers = { "content-type": "application/x-snappy" }
      return new Response(new Uint8Array(compress(new Uint8Array(bytes))), { headers })
    }),
  })
}

function signatureOf(url: URL, key: Uint8Array): string {
  const signed = [url.pathname, url.searchParams.get("se"), url.searchParams.get("rscd")]
  return createHmac("sha256", key).update(signed.join("\n")).digest("base64url")
}

function checkAddress(request: Request, url: URL, context: GitHubContext): Response | undefined {
  if (request.headers.has("authorization")) {
    return storageError(
      400,
      "InvalidAuthenticationInfo",
      "Authentication information is not given in the correct format. Check the value of Authorization header.",
    )
  }
  const presented = Buffer.from(url.searchParams.get("sig") ?? "")
  const expected = Buffer.from(signatureOf(url, context.storageKey))
  const isSigned = presented.length === expected.length && timingSafeEqual(presented, expected)
  if (isSigned && context.clock() <= Number(url.searchParams.get("se"))) return undefined
  return storageError(
    403,
    "AuthenticationFailed",
    "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.",
  )
}

function storageError(status: number, code: string, message: string): Response {
  const xml = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`
  return new Response(xml, { status, headers: { "content-type": "application/xml" } })
}
