import { describe, expect, test } from "vitest"

import { type ProvenanceFlags } from "../../../src/policy/slsa-verifier/verify.ts"
import { slsaV1Statement } from "../../../src/world/sigstore/statements.ts"
import { wheelSubject } from "../../support/judge.ts"
import {
  ask,
  type Changeable,
  DELEGATE,
  signedBy,
  URI,
  WORKFLOWS,
} from "../../support/slsa-question.ts"

describe("a delegator", () => {
  const identity = signedBy("delegator_generic_slsa3.yml")
  const delegated = (claimed: string, uri = `${URI}@refs/tags/v1.0.0`): object => {
    const statement: Changeable = slsaV1Statement([wheelSubject()], identity)
    const { buildDefinition, runDetails } = statement.predicate
    buildDefinition.buildType =
      "https://github.com/slsa-framework/slsa-github-generator/delegator-generic@v0"
    buildDefinition.internalParameters = {
      GITHUB_WORKFLOW_REF: "acme/rocket/.github/workflows/release.yml@refs/tags/v1.0.0",
      GITHUB_REF_TYPE: "tag",
      GITHUB_REF: "refs/tags/v1.0.0",
      GITHUB_BASE_REF: "",
      GITHUB_EVENT_NAME: "push",
      GITHUB_EVENT_PAYLOAD: { base_ref: "refs/heads/main" },
    }
    buildDefinition.resolvedDependencies[0].uri = uri
    runDetails.builder.id = claimed
    return statement
  }
  const alter = (change: (internal: Changeable) => unknown): object => {
    const statement: Changeable = delegated(DELEGATE)
    change(statement.predicate.buildDefinition.internalParameters)
    return statement
  }

  test.each([
    ["speaks for the generator's builders", DELEGATE, {}, DELEGATE],
    [
      "speaks for a builder that is named",
      "https://github.com/jreleaser/release-action/x.yml@refs/tags/v1.2.3-java",
      { builderId: "https://github.com/jreleaser/release-action/x.yml" },
      "https://github.com/jreleaser/release-action/x.yml@refs/tags/v1.2.3-java",
    ],
    [
      "does not speak for others by itself",
      "https://github.com/acme/build/x.yml@refs/tags/v1.2.3",
      {},
      "ErrorInvalidBuilderID",
    ],
    [
      "speaks for no other than the named",
      DELEGATE,
      { builderId: `${WORKFLOWS}/other.yml` },
      "ErrorMismatchBuilderID",
    ],
    ["names a builder with one ref", `${DELEGATE}@x`, {}, "ErrorInvalidBuilderID"],
    ["names a builder at a release tag", DELEGATE.replace("v2.1.0", "v2.1"), {}, "ErrorInvalidRef"],
    [
      "holds JReleaser to its own tags",
      "https://github.com/jreleaser/release-action/x.yml@refs/tags/v1.2.3",
      { builderId: "https://github.com/jreleaser/release-action/x.yml" },
      "ErrorInvalidRef",
    ],
  ])("%s", (_what, claimed, flags, expected) => {
    expect(ask({ identity, statement: delegated(claimed), flags })).toBe(expected)
  })

  test.each<[string, Partial<ProvenanceFlags>, object, string]>([
    ["a tag of the source URI", { sourceTag: "v1.0.0" }, delegated(DELEGATE), DELEGATE],
    ["another tag", { sourceTag: "v1.0.1" }, delegated(DELEGATE), "ErrorMismatchTag"],
    ["the branch that the tag came from", { sourceBranch: "main" }, delegated(DELEGATE), DELEGATE],
    ["a source without a ref", {}, delegated(DELEGATE, URI), DELEGATE],
    [
      "a tag where the source has no ref",
      { sourceTag: "v1" },
      delegated(DELEGATE, URI),
      "ErrorInvalidDssePayload",
    ],
    [
      "a branch where the source has no ref",
      { sourceBranch: "main" },
      delegated(DELEGATE, URI),
      "ErrorInvalidDssePayload",
    ],
    ["no workflow ref", {}, alter((it) => delete it.GITHUB_WORKFLOW_REF), "ErrorNotPresent"],
    [
      "a workflow ref of another form",
      {},
      alter((it) => (it.GITHUB_WORKFLOW_REF = "acme")),
      "ErrorInvalidFormat",
    ],
  ])("is asked for %s", (_what, flags, statement, expected) => {
    expect(ask({ identity, statement, flags })).toBe(expected)
  })

  test("at a branch, names the branch and has no tag", () => {
    const statement: Changeable = delegated(DELEGATE, `${URI}@refs/heads/main`)
    statement.predicate.buildDefinition.internalParameters.GITHUB_WORKFLOW_REF =
      "acme/rocket/.github/workflows/release.yml@refs/heads/main"
    expect(ask({ identity, statement, flags: { sourceBranch: "main" } })).toBe(DELEGATE)
    expect(ask({ identity, statement, flags: { sourceTag: "v1.0.0" } })).toBe("ErrorInvalidRef")
  })

  test("may name a branch in the builders' own tests", () => {
    const own = {
      ...identity,
      sourceRepository: "https://github.com/slsa-framework/example-package",
    }
    const uri = "git+https://github.com/slsa-framework/example-package"
    const statement: Changeable = delegated(
      DELEGATE.replace("refs/tags/v2.1.0", "refs/heads/main"),
      `${uri}@refs/tags/v1.0.0`,
    )
    statement.predicate.buildDefinition.internalParameters.GITHUB_WORKFLOW_REF =
      "slsa-framework/example-package/.github/workflows/release.yml@refs/tags/v1.0.0"
    const flags = { sourceUri: "github.com/slsa-framework/example-package" }
    expect(ask({ identity: own, statement, flags, testing: true })).toMatch(/@refs\/heads\/main$/)
    expect(ask({ identity: own, statement, flags })).toBe("ErrorInvalidRef")
  })
})
