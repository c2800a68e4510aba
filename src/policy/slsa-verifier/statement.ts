import { WheelproofError } from "../../core/errors.ts"
import { parseJson } from "../../core/json.ts"
import { STATEMENT_TYPES } from "../../core/statement.ts"
import { Refusal } from "./errors.ts"

/**
 * What a member may hold. `free` is read as it stands; objects take the members that are named and refuse all others. Names match
 * without regard to case, as Go's JSON does: real files write `invocationId` where slsa-verifier's structure says `invocationID`.
 */
type Schema =
  | { readonly kind: "text" | "boolean" | "free" | "texts" }
  | { readonly kind: "list"; readonly of: Schema }
  | { readonly kind: "object"; readonly members: Readonly<Record<string, Schema>> }

const TEXT: Schema = { kind: "text" }
const BOOLEAN: Schema = { kind: "boolean" }
const FREE: Schema = { kind: "free" }
/** A map of texts, such as a digest set. */
const TEXTS: Schema = { kind: "texts" }

const object = (members: Readonly<Record<string, Schema>>): Schema => ({ kind: "object", members })
const list = (of: Schema): Schema => ({ kind: "list", of })

const PREDICATE_V02 = object({
  builder: object({ id: TEXT }),
  buildType: TEXT,
  invocation: object({
    configSource: object({ uri: TEXT, digest: TEXTS, entryPoint: TEXT }),
    parameters: FREE,
    environment: FREE,
  }),
  buildConfig: FREE,
  metadata: object({
    buildInvocationID: TEXT,
    buildStartedOn: TEXT,
    buildFinishedOn: TEXT,
    completeness: object({ parameters: BOOLEAN, environment: BOOLEAN, materials: BOOLEAN }),
    reproducible: BOOLEAN,
  }),
  materials: list(object({ uri: TEXT, digest: TEXTS })),
})

const DESCRIPTOR = object({
  uri: TEXT,
  digest: TEXTS,
  name: TEXT,
  downloadLocation: TEXT,
  mediaType: TEXT,
  content: TEXT,
  annotations: FREE,
})

const PREDICATE_V1 = object({
  buildDefinition: object({
    buildType: TEXT,
    externalParameters: FREE,
    internalParameters: FREE,
    resolvedDependencies: list(DESCRIPTOR),
  }),
  runDetails: object({
    builder: object({ id: TEXT, version: TEXTS, builderDependencies: list(DESCRIPTOR) }),
    metadata: object({ invocationID: TEXT, startedOn: TEXT, finishedOn: TEXT }),
    byproducts: list(DESCRIPTOR),
  }),
})

const PREDICATES: ReadonlyMap<
  string,
  { readonly version: "v0.2" | "v1"; readonly schema: Schema }
> = new Map([
  ["https://slsa.dev/provenance/v0.2", { version: "v0.2", schema: PREDICATE_V02 }],
  ["https://slsa.dev/provenance/v1", { version: "v1", schema: PREDICATE_V1 }],
])

/** A provenance statement in which every member is one that slsa-verifier knows, under the names of the schemas above. */
export interface SlsaStatement {
  readonly version: "v0.2" | "v1"
  readonly subjects: readonly unknown[]
  readonly predicate: unknown
}

/** Decodes a payload strictly. Everything that is not as it should be is `ErrorInvalidDssePayload`. */
export function decodeStatement(payloadType: string, payload: Uint8Array): SlsaStatement {
  if (payloadType !== "application/vnd.in-toto+json")
    throw invalid(`the payload type is ${payloadType}`)
  const value = parse(payload)
  const predicateType = memberOf(value, "predicateType")
  const predicate = typeof predicateType === "string" ? PREDICATES.get(predicateType) : undefined
  if (predicate === undefined)
    throw invalid(`the predicate type is ${JSON.stringify(predicateType)}`)
  const statement = object({
    _type: TEXT,
    predicateType: TEXT,
    subject: list(object({ name: TEXT, digest: TEXTS })),
    predicate: predicate.schema,
  })
  const decoded = decode(statement, value, "statement")
  const type = memberOf(decoded, "_type")
  if (typeof type !== "string" || !STATEMENT_TYPES.has(type)) {
    throw invalid(`the statement type is ${JSON.stringify(type)}`)
  }
  const subjects = memberOf(decoded, "subject")
  return {
    version: predicate.version,
    subjects: Array.isArray(subjects) ? subjects : [],
    predicate: memberOf(decoded, "predicate"),
  }
}

/** A member of a decoded object along a path; undefined where something on the way is missing. */
export function memberOf(value: unknown, ...path: readonly string[]): unknown {
  let at = value
  for (const name of path) {
    if (!isRecord(at) || !Object.hasOwn(at, name)) return undefined
    at = at[name] ?? undefined
  }
  return at
}

/** A text member, `""` where it is missing, as Go reads it. */
export function textOf(value: unknown, ...path: readonly string[]): string {
  const text = memberOf(value, ...path)
  return typeof text === "string" ? text : ""
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function parse(payload: Uint8Array): unknown {
  try {
    return parseJson(payload, "the statement")
  } catch (error) {
    throw error instanceof WheelproofError ? invalid(error.message) : error
  }
}

function decode(schema: Schema, value: unknown, path: string): unknown {
  if (value === null || value === undefined || schema.kind === "free") return value
  switch (schema.kind) {
    case "text":
      return typeof value === "string" ? value : wrongType(path, "a string")
    case "boolean":
      return typeof value === "boolean" ? value : wrongType(path, "a boolean")
    case "texts":
      return decodeTexts(value, path)
    case "list":
      return Array.isArray(value)
        ? value.map((item: unknown, index) => decode(schema.of, item, `${path}[${index}]`))
        : wrongType(path, "a list")
    case "object":
      return decodeObject(schema.members, value, path)
  }
}

function decodeTexts(value: unknown, path: string): unknown {
  if (!isRecord(value)) return wrongType(path, "an object")
  const other = Object.keys(value).find((name) => typeof value[name] !== "string")
  return other === undefined ? value : wrongType(`${path}.${other}`, "a string")
}

function decodeObject(
  members: Readonly<Record<string, Schema>>,
  value: unknown,
  path: string,
): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) return wrongType(path, "an object")
  const known = new Map(Object.keys(members).map((name) => [name.toLowerCase(), name]))
  const decoded = new Map<string, unknown>()
  for (const [name, member] of Object.entries(value)) {
    const canonical = known.get(name.toLowerCase())
    const schema = canonical === undefined ? undefined : members[canonical]
    if (canonical === undefined || schema === undefined)
      throw invalid(`${path} has the unknown member ${name}`)
    if (decoded.has(canonical))
      throw invalid(`${path} has the member ${canonical} in two spellings`)
    decoded.set(canonical, decode(schema, member, `${path}.${canonical}`))
  }
  return Object.fromEntries(decoded)
}

function wrongType(path: string, expected: string): never {
  throw invalid(`${path} is not ${expected}`)
}

function invalid(detail: string): Refusal {
  return new Refusal("ErrorInvalidDssePayload", detail)
}
