import { expect, test } from "vitest"

import { WheelproofError } from "../../src/core/errors.ts"
import type { CheckId } from "../../src/core/checks.ts"
import type { Expectation } from "../../src/core/expectation.ts"
import { parsePublicKey } from "../../src/core/keys.ts"
import {
  EMAIL_IDENTITY,
  GENERATOR_IDENTITY,
  GITHUB_IDENTITY,
} from "../../src/world/sigstore/identities.ts"
import { managedSigner } from "../../src/world/sigstore/signer.ts"
import { slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { judge, NOW, wheelSubject } from "../support/judge.ts"

const world = createWorld({ now: NOW })
const v1 = slsaV1Statement([wheelSubject()])
const bundle = world.signPayload(v1)

const MISMATCHES: readonly (readonly [CheckId, Expectation])[] = [
  ["expect-source", { source: "github.com/acme/moon" }],
  ["expect-source", { source: "github.com/acme/rocket-2" }],
  ["expect-source", { source: "gitlab.com/acme/rocket" }],
  ["expect-ref", { sourceRef: "refs/tags/v1.0" }],
  ["expect-commit", { sourceCommit: "0".repeat(40) }],
  ["expect-workflow", { workflow: "test.yml" }],
  ["expect-workflow", { workflow: "workflows/release.yml" }],
  ["expect-builder", { builder: GENERATOR_IDENTITY.san.value }],
  ["expect-builder", { builder: "https://github.com/acme/rocket/.github/workflows" }],
  ["expect-identity", { identity: "https://github.com/acme/rocket" }],
  ["expect-identity", { identity: ".*" }],
  ["expect-issuer", { issuer: "https://token.actions.githubusercontent.com/" }],
  ["expect-repository-id", { repositoryId: "85189482" }],
  ["expect-owner-id", { ownerId: "1" }],
  ["expect-trigger", { trigger: "release" }],
  ["predicate-type", { predicate: "https://slsa.dev/provenance/v0.2" }],
]

test.each(MISMATCHES)("%s: %o is refused", (check, expectation) => {
  expect(judge(world, bundle, { expectation }).checks).toEqual([check])
})

test("several mismatches are told at once", () => {
  const expectation = { source: "github.com/acme/moon", trigger: "release", issuer: "https://x" }
  expect(judge(world, bundle, { expectation }).checks).toEqual([
    "expect-source",
    "expect-issuer",
    "expect-trigger",
  ])
})

function checksOn(runnerEnvironment: string): readonly CheckId[] {
  const identity = { ...GITHUB_IDENTITY, runnerEnvironment }
  const statement = slsaV1Statement([wheelSubject()], identity)
  const document = world.signPayload(statement, { issue: { identity } })
  return judge(world, document, { expectation: { denySelfHostedRunners: true } }).checks
}

test("a self-hosted runner is refused where only hosted ones are allowed", () => {
  expect(checksOn("self-hosted")).toEqual(["expect-runner"])
  expect(checksOn("my-github-hosted")).toEqual(["expect-runner"])
  expect(checksOn("github-hosted")).toEqual([])
  expect(checksOn("gitlab-hosted")).toEqual([])
})

test("what the certificate does not prove does not match", () => {
  const document = world.signPayload(v1, { issue: { identity: EMAIL_IDENTITY } })
  const expectation = { source: "github.com/acme/rocket", workflow: "release.yml" }
  const { checks, reasons } = judge(world, document, { expectation, statementCounts: false })
  expect(checks).toEqual(["expect-source", "expect-workflow"])
  expect(reasons[0]?.found).toBe("evidence that does not prove any source")
})

test("a managed key's holder vouches for the statement, and has no identity", () => {
  const signer = managedSigner()
  const key = parsePublicKey(signer.key.publicKey.export({ format: "der", type: "spki" }), "key")
  const document = world.signEnvelope(v1, { signer })
  const expecting = (expectation: Expectation) =>
    judge(world, document, { keys: [key], expectation }).checks
  expect(expecting({ source: "github.com/acme/rocket", workflow: "release.yml" })).toEqual([])
  expect(expecting({ builder: GITHUB_IDENTITY.san.value })).toEqual([])
  expect(expecting({ source: "github.com/acme/moon" })).toEqual(["expect-source"])
  expect(expecting({ identity: GITHUB_IDENTITY.san.value })).toEqual(["expect-identity"])
})

test("a delegated builder is the one that its delegator names", () => {
  const ref = "refs/tags/v2.1.0"
  const delegator = `https://github.com/slsa-framework/slsa-github-generator/.github/workflows/delegator_generic_slsa3.yml@${ref}`
  const identity = {
    ...GITHUB_IDENTITY,
    san: { kind: "uri", value: delegator },
    buildSignerUri: delegator,
  } as const
  const builder = `https://github.com/slsa-framework/slsa-github-generator/.github/workflows/builder_nodejs_slsa3.yml@${ref}`
  const named = (id: string) => {
    const statement = slsaV1Statement([wheelSubject()], identity)
    statement.predicate.runDetails.builder.id = id
    return world.signPayload(statement, { issue: { identity } })
  }
  const { checks, proof } = judge(world, named(builder), { expectation: { builder } })
  expect(checks).toEqual([])
  expect(proof?.notes.join()).toContain("named by its delegator")
  expect(judge(world, named(builder), { expectation: { builder: delegator } }).checks).toEqual([
    "expect-builder",
  ])
  expect(judge(world, named("https://acme.example/builder")).checks).toEqual(["claim-builder"])
})

test.each([
  ["github-hosted", []],
  ["self-hosted", ["claim-builder"]],
])(
  "a builder that is named by its runner, %s, as npm and early attest actions do",
  (runner, checks) => {
    const statement = slsaV1Statement([wheelSubject()])
    statement.predicate.runDetails.builder.id = `https://github.com/actions/runner/${runner}`
    expect(judge(world, world.signPayload(statement)).checks).toEqual(checks)
  },
)

test.each([
  ["gitlab.com", []],
  ["github.com", ["claim-builder"]],
])(
  "a runner of the project as builder, as GitLab's own statements have it, on %s",
  (host, checks) => {
    const repository = `https://${host}/acme/rocket`
    const identity = {
      san: { kind: "uri", value: `${repository}//.gitlab-ci.yml@refs/tags/v1.0.0` },
      issuer: `https://${host}`,
      sourceRepository: repository,
      sourceRef: "refs/tags/v1.0.0",
      sourceCommit: GITHUB_IDENTITY.sourceCommit,
    } as const
    const statement = slsaV1Statement([wheelSubject()], { ...GITHUB_IDENTITY, ...identity })
    statement.predicate.runDetails.builder.id = `${repository}/-/runners/17`
    const document = world.signPayload(statement, { issue: { identity } })
    const judged = judge(world, document).checks.filter((check) => check === "claim-builder")
    expect(judged).toEqual(checks)
  },
)

test.each<[string, object]>([
  ["that there is not", { sourceTag: "v1.0.0" }],
  ["in another spelling", { Source: "github.com/acme/rocket" }],
  ["that everybody inherits", { toString: "x" }],
  ["that is short", { sourceCommit: "4d329c75" }],
  ["that is no full ref", { sourceRef: "v1.0.0" }],
  ["that is empty", { identity: "" }],
  ["that is nothing", { source: null }],
  ["that is no id", { ownerId: "acme" }],
  ["that is no switch", { denySelfHostedRunners: "true" }],
])("an expectation %s is an error, never a pass", (_what, expectation) => {
  expect(() => judge(world, bundle, { expectation })).toThrow(WheelproofError)
})
