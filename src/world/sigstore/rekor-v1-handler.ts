import { malformed, WheelproofError } from "../../core/errors.ts"
import type { Json } from "../crypto/canonical-json.ts"
import { subjectPublicKeyInfo } from "../crypto/keys.ts"
import { toPem } from "../crypto/pem.ts"
import { readJsonBody, type Handler, type RouteHandler } from "../http/handler.ts"
import { createOpenApiRoutes, mediaType, openApiError } from "../http/open-api.ts"
import { member, stringMember } from "./envelope.ts"
import { verifierKeys } from "./rekor-body.ts"
import { acceptProposal } from "./rekor-proposal.ts"
import type { LoggedEntry, RekorV1 } from "./rekor-v1.ts"
import { base64 } from "./wire.ts"

const MAX_QUERIES = 10
const ENTRY_ID = /^(?:[0-9a-f]{64}|[0-9a-f]{80})$/i
const ENTRIES = "/api/v1/log/entries"

/** How a Rekor v1 service behaves. */
export interface RekorV1HandlerOptions {
  /** The seconds since 1970 at which new entries are integrated; without it the log takes none. */
  readonly clock?: () => number
}

/** A Rekor v1 service over this log (Rekor, `openapi.yaml`). */
export function createRekorV1Handler(log: RekorV1, { clock }: RekorV1HandlerOptions = {}): Handler {
  return createOpenApiRoutes({
    "GET /api/v1/log": () => logInfo(log),
    "GET /api/v1/log/proof": ({ url }) => consistency(log, new URL(url).searchParams),
    "GET /api/v1/log/publicKey": ({ url }) => publicKey(log, new URL(url).searchParams),
    [`GET ${ENTRIES}`]: ({ url }) => byLogIndex(log, new URL(url).searchParams),
    [`GET ${ENTRIES}/:uuid`]: (_request, { uuid = "" }) => byEntryId(log, uuid),
    [`POST ${ENTRIES}`]: withJson((body, url) => create(log, body, url, clock)),
    [`POST ${ENTRIES}/retrieve`]: withJson((body) => retrieve(log, body)),
    "POST /api/v1/index/retrieve": withJson((body) => searchIndex(log, body)),
  })
}

function withJson(answer: (body: unknown, url: URL) => Response): RouteHandler {
  return async (request) => {
    const type = mediaType(request, ["application/json", "application/yaml"])
    if (type instanceof Response) return type
    return answer(await readJsonBody(request), new URL(request.url))
  }
}

/** An entry as the API gives it, under its id. */
function apiEntry(log: RekorV1, entry: LoggedEntry): { readonly [uuid: string]: Json } {
  const proof = log.inclusionProof(entry)
  const { attestation } = entry
  return {
    [entry.uuid]: {
      ...(attestation === undefined ? {} : { attestation: { data: base64(attestation) } }),
      body: base64(entry.body),
      integratedTime: entry.integratedTime,
      logID: hex(log.logId),
      logIndex: entry.index + log.firstLogIndex,
      verification: {
        inclusionProof: {
          checkpoint: proof.checkpoint?.envelope,
          hashes: proof.hashes.map(base64ToHex),
          logIndex: entry.index,
          rootHash: base64ToHex(proof.rootHash),
          treeSize: Number(proof.treeSize),
        },
        signedEntryTimestamp: base64(log.signedEntryTimestamp(entry)),
      },
    },
  }
}

function logInfo(log: RekorV1): Response {
  const checkpoint = log.checkpoint()
  return Response.json({
    inactiveShards: [],
    rootHash: base64ToHex(checkpoint.split("\n")[2] ?? ""),
    signedTreeHead: checkpoint,
    treeID: String(log.treeId),
    treeSize: log.size(),
  })
}

function publicKey(log: RekorV1, query: URLSearchParams): Response {
  const tree = query.get("treeID") ?? ""
  if (tree !== "" && tree !== String(log.treeId)) return openApiError(400, "Bad Request")
  const text = toPem("PUBLIC KEY", subjectPublicKeyInfo(log.publicKey))
  return new Response(text, { headers: { "content-type": "application/x-pem-file" } })
}

function consistency(log: RekorV1, query: URLSearchParams): Response {
  const first = query.get("firstSize") ?? "1"
  const last = query.get("lastSize") ?? ""
  const treeId = query.get("treeID") ?? String(log.treeId)
  for (const [name, text] of Object.entries({ firstSize: first, lastSize: last })) {
    if (!/^\d{1,15}$/.test(text))
      return openApiError(422, `${name} in query must be of type int64`, 601)
    if (Number(text) < 1) {
      return openApiError(422, `${name} in query should be greater than or equal to 1`, 609)
    }
  }
  if (treeId !== String(log.treeId)) return openApiError(400, `${treeId} is not a valid tree ID`)
  if (Number(first) > Number(last)) {
    return openApiError(400, `firstSize(${first}) must be less than lastSize(${last})`)
  }
  if (Number(last) > log.size()) {
    const known = `what is currently observable(${log.size()})`
    return openApiError(400, `the tree size requested(${last}) was greater than ${known}`)
  }
  return Response.json({
    rootHash: base64ToHex(log.checkpoint().split("\n")[2] ?? ""),
    hashes: log.consistencyProof(Number(first), Number(last)).map(hex),
  })
}

