import { parseSha256, type Sha256 } from "../core/digest.ts"
import { WheelproofError } from "../core/errors.ts"
import type { Shape } from "../core/shape.ts"
import type { HttpAnswer, HttpRequest } from "../io/http.ts"
import { jsonObject, refusal } from "./answer.ts"
import { limitsOf, type StoreAccess } from "./trusted-publishing.ts"

/** A repository at GitHub, and the right to write to its releases. */
export interface GitHubRepository {
  /** The REST API's address. */
  readonly apiUrl: URL
  readonly owner: string
  readonly name: string
  readonly token: string
}

type Anonymous = Omit<GitHubRepository, "token">

/** A release, by its id: a draft has no other handle that is safe. */
export interface Release {
  readonly id: string
  readonly isDraft: boolean
  /** Where assets are uploaded to. */
  readonly uploadUrl: URL
  readonly page: string
  readonly assets: readonly ReleaseAsset[]
}

/** A file of a release, as GitHub has stored it. */
export interface ReleaseAsset {
  readonly id: string
  /** GitHub changes some names. */
  readonly name: string
  readonly bytes: number
  /** Absent where GitHub does not say, as servers of before 2025 do not. */
  readonly sha256?: Sha256
  /** The asset's address in the API. */
  readonly url: URL
}

/** A file to be put on a release. */
export interface AssetContent {
  readonly name: string
  readonly content: Uint8Array
  readonly sha256: Sha256
}

const MAX_ASSETS = 1_000

/** Makes a draft for a tag that exists; nobody sees it before it is published. */
export async function createDraft(
  tag: string,
  repository: GitHubRepository,
  access: StoreAccess,
): Promise<Release> {
  const url = releasesUrl(repository)
  const body = JSON.stringify({ tag_name: tag, name: tag, draft: true })
  const answer = await send(url, { method: "POST", body }, repository, access)
  if (answer.status !== 201) throw refusal(answer, url, "the draft release", wordsOf)
  return parseRelease(answer)
}

/**
 * Uploads an asset and compares what GitHub has stored with what was sent: name, size and digest. Throws `ERR_REFUSED` where they differ.
 */
export async function uploadAsset(
  { uploadUrl }: Release,
  { name, content, sha256 }: AssetContent,
  repository: GitHubRepository,
  access: StoreAccess,
): Promise<ReleaseAsset> {
  const url = new URL(uploadUrl)
  url.searchParams.set("name", name)
  const headers = { "content-type": "application/octet-stream" }
  const request = { method: "POST", body: content, headers } as const
  const answer = await send(url, request, repository, access)
  if (answer.status !== 201) throw refusal(answer, url, `the asset ${name}`, wordsOf)
  const stored = parseAsset(jsonObject(answer, "the stored asset"))
  refuseOther(stored, { name, bytes: content.byteLength, sha256 })
  return stored
}

/** Publishes a draft: from here on everybody sees it, and an immutable release cannot be changed any more. */
export async function publishRelease(
  { id }: Release,
  repository: GitHubRepository,
  access: StoreAccess,
): Promise<Release> {
  const url = new URL(`${releasesUrl(repository).href}/${id}`)
  const body = JSON.stringify({ draft: false })
  const answer = await send(url, { method: "PATCH", body }, repository, access)
  if (answer.status !== 200) throw refusal(answer, url, "the release", wordsOf)
  return parseRelease(answer)
}

/** The published release of a tag, as everybody sees it. */
export async function findRelease(
  tag: string,
  repository: Anonymous,
  access: StoreAccess,
): Promise<Release> {
  const url = new URL(`${releasesUrl(repository).href}/tags/${encodeURIComponent(tag)}`)
  const answer = await send(url, {}, repository, access)
  if (answer.status !== 200) throw refusal(answer, url, `the question for release ${tag}`, wordsOf)
  return parseRelease(answer)
}

/** An asset's bytes, of which nothing is believed. */
export async function downloadAsset(
  asset: ReleaseAsset,
  repository: Anonymous,
  access: StoreAccess,
  maxBytes: number,
): Promise<Uint8Array> {
  const headers = { accept: "application/octet-stream" }
  // GitHub sends on to where the bytes are, without our headers.
  const answer = await send(asset.url, { headers, maxBytes, redirects: 3 }, repository, access)
  if (answer.status !== 200) throw refusal(answer, asset.url, `the asset ${asset.name}`, wordsOf)
  return answer.body
}

function refuseOther(
  stored: ReleaseAsset,
  sent: { readonly name: string; readonly bytes: number; readonly sha256: Sha256 },
): void {
  if (stored.name !== sent.name) {
    throw new WheelproofError("ERR_REFUSED", `GitHub stored ${sent.name} as ${stored.name}`)
  }
  if (stored.sha256 === sent.sha256 && stored.bytes === sent.bytes) return
  throw new WheelproofError(
    "ERR_REFUSED",
    `GitHub stored other bytes as ${sent.name}: ${stored.bytes} bytes, sha256:${stored.sha256 ?? "unknown"}; sent were ${sent.bytes} bytes, sha256:${sent.sha256}`,
  )
}

function releasesUrl({ apiUrl, owner, name }: Anonymous): URL {
  const base = apiUrl.href.replace(/\/$/, "")
  return new URL(`${base}/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/releases`)
}

async function send(
  url: URL,
  request: Partial<Omit<HttpRequest, "timeoutMs" | "signal">>,
  repository: Anonymous & { readonly token?: string },
  access: StoreAccess,
): Promise<HttpAnswer> {
  const { token } = repository
  return access.http.send(url, {
    ...limitsOf(access),
    ...request,
    headers: {
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...request.headers,
    },
  })
}

function parseRelease(answer: HttpAnswer): Release {
  const shape = jsonObject(answer, "the release")
  // RFC 6570: the form in which GitHub gives it, `…/assets{?name,label}`.
  const upload = shape.string("upload_url").replace(/\{[^}]*\}$/, "")
  return {
    id: String(shape.uint64("id")),
    isDraft: shape.raw("draft") === true,
    uploadUrl: parseUrl(upload),
    page: shape.string("html_url"),
    assets: shape.shapes("assets", MAX_ASSETS).map(parseAsset),
  }
}

function parseAsset(shape: Shape): ReleaseAsset {
  const digest = shape.optionalString("digest")
  return {
    id: String(shape.uint64("id")),
    name: shape.string("name"),
    bytes: Number(shape.uint64("size")),
    url: parseUrl(shape.string("url")),
    ...(digest?.startsWith("sha256:") === true
      ? { sha256: parseSha256(digest.slice("sha256:".length)) }
      : {}),
  }
}

function parseUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null) {
    throw new WheelproofError("ERR_INPUT_MALFORMED", `GitHub's answer has no address: ${text}`)
  }
  return url
}

function wordsOf(answer: Shape): string | undefined {
  const message = answer.optionalString("message")
  const [problem] = answer.list("errors", 100)
  const detail =
    typeof problem?.value === "object" && problem.value !== null && "code" in problem.value
      ? ` (${String(problem.value.code)})`
      : ""
  return message === undefined ? undefined : `${message}${detail}`
}
