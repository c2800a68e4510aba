import { describe, expect, test } from "vitest"

import { provenance } from "../../src/world/sigstore/sign.ts"
import { publishStatement } from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { judge, NOW, wheelSubject } from "../support/judge.ts"

const world = createWorld({ now: NOW })

describe("a provenance object", () => {
  const attestation = world.signAttestation(publishStatement(wheelSubject()))

  test.each([
    ["without bundles", { version: 1, attestation_bundles: [] }],
    ["with a bundle without attestations", provenance([])],
    ["whose attestations are another object's", { ...provenance([]), attestations: [attestation] }],
  ])("%s is no evidence", (_what, document) => {
    expect(judge(world, document).checks).toEqual(["evidence-present"])
  })

  test.each([
    ["of another version", { ...provenance([attestation]), version: "1" }],
    ["inside a provenance object", provenance([Object.assign(provenance([attestation]))])],
    ["whose attestation is of another version", provenance([{ ...attestation, version: 2 }])],
  ])("%s is refused", (_what, document) => {
    expect(judge(world, document).checks).toEqual(["evidence-malformed"])
  })
})
