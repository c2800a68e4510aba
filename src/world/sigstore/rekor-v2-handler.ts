import { createGatewayRoutes, gatewayError } from "../http/grpc-gateway.ts"
import { readJsonBody, type Handler } from "../http/handler.ts"
import { acceptRequest } from "./rekor-v2-request.ts"
import { TILE_WIDTH, type RekorV2 } from "./rekor-v2.ts"

/** A tile's or bundle's path: groups of three digits, all but the last after an `x`, and the width of a partial one. */
const TILE_PATH = /^((?:x\d{3}\/){0,4}\d{3})(?:\.p\/(\d{1,3}))?$/

// Entry bundles have two bytes for an entry's length.
const MAX_ENTRY_BYTES = 0xffff

/**
 * Rekor v2 (rekor-tiles, `rekor_service.proto`): entries are created at the service; checkpoint, tiles and entry bundles are read where
 * the public instance has its object store, at the same address (C2SP tlog-tiles).
 */
export function createRekorV2Handler(log: RekorV2): Handler {
  return createGatewayRoutes({
    "POST /api/v2/log/entries": async (request) => createEntry(log, await readJsonBody(request)),
    "GET /api/v2/checkpoint": () => text(log.checkpoint()),
    "GET /api/v2/tile/entries/*path": (_request, { path = "" }) =>
      part(path, (index, width) => log.entries(index, width), withLengths),
    "GET /api/v2/tile/:level/*path": (_request, { level = "", path = "" }) =>
      /^[0-5]$/.test(level)
        ? part(path, (index, width) => log.tile(Number(level), index, width), joined)
        : gatewayError("not-found", "Not Found"),
    "GET /healthz": () => Response.json({ status: "SERVING" }),
  })
}

function createEntry(log: RekorV2, request: unknown): Response {
  const body = acceptRequest(request)
  if (body.length > MAX_ENTRY_BYTES) return gatewayError("invalid-argument", "invalid entry")
  const known = log.find(body)
  if (known !== undefined) {
    const index = String(known.index)
    return gatewayError(
      "already-exists",
      `an equivalent entry already exists in the transparency log with index ${index}`,
      { "x-log-index": index },
    )
  }
  const { inclusionProof, ...entry } = log.transparencyLogEntry(log.add(body))
  // As the gateway writes messages: members that are not set included.
  const unset = { integratedTime: "0", inclusionPromise: null }
  return Response.json({ ...entry, ...unset, inclusionProof }, { status: 201 })
}

function part(
  path: string,
  read: (index: number, width: number) => readonly Uint8Array[],
  write: (parts: readonly Uint8Array[]) => Uint8Array,
): Response {
  const [, groups = "", partial] = TILE_PATH.exec(path) ?? []
  const index = Number(groups.replaceAll(/[x/]/g, ""))
  const width = partial === undefined ? TILE_WIDTH : Number(partial)
  const parts = groups === "" || width < 1 || width > TILE_WIDTH ? [] : read(index, width)
  // Only what the log has grown to; a partial tile of full width does not exist.
  if (parts.length !== width || partial === String(TILE_WIDTH) || parts.length === 0) {
    return gatewayError("not-found", "Not Found")
  }
  return new Response(Buffer.from(write(parts)), {
    headers: { "content-type": "application/octet-stream" },
  })
}

function joined(hashes: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(hashes)
}

/** An entry bundle: each entry after its length in two bytes, big endian. */
function withLengths(entries: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(entry.length)
      return [length, entry]
    }),
  )
}

function text(body: string): Response {
  return new Response(body, { headers: { "content-type": "text/plain; charset=utf-8" } })
}
