import { LIMITS } from "../core/limits.ts"
import { type IndexFile, parseSimplePage, SIMPLE_JSON } from "../formats/simple-page.ts"
import { refusal } from "./answer.ts"
import { limitsOf, messageOf, type StoreAccess } from "./trusted-publishing.ts"

const PAGE_BYTES = 64 * 1024 * 1024

/** The media type of a provenance object (PyPI, Integrity API v1). */
const INTEGRITY_JSON = "application/vnd.pypi.integrity.v1+json"

/** What an index shows of a project: its simple page in JSON. `name` is normalised. Throws `ERR_REFUSED` and `ERR_NETWORK`. */
export async function readProjectPage(
  simpleUrl: URL,
  name: string,
  access: StoreAccess,
): Promise<readonly IndexFile[]> {
  const url = new URL(`${simpleUrl.href.replace(/\/$/, "")}/${encodeURIComponent(name)}/`)
  const answer = await access.http.send(url, {
    ...limitsOf(access),
    maxBytes: PAGE_BYTES,
    headers: { accept: SIMPLE_JSON },
  })
  if (answer.status !== 200) throw refusal(answer, url, `the question for ${name}`, messageOf)
  return parseSimplePage(answer.body, url)
}

/** The provenance object of a file, as the index serves it: not parsed, not believed. */
export async function readProvenance(url: URL, access: StoreAccess): Promise<Uint8Array> {
  const answer = await access.http.send(url, {
    ...limitsOf(access),
    maxBytes: LIMITS.documentBytes,
    headers: { accept: INTEGRITY_JSON },
  })
  if (answer.status !== 200) throw refusal(answer, url, "the question for provenance", messageOf)
  return answer.body
}
