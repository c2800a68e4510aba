import { malformed } from "../core/errors.ts"
import { LIMITS } from "../core/limits.ts"
import { parseHeaders } from "./email-headers.ts"

/** The file WHEEL in a wheel: what the archive is, in the words of its maker (PEP 427, "File contents"). */
export interface WheelFile {
  readonly wheelVersion: string
  readonly generator: string | undefined
  readonly rootIsPurelib: boolean
  /** As they stand there; each is a triple, or a compressed set of them. */
  readonly tags: readonly string[]
  readonly build: string | undefined
}

/** Parses WHEEL. Throws `ERR_INPUT_MALFORMED` for what it must have and has not, or has twice, and `ERR_INPUT_TOO_LARGE`. */
export function parseWheelFile(bytes: Uint8Array): WheelFile {
  const limits = { bytes: LIMITS.smallMemberBytes, fields: LIMITS.metadataHeaders }
  const { fields } = parseHeaders(bytes, "WHEEL", limits)
  const many = (name: string): readonly string[] =>
    fields
      .filter((field) => field.name.toLowerCase() === name.toLowerCase())
      .map(({ value }) => value.trim())
  const one = (name: string): string | undefined => {
    const values = many(name)
    if (values.length > 1) throw malformed(`WHEEL gives ${name} ${values.length} times`)
    return values[0]
  }
  const wheelVersion = one("Wheel-Version") ?? ""
  if (!/^[0-9]+\.[0-9]+$/.test(wheelVersion)) throw malformed("WHEEL has no Wheel-Version")
  const purelib = one("Root-Is-Purelib")?.toLowerCase()
  if (purelib !== "true" && purelib !== "false") {
    throw malformed("WHEEL does not say whether Root-Is-Purelib is true or false")
  }
  return {
    wheelVersion,
    generator: one("Generator"),
    rootIsPurelib: purelib === "true",
    tags: many("Tag"),
    build: one("Build"),
  }
}
