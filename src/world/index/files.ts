import type { RouteHandler } from "../http/handler.ts"
import type { IndexContext } from "./context.ts"
import { isKnown } from "./page.ts"
import { notFound } from "./refusal.ts"
import { filePath, findFile } from "./state.ts"

const HEADERS = {
  "accept-ranges": "bytes",
  "access-control-allow-origin": "*",
  "cache-control": "max-age=365000000, immutable, public",
}

/** `GET /packages/…`: files, and beside wheels their METADATA (PEP 658), with ranges (RFC 9110 §14). */
export function createFileRoute({ state, store }: IndexContext): RouteHandler {
  return (request, { path = "" }) => {
    const isMetadata = path.endsWith(".metadata")
    const wanted = `packages/${isMetadata ? path.slice(0, -".metadata".length) : path}`
    const file = findFile(state, (candidate) => filePath(candidate) === wanted)?.file
    const digest = isMetadata ? file?.metadata : file?.content
    const content = digest === undefined ? undefined : store.get(digest)
    if (digest === undefined || content === undefined) return notFound(request)
    const type = isMetadata ? "text/plain; charset=UTF-8" : "application/octet-stream"
    return serveContent(request, content, `"${digest}"`, { ...HEADERS, "content-type": type })
  }
}

/** A content under a strong entity tag: whole, the one range that was asked for, or not at all where the client has it. */
function serveContent(
  request: Request,
  content: Uint8Array,
  etag: string,
  headers: Readonly<Record<string, string>>,
): Response {
  const common = { ...headers, etag }
  if (isKnown(request, etag)) return new Response(null, { status: 304, headers: common })
  const range = readRange(request, content.byteLength, etag)
  if (range === undefined) {
    return body(content, 200, { ...common, "content-length": String(content.byteLength) })
  }
  const size = content.byteLength
  if (range === "unsatisfiable") {
    const unsatisfied = { ...common, "content-range": `bytes */${size}` }
    return new Response(null, { status: 416, headers: unsatisfied })
  }
  const { start, end } = range
  return body(content.subarray(start, end + 1), 206, {
    ...common,
    "content-length": String(end + 1 - start),
    "content-range": `bytes ${start}-${end}/${size}`,
  })
}

function body(bytes: Uint8Array, status: number, headers: Record<string, string>): Response {
  return new Response(new Uint8Array(bytes), { status, headers })
}

interface ByteRange {
  readonly start: number
  /** The last byte that belongs to it. */
  readonly end: number
}

/** The range asked for; undefined for the whole: no range, several, one we cannot read, or one of another version (`If-Range`). */
function readRange(
  request: Request,
  size: number,
  etag: string,
): ByteRange | "unsatisfiable" | undefined {
  const header = request.headers.get("range")
  const condition = request.headers.get("if-range")
  if (header === null || (condition !== null && condition !== etag)) return undefined
  const [, from = "", to = ""] = /^bytes=([0-9]{0,15})-([0-9]{0,15})$/.exec(header.trim()) ?? []
  if (from === "" && to === "") return undefined
  if (from === "") {
    const last = Math.min(Number(to), size)
    return last === 0 ? "unsatisfiable" : { start: size - last, end: size - 1 }
  }
  const range = { start: Number(from), end: to === "" ? size - 1 : Math.min(Number(to), size - 1) }
  if (to !== "" && Number(to) < range.start) return undefined
  return range.start >= size ? "unsatisfiable" : range
}
