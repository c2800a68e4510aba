import { isConfidential } from "../core/address.ts"
import { parseSha256, type Sha256 } from "../core/digest.ts"
import { malformed } from "../core/errors.ts"
import { parseJson } from "../core/json.ts"
import { Shape } from "../core/shape.ts"

/** The media type of a project's page in JSON (PEP 691). */
export const SIMPLE_JSON = "application/vnd.pypi.simple.v1+json"

/** What a project's page of an index says of one file. Nobody signed it. */
export interface IndexFile {
  readonly filename: string
  readonly url: URL
  /** Absent where the page names no SHA-256. */
  readonly sha256?: Sha256
  /** Where the file's provenance object is (PEP 740). */
  readonly provenance?: URL
}

const MAX_PAGE_BYTES = 64 * 1024 * 1024
const MAX_FILES = 100_000

/**
 * Parses a project's page of an index (PEP 691; `provenance` by PEP 740). Addresses may be relative to the page's own; a provenance
 * object's has to be whole, and neither may be one that anybody on the way could answer. Throws `ERR_INPUT_MALFORMED`.
 */
export function parseSimplePage(bytes: Uint8Array, page: URL): readonly IndexFile[] {
  const what = `the page of ${page.host}`
  const shape = new Shape(parseJson(bytes, what, MAX_PAGE_BYTES), what)
  const version = shape.object("meta").string("api-version")
  if (!/^1\.\d+$/.test(version)) throw malformed(`${what} is of version ${version}, not 1`)
  return shape.shapes("files", MAX_FILES).map((file) => parseFile(file, page))
}

function parseFile(file: Shape, page: URL): IndexFile {
  const sha256 = file.object("hashes").optionalString("sha256")
  const provenance = file.optionalString("provenance")
  return {
    filename: file.string("filename"),
    url: parseAddress(file.string("url"), page, file),
    ...(sha256 === undefined ? {} : { sha256: parseSha256(sha256) }),
    ...(provenance === undefined ? {} : { provenance: parseAddress(provenance, undefined, file) }),
  }
}

function parseAddress(text: string, base: URL | undefined, { path }: Shape): URL {
  const url = URL.parse(text, base?.href)
  if (url === null || !isConfidential(url)) {
    throw malformed(`${path} has an address that is none, or is not https: ${JSON.stringify(text)}`)
  }
  return url
}
