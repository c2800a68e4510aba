import { normalizeVersion } from "../../packaging/version.ts"
import {
  allValues,
  collectMetadata,
  IDENTIFYING,
  type MetadataFault,
  onlyValue,
} from "./given-metadata.ts"
import { ownFaults } from "./own-metadata.ts"
import { Refusal } from "./refusal.ts"
import { repetitions, standardFaults } from "./standard-metadata.ts"
import type { Fields } from "./upload-form.ts"

/** Core metadata that was found valid. */
export interface CoreMetadata {
  readonly name: string
  /** Normalised (PEP 440). */
  readonly version: string
  readonly licenseFiles: readonly string[]
  /** Every field that was given, by its form name. */
  readonly fields: Readonly<Record<string, readonly string[]>>
}

/**
 * Reads core metadata from the form of an upload; PyPI takes it from there and not from the archive. The checks are the library
 * `packaging`'s and PyPI's own, in their order. Not checked here: whether classifiers and licence identifiers are of the official lists.
 */
export function parseMetadata(fields: Fields): CoreMetadata | Refusal {
  const given = collectMetadata(fields)
  const fault =
    mostImportant(repetitions(given)) ??
    mostImportant(standardFaults(given)) ??
    mostImportant(ownFaults(given))
  if (fault !== undefined) return refuse(fault)
  return {
    name: onlyValue(given, "name"),
    version: normalizeVersion(onlyValue(given, "version")),
    licenseFiles: allValues(given, "license_file"),
    fields: Object.fromEntries([...given].map(([name, { values }]) => [name, values])),
  }
}

function refuse({ message }: MetadataFault): Refusal {
  const sentence = message.endsWith(".") ? message : `${message}.`
  return new Refusal(
    400,
    `${sentence} See https://packaging.python.org/specifications/core-metadata for more information.`,
  )
}

/** The fault that PyPI names: of the three fields that decide about all others, else of the alphabetically first. */
function mostImportant(faults: readonly MetadataFault[]): MetadataFault | undefined {
  const first = IDENTIFYING.find((field) => faults.some((fault) => fault.field === field))
  const chosen = first ?? faults.map(({ field }) => field).toSorted()[0]
  return faults.find(({ field }) => field === chosen)
}
