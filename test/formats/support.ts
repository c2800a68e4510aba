import * as fc from "fast-check"

import { type ErrorCode, WheelproofError } from "../../src/core/errors.ts"
import { Shape } from "../../src/core/shape.ts"

/** What an action is refused with. Fails for one that is not refused, and for any other error. */
export function refusal(action: () => unknown): {
  readonly code: ErrorCode
  readonly message: string
} {
  try {
    action()
  } catch (error) {
    if (error instanceof WheelproofError) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error("this was not refused")
}

/** Whether an action ends in a value (true) or a WheelproofError (false). Any other error comes through. */
export function isTaken(action: () => unknown): boolean {
  try {
    action()
    return true
  } catch (error) {
    if (error instanceof WheelproofError) return false
    throw error
  }
}

/** A value as the parsers get it, under the name `it`. */
export function shape(value: unknown): Shape {
  return new Shape(value, "it")
}

/** A value as JSON bytes. */
export function jsonBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

/** A deep copy with one member or element, named by its path, set to another value; `undefined` takes it out. */
export function withMember<Document>(
  document: Document,
  path: readonly (string | number)[],
  value: unknown,
): Document {
  const copy = structuredClone(document)
  const last = path.at(-1) ?? ""
  const parent = path.slice(0, -1).reduce<unknown>(memberOf, copy)
  if (typeof parent !== "object" || parent === null) throw new Error(`no parent at ${path.join()}`)
  if (value !== undefined) Reflect.set(parent, last, value)
  else if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else Reflect.deleteProperty(parent, last)
  return copy
}

function memberOf(parent: unknown, key: string | number): unknown {
  return typeof parent === "object" && parent !== null ? Reflect.get(parent, key) : undefined
}

/** The paths of all members and elements of a JSON value. */
function pathsOf(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [[...path]]
  const inner = Object.entries(value).flatMap(([key, member]) =>
    pathsOf(member, [...path, Array.isArray(value) ? Number(key) : key]),
  )
  return path.length === 0 ? inner : [[...path], ...inner]
}

/** Values that parsers trip over: wrong types, empty things, hostile members, numbers out of range. */
const AWKWARD: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  1e300,
  "",
  "0",
  "18446744073709551615",
  "18446744073709551616",
  "====",
  "AA==",
  "YQ",
  "\u{0}\u{1b}[31m",
  [],
  [null],
  [[]],
  [{ toString: 0, valueOf: 0 }],
  {},
  { toString: null },
  { toString: 0, valueOf: 0 },
  JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "hasOwnProperty": 0}'),
]

/** A valid document with one to three members or elements taken out or replaced. */
export function mutated(document: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(document)
  const change = fc.tuple(
    fc.constantFrom(...paths),
    fc.oneof(fc.constantFrom(...AWKWARD), fc.jsonValue()),
  )
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    let copy = document
    for (const [path, value] of changes) {
      // An earlier change may have taken this one's place away.
      const parent = path.slice(0, -1).reduce<unknown>(memberOf, copy)
      if (typeof parent === "object" && parent !== null) copy = withMember(copy, path, value)
    }
    return copy
  })
}

/** A document's bytes with a few of them changed, or cut off. */
function damaged(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const flips = fc.array(
    fc.tuple(fc.nat({ max: Math.max(bytes.byteLength - 1, 0) }), fc.integer({ min: 1, max: 255 })),
    { minLength: 1, maxLength: 4 },
  )
  const flipped = flips.map((list) => {
    const copy = Uint8Array.from(bytes)
    for (const [at, mask] of list) copy[at] = (copy[at] ?? 0) ^ mask
    return copy
  })
  return fc.oneof(
    flipped,
    fc.nat({ max: bytes.byteLength }).map((end) => bytes.slice(0, end)),
  )
}

/** What a parser of bytes has to bear: any bytes, any JSON, a valid document mutated, and one damaged. */
export function hostileBytes(...documents: readonly unknown[]): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.jsonValue().map(jsonBytes),
    ...documents.map((document) => mutated(document).map((value) => jsonBytes(value ?? null))),
    ...documents.map((document) => damaged(jsonBytes(document))),
  )
}

/** The same for a parser of a JSON object. */
export function hostileValue(...documents: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.oneof(fc.jsonValue(), ...documents.map(mutated))
}