function byLogIndex(log: RekorV1, query: URLSearchParams): Response {
  const text = query.get("logIndex")
  if (text === null) return openApiError(422, "logIndex in query is required", 602)
  if (!/^\d{1,15}$/.test(text))
    return openApiError(422, "logIndex in query must be of type int64", 601)
  const entry = log.findByLogIndex(Number(text))
  return entry === undefined ? notFound() : Response.json(apiEntry(log, entry))
}

function byEntryId(log: RekorV1, uuid: string): Response {
  if (!ENTRY_ID.test(uuid))
    return openApiError(422, "entryUUID in path should match its pattern", 605)
  const entry = log.find(uuid.toLowerCase())
  return entry === undefined ? notFound() : Response.json(apiEntry(log, entry))
}

function create(
  log: RekorV1,
  body: unknown,
  url: URL,
  clock: RekorV1HandlerOptions["clock"],
): Response {
  if (clock === undefined) {
    return openApiError(501, "Create Entry API not enabled in this Rekor instance")
  }
  const proposal = acceptForCreation(body)
  const uuid = log.entryId(proposal.body)
  const headers = { location: `${url.pathname}/${uuid}` }
  if (log.find(uuid) !== undefined) {
    const message = `an equivalent entry already exists in the transparency log with UUID ${uuid}`
    return Response.json({ code: 409, message }, { status: 409, headers })
  }
  const entry = log.add(proposal.body, clock(), proposal.extra)
  return Response.json(apiEntry(log, entry), { status: 201, headers: { ...headers, etag: uuid } })
}

function acceptForCreation(body: unknown): ReturnType<typeof acceptProposal> {
  try {
    return acceptProposal(body)
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    throw malformed(`error processing entry: ${error.message}`, error)
  }
}

function retrieve(log: RekorV1, query: unknown): Response {
  const ids = listMember(query, "entryUUIDs").map(String)
  const proposals = listMember(query, "entries")
  const indexes = listMember(query, "logIndexes").map(Number)
  if (ids.length + proposals.length + indexes.length > MAX_QUERIES) {
    return openApiError(422, `more than max allowed ${MAX_QUERIES} entries in request`)
  }
  const wrong = ids.find((id) => !ENTRY_ID.test(id))
  if (wrong !== undefined)
    return openApiError(422, "entryUUIDs in body should match its pattern", 605)
  const found = [
    ...ids.map((id) => log.find(id.toLowerCase())),
    ...proposals.map((proposal) => log.find(log.entryId(acceptProposal(proposal).body))),
    ...indexes.map(log.findByLogIndex),
  ]
  return Response.json(
    found.flatMap((entry) => (entry === undefined ? [] : [apiEntry(log, entry)])),
  )
}

/** Entry ids by hash, public key, address or name; all that any of them finds, or with the operator `and` what each finds. */
function searchIndex(log: RekorV1, query: unknown): Response {
  const results = searchKeys(query).map((key) => log.search(key.toLowerCase()))
  const operator = member(query, "operator") ?? "or"
  if (operator !== "or" && operator !== "and") {
    return openApiError(422, "operator in body should be one of [and or]", 606)
  }
  const [first = [], ...others] = results
  const found =
    operator === "or"
      ? new Set(results.flat())
      : first.filter((uuid) => others.every((result) => result.includes(uuid)))
  return Response.json([...found])
}

function searchKeys(query: unknown): string[] {
  const hash = member(query, "hash")
  const key = member(query, "publicKey")
  return [
    ...(typeof hash === "string" ? [/^[0-9a-f]{64}$/i.test(hash) ? `sha256:${hash}` : hash] : []),
    ...(key === undefined ? [] : publicKeyHash(key)),
    ...["email", "subject"].flatMap((name) => {
      const value = member(query, name)
      return typeof value === "string" && value !== "" ? [value] : []
    }),
  ]
}

function publicKeyHash(key: unknown): string[] {
  if (stringMember(key, "format") !== "x509") {
    throw malformed("the PKI format requested is not supported by this server")
  }
  const pem = Buffer.from(stringMember(key, "content"), "base64").toString("utf8")
  const [hash] = verifierKeys(pem, "")
  if (hash === undefined) throw malformed("public key provided could not be parsed")
  return [hash]
}

function listMember(value: unknown, key: string): unknown[] {
  const list = member(value, key)
  return Array.isArray(list) ? list : []
}

// The real service answers 404 without a body and without a content type.
function notFound(): Response {
  return new Response(null, { status: 404 })
}

function base64ToHex(text: string): string {
  return hex(Buffer.from(text, "base64"))
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex")
}
