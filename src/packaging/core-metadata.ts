import { malformed } from "../core/errors.ts"
import { LIMITS } from "../core/limits.ts"
import { METADATA_FIELDS, type MetadataField, type MetadataKey } from "./core-metadata-fields.ts"
import { parseHeaders } from "./email-headers.ts"

type RepeatableKey = {
  [Key in MetadataKey]: (typeof METADATA_FIELDS)[Key] extends { readonly repeatable: true }
    ? Key
    : never
}[MetadataKey]

type RequiredKey = "metadataVersion" | "name" | "version"

/**
 * The core metadata of a distribution: METADATA in a wheel, PKG-INFO in an sdist. Texts are as they were written; an empty one counts as
 * absent. Foreign text, all of it.
 */
export type CoreMetadata = { readonly [Key in RequiredKey]: string } & {
  readonly [Key in Exclude<MetadataKey, RepeatableKey | RequiredKey>]?: string
} & { readonly [Key in RepeatableKey]: readonly string[] } & {
  /** Fields that no specification knows, in order. */
  readonly unknown: readonly string[]
}

/** Fields that tell an e-mail reader to decode the body in some way: a reader that obeys sees another description. */
const MIME_FIELDS = new Set(["content-type", "content-transfer-encoding", "mime-version"])

/**
 * Parses METADATA or PKG-INFO (core metadata 1.0 to 2.5: PEP 241, 314, 345, 566, 643, 639, 794). Throws `ERR_INPUT_MALFORMED` for what
 * is not such a document, lacks the three fields that each must have, gives a single field twice, or has a description both as a
 * field and as its body; `ERR_INPUT_TOO_LARGE` for what is over the limits. Whether the values mean something is for
 * {@link checkCoreMetadata}.
 */
export function parseCoreMetadata(bytes: Uint8Array, what = "METADATA"): CoreMetadata {
  const { fields, body } = parseHeaders(bytes, what, {
    bytes: LIMITS.metadataBytes,
    fields: LIMITS.metadataHeaders,
  })
  const values = new Map<string, string[]>()
  for (const { name, value } of fields) {
    const key = name.toLowerCase()
    if (MIME_FIELDS.has(key)) throw malformed(`${what} has the e-mail field ${name}`)
    const known = values.get(key)
    if (known === undefined) values.set(key, [value])
    else known.push(value)
  }
  if (body !== "") values.set("description", [...(values.get("description") ?? []), body])
  return assemble(new FieldReader(values, what))
}

function assemble(read: FieldReader): CoreMetadata {
  const single = read.singles()
  return {
    metadataVersion: read.required("metadataVersion"),
    name: read.required("name"),
    version: read.required("version"),
    ...single,
    dynamic: read.many("dynamic"),
    platforms: read.many("platforms"),
    supportedPlatforms: read.many("supportedPlatforms"),
    licenseFiles: read.many("licenseFiles"),
    classifiers: read.many("classifiers"),
    requiresDist: read.many("requiresDist"),
    requiresExternal: read.many("requiresExternal"),
    projectUrls: read.many("projectUrls"),
    providesExtra: read.many("providesExtra"),
    providesDist: read.many("providesDist"),
    obsoletesDist: read.many("obsoletesDist"),
    requires: read.many("requires"),
    provides: read.many("provides"),
    obsoletes: read.many("obsoletes"),
    importNames: read.many("importNames"),
    importNamespaces: read.many("importNamespaces"),
    unknown: read.unknown(),
  }
}

type SingleKey = Exclude<MetadataKey, RepeatableKey | RequiredKey>

class FieldReader {
  readonly #values: ReadonlyMap<string, readonly string[]>
  readonly #what: string

  constructor(values: ReadonlyMap<string, readonly string[]>, what: string) {
    this.#values = values
    this.#what = what
  }

  many(key: RepeatableKey): readonly string[] {
    return this.#values.get(METADATA_FIELDS[key].header.toLowerCase()) ?? []
  }

  required(key: RequiredKey): string {
    const value = this.#one(key)
    if (value === undefined) throw malformed(`${this.#what} has no ${METADATA_FIELDS[key].header}`)
    return value
  }

  singles(): { readonly [Key in SingleKey]?: string } {
    const found: { [Key in SingleKey]?: string } = {}
    for (const key of SINGLE_KEYS) {
      const value = this.#one(key)
      if (value !== undefined) found[key] = value
    }
    return found
  }

  unknown(): readonly string[] {
    return [...this.#values.keys()].filter((name) => !KNOWN.has(name))
  }

  #one(key: RequiredKey | SingleKey): string | undefined {
    const { header } = METADATA_FIELDS[key]
    const values = this.#values.get(header.toLowerCase()) ?? []
    if (values.length > 1) throw malformed(`${this.#what} gives ${header} ${values.length} times`)
    return values[0] === "" ? undefined : values[0]
  }
}

const KNOWN: ReadonlySet<string> = new Set(
  Object.values<MetadataField>(METADATA_FIELDS).map(({ header }) => header.toLowerCase()),
)

const SINGLE_KEYS: readonly SingleKey[] = [
  "summary",
  "description",
  "descriptionContentType",
  "keywords",
  "homePage",
  "downloadUrl",
  "author",
  "authorEmail",
  "maintainer",
  "maintainerEmail",
  "license",
  "licenseExpression",
  "requiresPython",
]
