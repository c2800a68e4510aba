import { describe, expect, test } from "vitest"

import { provenance } from "../../src/world/sigstore/sign.ts"
import { publishStatement, subjectOf } from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { judge, NOW, WHEEL, wheel, wheelSubject } from "../support/judge.ts"

const world = createWorld({ now: NOW })
const signer = world.createSigner()
const OTHER = Buffer.from("the bytes of another file")

function attest(statement: object): object {
  return world.signAttestation(statement, { signer })
}

describe("a publish attestation", () => {
  test("with two subjects is refused", () => {
    const statement = publishStatement(wheelSubject())
    statement.subject.push(subjectOf("rocket-1.0.0.tar.gz", OTHER))
    expect(judge(world, attest(statement)).checks).toEqual(["subject-count"])
    const bundle = world.signPayload(statement, { signer })
    expect(judge(world, bundle).checks).toEqual(["subject-count"])
  })

  test.each([
    ["a name that is no distribution's", "rocket.whl.txt"],
    ["another distribution's name", "rocket-2.0.0-py3-none-any.whl"],
  ])("with %s is refused", (_what, name) => {
    const statement = publishStatement(subjectOf(name, WHEEL))
    expect(judge(world, attest(statement)).checks).toEqual(["subject-name"])
  })

  test("without a name is refused", () => {
    const statement = publishStatement(wheelSubject())
    Object.assign(statement, { subject: [{ digest: wheelSubject().digest }] })
    expect(judge(world, attest(statement)).checks).toEqual(["subject-name"])
  })

  test("for a file that was renamed is refused, and without a name says so", () => {
    const document = attest(publishStatement(wheelSubject()))
    expect(judge(world, document, { artifact: wheel({ name: "download" }) }).checks).toEqual([
      "subject-name",
    ])
    const { digests } = wheel()
    const { checks, proof } = judge(world, document, { artifact: { digests } })
    expect(checks).toEqual([])
    expect(proof?.notes.join()).toContain("name was not compared")
  })
})

describe("a provenance object", () => {
  const attestation = world.signAttestation(publishStatement(wheelSubject()), { signer })

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
