import * as fc from "fast-check"
import { expect, test } from "vitest"

import { PROVENANCE_V02, PROVENANCE_V1, readPredicate } from "../../src/formats/predicate.ts"
import { slsaV02Statement, slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import { wheelSubject } from "../support/judge.ts"
import { hostileValue } from "./support.ts"

const v02 = slsaV02Statement([wheelSubject()]).predicate
const v1 = slsaV1Statement([wheelSubject()]).predicate
const PUBLISH = "https://docs.pypi.org/attestations/publish/v1"

test.each([
  [PROVENANCE_V02, v02],
  [PROVENANCE_V1, v1],
])("a predicate of type %s is provenance", (type, predicate) => {
  expect(readPredicate(type, predicate)).toMatchObject({
    kind: "provenance",
    claim: { sourceRepository: "https://github.com/acme/rocket" },
  })
})

test.each([null, undefined, {}, "anything"])(
  "a publish attestation with %j is one",
  (predicate) => {
    expect(readPredicate(PUBLISH, predicate)).toEqual({ kind: "publish" })
  },
)

test.each([
  "",
  "https://slsa.dev/provenance/v0.1",
  "https://slsa.dev/provenance/v1.0",
  "https://slsa.dev/provenance/V1",
  "https://slsa.dev/provenance/v1/",
  "https://slsa.dev/verification_summary/v1",
  "__proto__",
])("a predicate of type %j is something else", (type) => {
  expect(readPredicate(type, v1)).toEqual({ kind: "other" })
})

test.each([
  [PROVENANCE_V1, null, "predicate is not an object"],
  [PROVENANCE_V1, undefined, "predicate is not an object"],
  [PROVENANCE_V1, [], "predicate is not an object"],
  [PROVENANCE_V1, {}, "predicate.buildDefinition is missing"],
  [PROVENANCE_V1, v02, "predicate.buildDefinition is missing"],
  [PROVENANCE_V02, "x", "predicate is not an object"],
  [PROVENANCE_V02, { builder: [] }, "predicate.builder is not an object"],
])("a predicate of type %s that is none is a finding", (type, predicate, message) => {
  expect(readPredicate(type, predicate)).toEqual({ kind: "malformed", message })
})

test("a mistake of our own is not taken for a finding", () => {
  const broken = {
    get builder(): never {
      throw new RangeError("ours")
    },
  }
  expect(() => readPredicate(PROVENANCE_V02, broken)).toThrow(RangeError)
})

test("any predicate ends in a finding, never in an error", () => {
  const types = fc.constantFrom(PROVENANCE_V02, PROVENANCE_V1, PUBLISH, "x")
  fc.assert(
    fc.property(types, hostileValue(v02, v1), (type, predicate) => {
      const { kind } = readPredicate(type, predicate)
      const known: Record<string, readonly string[]> = { [PUBLISH]: ["publish"], x: ["other"] }
      expect(known[type] ?? ["provenance", "malformed"]).toContain(kind)
    }),
  )
})
