import { describe, expect, test } from "vitest"

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
