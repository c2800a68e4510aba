import { expect, test } from "vitest"

import { Candidates, MAX_CANDIDATES } from "../../src/app/candidates.ts"
import type { Evidence } from "../../src/core/evidence.ts"

/** A signature over a file, of which only the bytes matter here. */
function evidence(signature: Uint8Array, changes: Partial<Evidence> = {}): Evidence {
  return {
    form: "sigstore-bundle-v0.3",
    origin: "file",
    content: { kind: "message", signature, digest: undefined },
    material: { kind: "key", hint: "a" },
    entries: [],
    timestamps: [],
    ...changes,
  }
}

function candidates(...all: readonly Evidence[]): Candidates {
  const found = new Candidates()
  for (const one of all) found.add(one)
  return found
}

const ONE = Buffer.from("one")

test("the same from another place is kept once", () => {
  const { kept, more } = candidates(evidence(ONE), evidence(ONE, { origin: "another" }))
  expect(kept).toMatchObject([{ origin: "file" }])
  expect(more).toBe(0)
})

test.each<[string, Evidence]>([
  ["signature", evidence(Buffer.from("two"))],
  ["material", evidence(ONE, { material: { kind: "key", hint: "b" } })],
  ["kind of material", evidence(ONE, { material: { kind: "none" } })],
  ["form", evidence(ONE, { form: "sigstore-bundle-v0.2" })],
  ["timestamps", evidence(ONE, { timestamps: [ONE] })],
  ["division of timestamps", evidence(ONE, { timestamps: [ONE.subarray(0, 1), ONE.subarray(1)] })],
  ["publisher", evidence(ONE, { publisher: { kind: "Google", email: "a" } })],
])("another %s is another", (_what, other) => {
  expect(candidates(evidence(ONE), other, evidence(ONE), other).kept).toHaveLength(2)
})

test("there is a limit to their number", () => {
  const all = Array.from({ length: MAX_CANDIDATES + 3 }, (_, index) =>
    evidence(Buffer.from([index, index >> 8])),
  )
  const { kept, more } = candidates(...all, ...all.slice(0, 9))
  expect(kept).toEqual(all.slice(0, MAX_CANDIDATES))
  expect(more).toBe(3)
})

test("there is a limit to their size, under which smaller ones are kept still", () => {
  const large = (fill: number): Evidence => evidence(Buffer.alloc(5_000_000, fill))
  const { kept, more } = candidates(large(1), large(2), evidence(ONE))
  expect(kept).toEqual([large(1), evidence(ONE)])
  expect(more).toBe(1)
  // One of any size is looked at.
  expect(candidates(evidence(Buffer.alloc(9_000_000))).kept).toHaveLength(1)
})
