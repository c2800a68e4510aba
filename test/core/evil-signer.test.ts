import { describe, expect, test } from "vitest"

import { GITHUB_IDENTITY } from "../../src/world/sigstore/identities.ts"
import { publishStatement, slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { judge, NOW, wheelSubject } from "../support/judge.ts"

const world = createWorld({ now: NOW })
const DELEGATOR =
  "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/delegator_generic_slsa3.yml"
const DELEGATE = "https://github.com/trusted/builder/.github/workflows/build.yml@refs/tags/v1.0.0"

/** Provenance that names a builder which a signer like this speaks for. */
function delegated(ref: string, issuer: string = GITHUB_IDENTITY.issuer): object {
  const value = `${DELEGATOR}@${ref}`
  const identity = {
    ...GITHUB_IDENTITY,
    issuer,
    san: { kind: "uri", value } as const,
    buildSignerUri: value,
  }
  const statement = slsaV1Statement([wheelSubject()], identity)
  statement.predicate.runDetails.builder.id = DELEGATE
  return world.signPayload(statement, { issue: { identity } })
}

describe("a delegator", () => {
  test("speaks for other builders at its releases", () => {
    const expectation = { builder: DELEGATE }
    expect(judge(world, delegated("refs/tags/v2.1.0"), { expectation }).checks).toEqual([])
  })

  test.each([
    ["a branch", "refs/heads/evil"],
    ["a tag that is no release", "refs/tags/v2.1.0-evil"],
    ["a commit", GITHUB_IDENTITY.sourceCommit],
  ])("at %s is no delegator", (_what, ref) => {
    const { checks } = judge(world, delegated(ref), { expectation: { builder: DELEGATE } })
    expect(checks).toContain("claim-builder")
  })

  test("of another issuer is no delegator", () => {
    const bundle = delegated("refs/tags/v2.1.0", "https://gitlab.com")
    expect(judge(world, bundle).checks).toContain("claim-builder")
  })
})

test("a workflow whose file name ends like a ref is another workflow", () => {
  const workflow = "https://github.com/acme/rocket/.github/workflows/release.yml@evil.yml"
  const uri = `${workflow}@${GITHUB_IDENTITY.sourceRef}`
  const identity = {
    ...GITHUB_IDENTITY,
    san: { kind: "uri", value: uri } as const,
    buildSignerUri: uri,
    buildConfigUri: uri,
  }
  const bundle = world.signPayload(publishStatement(wheelSubject()), { issue: { identity } })
  expect(judge(world, bundle, { expectation: { workflow: "release.yml" } }).checks).toEqual([
    "expect-workflow",
  ])
  const builder = "https://github.com/acme/rocket/.github/workflows/release.yml"
  expect(judge(world, bundle, { expectation: { builder } }).checks).toEqual(["expect-builder"])
})
