import { WheelproofError } from "../../core/errors.ts"
import { type CoreMetadata, parseCoreMetadata } from "../../packaging/core-metadata.ts"
import { checkCoreMetadata } from "../../packaging/metadata-rules.ts"
import { normalizeName } from "../../packaging/name.ts"
import { versionKey } from "../../packaging/version.ts"
import type { CheckSubject } from "./subject.ts"

/** Reads the core metadata and checks it, by itself and against the file name. */
export function readMetadata(
  bytes: Uint8Array | undefined,
  where: string,
  subject: CheckSubject,
): CoreMetadata | undefined {
  const { problems } = subject
  if (bytes === undefined) {
    problems.add("metadata", "the file is missing or cannot be read", { where })
    return undefined
  }
  const metadata = parse(bytes, where, subject)
  if (metadata === undefined) return undefined
  for (const { field, found } of checkCoreMetadata(metadata)) {
    problems.add("metadata-field", found, { where: field })
  }
  compareWithName(metadata, subject)
  return metadata
}

function parse(
  bytes: Uint8Array,
  where: string,
  { problems }: CheckSubject,
): CoreMetadata | undefined {
  try {
    return parseCoreMetadata(bytes, where)
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    problems.add("metadata", error.message, { where })
    return undefined
  }
}

function compareWithName(
  { name, version }: CoreMetadata,
  { distribution, problems }: CheckSubject,
): void {
  if (normalizeName(name) !== distribution.name) {
    const found = `the metadata has ${JSON.stringify(name)}, the file name ${distribution.name}`
    problems.add("metadata-differs", found, { where: "Name" })
  }
  if (keyOf(version) !== distribution.version) {
    const found = `the metadata has ${JSON.stringify(version)}, the file name ${distribution.version}`
    problems.add("metadata-differs", found, { where: "Version" })
  }
}

function keyOf(version: string): string | undefined {
  try {
    return versionKey(version)
  } catch (error) {
    if (error instanceof WheelproofError) return undefined
    throw error
  }
}
