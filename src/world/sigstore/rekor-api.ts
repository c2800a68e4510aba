import { WheelproofError } from "../../core/errors.ts"
import type { Json } from "../crypto/canonical-json.ts"
import { member, readJson } from "./envelope.ts"
import { subjectPublicKeyInfo } from "../crypto/keys.ts"
import { toPem } from "../crypto/pem.ts"
import { acceptProposal } from "./rekor-proposal.ts"
import type { LoggedEntry, RekorV1 } from "./rekor-v1.ts"
import { base64 } from "./wire.ts"

const MAX_QUERIES = 10
const ENTRY_ID = /^(?:[0-9a-f]{64}|[0-9a-f]{80})$/i
const ENTRIES = "/api/v1/log/entries"

/** A request as the API sees it. */
export interface ApiRequest {
  readonly method: string
  readonly url: URL
  readonly body: Uint8Array
}

/** An answer: JSON, text, or nothing at all. */
export interface ApiAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: Json
  readonly text?: string
}

/** The seconds since 1970 at which new entries are integrated; without it the log takes none. */
export type IntegrationClock = (() => number) | undefined

/** Answers as the Rekor v1 API does (Rekor, `openapi.yaml`). */
export function answerRekor(log: RekorV1, request: ApiRequest, clock: IntegrationClock): ApiAnswer {
  const { method, url } = request
  try {
    const uuid = new RegExp(`^${ENTRIES}/([^/]+)$`).exec(url.pathname)?.[1]
    switch (`${method} ${url.pathname}`) {
      case "GET /api/v1/log":
        return logInfo(log)
      case "GET /api/v1/log/publicKey":
        return publicKey(log)
      case `GET ${ENTRIES}`:
        return byLogIndex(log, url)
      case `POST ${ENTRIES}`:
        return create(log, request, clock)
      case `POST ${ENTRIES}/retrieve`:
        return retrieve(log, readJson(request.body))
      case "POST /api/v1/index/retrieve":
        return searchIndex(log, readJson(request.body))
      default:
        return method === "GET" && uuid !== undefined
          ? byEntryId(log, uuid)
          : failure(404, `path ${url.pathname} was not found`)
    }
  } catch (error) {
    if (error instanceof WheelproofError) return failure(400, error.message)
    throw error
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

function logInfo(log: RekorV1): ApiAnswer {
  const checkpoint = log.checkpoint()
  return ok({
    inactiveShards: [],
    rootHash: base64ToHex(checkpoint.split("\n")[2] ?? ""),
    signedTreeHead: checkpoint,
    treeID: String(log.treeId),
    treeSize: log.size(),
  })
}

function publicKey(log: RekorV1): ApiAnswer {
  const text = toPem("PUBLIC KEY", subjectPublicKeyInfo(log.publicKey))
  return { status: 200, headers: { "content-type": "application/x-pem-file" }, text }
}

function byLogIndex(log: RekorV1, url: URL): ApiAnswer {
  const text = url.searchParams.get("logIndex") ?? ""
  if (!/^\d{1,15}$/.test(text)) return failure(422, "logIndex in query must be of type int64", 601)
  const entry = log.findByLogIndex(Number(text))
  return entry === undefined ? { status: 404 } : ok(apiEntry(log, entry))
}

function byEntryId(log: RekorV1, uuid: string): ApiAnswer {
  if (!ENTRY_ID.test(uuid)) return failure(422, "entryUUID in path should match its pattern", 604)
  const entry = log.find(uuid.toLowerCase())
  // The real service answers 404 without a body and without a content type.
  return entry === undefined ? { status: 404 } : ok(apiEntry(log, entry))
}

function create(log: RekorV1, { body, url }: ApiRequest, clock: IntegrationClock): ApiAnswer {
  if (clock === undefined) {
    return failure(501, "Create Entry API not enabled in this Rekor instance")
  }
  const proposal = acceptProposal(readJson(body))
  const uuid = log.entryId(proposal.body)
  const headers = { location: `${url.pathname}/${uuid}` }
  if (log.find(uuid) !== undefined) {
    const message = `an equivalent entry already exists in the transparency log with UUID ${uuid}`
    return { ...failure(409, message), headers }
  }
  const entry = log.add(proposal.body, clock(), proposal.extra)
  return { status: 201, headers: { ...headers, etag: uuid }, json: apiEntry(log, entry) }
}

function retrieve(log: RekorV1, query: unknown): ApiAnswer {
  const ids = listMember(query, "entryUUIDs").map(String)
  const proposals = listMember(query, "entries")
  const indexes = listMember(query, "logIndexes").map(Number)
  if (ids.length + proposals.length + indexes.length > MAX_QUERIES) {
    return failure(422, `more than max allowed ${MAX_QUERIES} entries in request`)
  }
  const wrong = ids.find((id) => !ENTRY_ID.test(id))
  if (wrong !== undefined) return failure(422, "entryUUIDs in body should match its pattern", 604)
  const found = [
    ...ids.map((id) => log.find(id.toLowerCase())),
    ...proposals.map((proposal) => log.find(log.entryId(acceptProposal(proposal).body))),
    ...indexes.map(log.findByLogIndex),
  ]
  return ok(found.flatMap((entry) => (entry === undefined ? [] : [apiEntry(log, entry)])))
}

function searchIndex(log: RekorV1, query: unknown): ApiAnswer {
  const hash = member(query, "hash")
  if (typeof hash !== "string") return failure(400, "only searches by hash are supported here")
  return ok(log.search(/^[0-9a-f]{64}$/.test(hash) ? `sha256:${hash}` : hash))
}

function listMember(value: unknown, key: string): unknown[] {
  const list = member(value, key)
  return Array.isArray(list) ? list : []
}

function ok(json: Json): ApiAnswer {
  return { status: 200, json }
}

function failure(status: number, message: string, code: number = status): ApiAnswer {
  return { status, json: { code, message } }
}

function base64ToHex(text: string): string {
  return hex(Buffer.from(text, "base64"))
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex")
}
