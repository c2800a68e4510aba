import { METADATA_FIELDS, type MetadataField, type MetadataKey } from "./core-metadata-fields.ts"
import { isOlderThan } from "./metadata-rules.ts"
import type { CoreMetadata } from "./core-metadata.ts"

/**
 * Core metadata as the text parts of PyPI's upload form, in the specification's order: PyPI takes metadata from the form and never
 * compares it with the archive, so the form has to say exactly what the archive says. A `License-File` under a metadata version that
 * has no such field is left out: setuptools writes it, and the server would refuse it.
 */
export function uploadFields(
  metadata: CoreMetadata,
): readonly (readonly [name: string, value: string])[] {
  return metadataKeys().flatMap((key) => {
    const { form, since }: MetadataField = METADATA_FIELDS[key]
    if (key === "licenseFiles" && isOlderThan(metadata.metadataVersion, since)) return []
    const value = metadata[key]
    if (value === undefined) return []
    const values = typeof value === "string" ? [value] : value
    return values.map((text) => [form, key === "keywords" ? joinKeywords(text) : text] as const)
  })
}

// As twine sends them: one part, separated by commas.
function joinKeywords(text: string): string {
  return text
    .split(",")
    .map((keyword) => keyword.trim())
    .join(",")
}

function metadataKeys(): readonly MetadataKey[] {
  const keys: MetadataKey[] = []
  for (const key in METADATA_FIELDS) if (isKey(key)) keys.push(key)
  return keys
}

function isKey(key: string): key is MetadataKey {
  return Object.hasOwn(METADATA_FIELDS, key)
}
