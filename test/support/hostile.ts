import * as fc from "fast-check"

import { WheelproofError } from "../../src/core/errors.ts"

/** Runs a parser: its value, or the code of the one error that it may throw. Any other error fails the test. */
export function outcome<Value>(parse: () => Value): Value | string {
  try {
    return parse()
  } catch (error) {
    if (error instanceof WheelproofError) return error.code
    throw error
  }
}

/** The same for what takes its time: its value, or code and message of the one error that it may end in. */
export async function outcomeOf<Value>(action: () => Promise<Value>): Promise<Value | string> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof WheelproofError) return `${error.code}: ${error.message}`
    throw error
  }
}

interface Edit {
  readonly kind: "flip" | "cut" | "insert" | "repeat" | "truncate"
  readonly at: number
  readonly length: number
  readonly byte: number
}

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom("flip", "cut", "insert", "repeat", "truncate"),
  at: fc.nat(),
  length: fc.integer({ min: 1, max: 40 }),
  byte: fc.integer({ min: 0, max: 255 }),
})

/** Bytes that began as something valid: bits flipped, ranges cut, inserted, repeated; and bytes that never were. */
export function hostileBytes(...valid: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const edited = fc
    .tuple(fc.constantFrom(...valid), fc.array(edit, { minLength: 1, maxLength: 4 }))
    .map(([bytes, edits]) => edits.reduce(applyEdit, bytes))
  return fc.oneof({ weight: 4, arbitrary: edited }, fc.uint8Array({ maxLength: 300 }))
}

function applyEdit(bytes: Uint8Array, { kind, at, length, byte }: Edit): Uint8Array {
  const start = bytes.length === 0 ? 0 : at % bytes.length
  const before = bytes.subarray(0, start)
  const range = bytes.subarray(start, start + length)
  const after = bytes.subarray(start + length)
  switch (kind) {
    case "flip": {
      const flipped = Buffer.from(bytes)
      if (flipped.length > 0) flipped[start] = byte
      return flipped
    }
    case "cut":
      return Buffer.concat([before, after])
    case "insert":
      return Buffer.concat([before, Buffer.alloc(length, byte), range, after])
    case "repeat":
      return Buffer.concat([before, range, range, after])
    case "truncate":
      return before
  }
}
