import { malformed } from "../../core/errors.ts"
import type { EnvelopeJson } from "./wire.ts"

/** The payload type of in-toto statements. */
export const IN_TOTO = "application/vnd.in-toto+json"

/** What a DSSE signature is made over (DSSE v1.0.2, "PAE"). */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType, "utf8")
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.length} `),
    payload,
  ])
}

/** Reads the envelope in `raw`, or throws `ERR_INPUT_MALFORMED`. */
export function readEnvelope(raw: Uint8Array): EnvelopeJson {
  const value = readJson(raw)
  if (!isEnvelope(value)) throw malformed("this is not a DSSE envelope")
  return value
}

/** Parses JSON, or throws `ERR_INPUT_MALFORMED`. */
export function readJson(raw: Uint8Array | string): unknown {
  try {
    return JSON.parse(Buffer.from(raw).toString("utf8"))
  } catch (cause) {
    throw malformed("this is not JSON", cause)
  }
}

/** The member `key` of `value`, where `value` is an object that has it. */
export function member(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
        ? Reflect.get(inner, key)
        : undefined,
    value,
  )
}

/** The string at `keys` inside `value`, or throws `ERR_INPUT_MALFORMED`. */
export function stringMember(value: unknown, ...keys: readonly string[]): string {
  const found = member(value, ...keys)
  if (typeof found !== "string") throw malformed(`\`${keys.join(".")}\` must be a string`)
  return found
}

function isEnvelope(value: unknown): value is EnvelopeJson {
  const signatures = member(value, "signatures")
  return (
    typeof member(value, "payload") === "string" &&
    typeof member(value, "payloadType") === "string" &&
    Array.isArray(signatures) &&
    signatures.every((signature) => typeof member(signature, "sig") === "string")
  )
}
