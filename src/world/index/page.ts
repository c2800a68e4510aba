import { createHash } from "node:crypto"

/** What lets pages of other origins read the index (Warehouse, `utils/cors.py`). */
export const CORS: Readonly<Record<string, string>> = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers":
    "Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since",
  "access-control-allow-methods": "GET",
  "access-control-max-age": "86400",
  "access-control-expose-headers": "X-PyPI-Last-Serial",
}

/** The answer with an entity tag; without its body where the client has it already (RFC 9110 §13.1.2). */
export function cached(
  request: Request,
  body: string,
  headers: Readonly<Record<string, string>>,
): Response {
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`
  if (isKnown(request, etag)) {
    const { "content-type": _, ...rest } = headers
    return new Response(null, { status: 304, headers: { ...rest, etag } })
  }
  return new Response(body, { headers: { ...headers, etag } })
}

/** Whether the client names this entity tag as one that it has. */
export function isKnown(request: Request, etag: string): boolean {
  const header = request.headers.get("if-none-match")
  if (header === null) return false
  const tags = header.split(",").map((tag) => tag.trim().replace(/^W\//, ""))
  return tags.includes(etag) || tags.includes("*")
}
