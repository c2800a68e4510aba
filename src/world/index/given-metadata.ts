import { METADATA_FIELDS, type MetadataField } from "../../packaging/core-metadata-fields.ts"
import type { Fields } from "./upload-form.ts"

/** Every field that PyPI reads from a form. */
export const FIELDS: readonly MetadataField[] = Object.values(METADATA_FIELDS)

/** The fields that decide about all others, as faults name them; PyPI names their faults first. */
export const IDENTIFYING: readonly string[] = ["metadata-version", "name", "version"]

/** A field as faults name it. */
export function faultName({ header }: MetadataField): string {
  return header.toLowerCase()
}

/** A fault of a field, under the field's name in core metadata. */
export interface MetadataFault {
  readonly field: string
  readonly message: string
}

/** The metadata of an upload: each field that has a value, by its form name. */
export type GivenMetadata = ReadonlyMap<
  string,
  { readonly field: MetadataField; readonly values: readonly string[] }
>

/** Picks the metadata out of a form. An empty value is none, and what is not metadata is not looked at. */
export function collectMetadata(fields: Fields): GivenMetadata {
  const given = new Map<string, { field: MetadataField; values: readonly string[] }>()
  for (const field of FIELDS) {
    const values = fields.get(field.form) ?? []
    if (values.length > 0 && !(values.length === 1 && values[0] === "")) {
      given.set(field.form, { field, values })
    }
  }
  return given
}

/** All values of a field. */
export function allValues(given: GivenMetadata, form: string): readonly string[] {
  return given.get(form)?.values ?? []
}

/** The value of a field that stands once; empty where it has none. */
export function onlyValue(given: GivenMetadata, form: string): string {
  return allValues(given, form)[0] ?? ""
}

/** A project URL: a label, and an address behind the first comma. */
export function splitUrl(value: string): { readonly label: string; readonly url: string } {
  const [label = "", ...rest] = value.split(",")
  return { label: label.trim(), url: rest.join(",").trim() }
}
