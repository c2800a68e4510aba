import { describe, expect, test } from "vitest"

import { decideProvenance } from "../../../src/policy/slsa-verifier/verify.ts"
import type { Identity } from "../../../src/core/identity.ts"
import { GENERATOR_IDENTITY, GITHUB_IDENTITY } from "../../../src/world/sigstore/identities.ts"
import { slsaV02Statement, slsaV1Statement } from "../../../src/world/sigstore/statements.ts"
import { wheel, wheelSubject } from "../../support/judge.ts"
import {
  ask,
  BCR,
  type Changeable,
  changed,
  DELEGATE,
  PASSED,
  SOURCE,
  signedBy,
  URI,
  WORKFLOWS,
} from "../../support/slsa-question.ts"

test("the generic generator's own provenance passes, and its builder is named in full", () => {
  expect(ask()).toBe(PASSED)
})

describe("the certificate", () => {
  test.each<[string, { [Name in keyof Identity]?: Identity[Name] | undefined }, string]>([
    ["of another issuer", { issuer: "https://gitlab.com" }, "ErrorInvalidOIDCIssuer"],
    ["without a trigger", { trigger: undefined }, "ErrorInvalidFormat"],
    ["without a commit", { sourceCommit: undefined }, "ErrorInvalidFormat"],
    [
      "whose workflow is of another commit",
      { buildConfigDigest: "a".repeat(40) },
      "ErrorInvalidFormat",
    ],
    [
      "whose workflow has two refs",
      { buildConfigUri: "https://github.com/a/b/c@d@e" },
      "ErrorInvalidFormat",
    ],
    ["of a person", { san: { kind: "email", value: "a@acme.example" } }, "ErrorInvalidFormat"],
    [
      "whose subject has no ref",
      { san: { kind: "uri", value: "https://github.com/a/b" } },
      "ErrorMalformedURI",
    ],
    [
      "of another repository",
      { sourceRepository: "https://github.com/acme/moon" },
      "ErrorMismatchSource",
    ],
    [
      "of another forge",
      { sourceRepository: "https://gitlab.com/acme/rocket" },
      "ErrorMismatchSource",
    ],
  ])("%s is refused", (_what, change, expected) => {
    const members = Object.entries({ ...GENERATOR_IDENTITY, ...change }).filter(
      ([, value]) => value !== undefined,
    )
    const identity: Changeable = Object.fromEntries(members)
    const statement = slsaV02Statement([wheelSubject()])
    expect(ask({ identity, statement })).toBe(expected)
  })
})

describe("the builder", () => {
  test.each([
    ["is named", { builderId: `${WORKFLOWS}/generator_generic_slsa3.yml` }, PASSED],
    [
      "is named with its tag",
      { builderId: `${WORKFLOWS}/generator_generic_slsa3.yml@v2.1.0` },
      PASSED,
    ],
    [
      "is another than the named",
      { builderId: `${WORKFLOWS}/builder_go_slsa3.yml` },
      "ErrorUntrustedReusableWorkflow",
    ],
    [
      "has another tag than the named",
      { builderId: `${WORKFLOWS}/generator_generic_slsa3.yml@v2.0.0` },
      "ErrorUntrustedReusableWorkflow",
    ],
  ])("%s", (_what, flags, expected) => {
    expect(ask({ flags })).toBe(expected)
  })

  test("that nobody trusts by default is refused", () => {
    expect(ask({ identity: GITHUB_IDENTITY })).toBe("ErrorUntrustedReusableWorkflow")
  })

  test("at a branch is refused, except for the builders' own tests", () => {
    const identity = signedBy("generator_generic_slsa3.yml", "refs/heads/main")
    const own = {
      ...identity,
      sourceRepository: "https://github.com/slsa-framework/example-package",
    }
    const flags = { sourceUri: "github.com/slsa-framework/example-package" }
    expect(ask({ identity, testing: true })).toBe("ErrorInvalidRef")
    expect(ask({ identity: own, flags })).toBe("ErrorInvalidRef")
    const statement = slsaV02Statement([wheelSubject()], own)
    expect(ask({ identity: own, flags, statement, testing: true })).toBe(identity.san.value)
    const tagged = {
      ...own,
      ...signedBy("generator_generic_slsa3.yml", "refs/tags/v1.0.0-rc.1"),
      sourceRepository: own.sourceRepository,
    }
    expect(
      ask({
        identity: tagged,
        flags,
        statement: slsaV02Statement([wheelSubject()], tagged),
        testing: true,
      }),
    ).toBe(tagged.san.value)
  })

  test.each([
    [
      "a builder that makes none of this version",
      "builder_container-based_slsa3.yml",
      "ErrorInvalidBuilderID",
    ],
    ["a builder that makes another build type", "builder_go_slsa3.yml", "ErrorInvalidBuildType"],
  ])("%s is refused", (_what, workflow, expected) => {
    expect(ask({ identity: signedBy(workflow) })).toBe(expected)
  })

  test("that the statement names is the certificate's", () => {
    const statement = changed((it) => (it.predicate.builder.id = DELEGATE))
    expect(ask({ statement })).toBe("ErrorMismatchBuilderID")
  })
})

describe("github attestations", () => {
  const identity = signedBy(BCR, "refs/tags/v1.0.0")
  const flags = { builderId: BCR }
  const command = "verify-github-attestation"

  test("of a builder that is in the table pass", () => {
    const statement = slsaV1Statement([wheelSubject()], identity)
    expect(ask({ identity, statement, flags, command })).toBe(identity.san.value)
    expect(ask({ identity, statement, command, flags: { builderId: "" } })).toBe(
      "ErrorUntrustedReusableWorkflow",
    )
  })

  test("without a workflow are refused", () => {
    const statement: Changeable = slsaV1Statement([wheelSubject()], identity)
    delete statement.predicate.buildDefinition.externalParameters.workflow.ref
    expect(ask({ identity, statement, flags, command })).toBe("ErrorInvalidFormat")
  })
})

describe("the source", () => {
  test.each([
    ["as an address", "https://github.com/acme/rocket", "ErrorMismatchSource"],
    ["with git+https://", URI, PASSED],
    ["without a host", "acme/rocket", "ErrorMalformedURI"],
  ])("%s", (_what, sourceUri, expected) => {
    expect(ask({ flags: { sourceUri } })).toBe(expected)
  })

  test.each<[string, (statement: Changeable) => unknown, string]>([
    [
      "of another repository",
      (it) => (it.predicate.materials[0].uri = `${URI}-2@refs/tags/v1.0.0`),
      "ErrorMismatchSource",
    ],
    [
      "of another trigger",
      (it) => (it.predicate.invocation.configSource.uri = `${URI}-2@refs/tags/v1.0.0`),
      "ErrorMismatchSource",
    ],
    [
      "at another ref than the trigger",
      (it) => (it.predicate.materials[0].uri = `${URI}@refs/tags/v2`),
      "ErrorInvalidDssePayload",
    ],
    ["without a ref", (it) => (it.predicate.materials[0].uri = URI), "ErrorMalformedURI"],
    [
      "with a trigger without a ref",
      (it) => (it.predicate.invocation.configSource.uri = URI),
      "ErrorMalformedURI",
    ],
    ["that is none", (it) => (it.predicate.materials[0].uri = "rocket"), "ErrorMalformedURI"],
    ["that is empty", (it) => (it.predicate.materials[0].uri = ""), "ErrorMalformedURI"],
    ["that is not there", (it) => (it.predicate.materials = []), "ErrorInvalidDssePayload"],
  ])("%s is refused", (_what, change, expected) => {
    expect(ask({ statement: changed(change) })).toBe(expected)
  })
})

describe("the statement", () => {
  test.each<[string, (statement: Changeable) => unknown]>([
    ["of another type", (it) => (it["_type"] = "https://in-toto.io/Statement/v9")],
    ["of another predicate type", (it) => (it.predicateType = "https://slsa.dev/provenance/v0.1")],
    ["whose predicate type is no text", (it) => (it.predicateType = 2)],
    ["with a member that is not known", (it) => (it.predicate.extra = 1)],
    ["with a member in two spellings", (it) => (it.predicate.BuildType = "x")],
    ["with a text that is none", (it) => (it.predicate.buildType = 1)],
    ["with a boolean that is none", (it) => (it.predicate.metadata.reproducible = "no")],
    ["with a list that is none", (it) => (it.predicate.materials = {})],
    ["with an object that is none", (it) => (it.predicate.builder = "x")],
    ["with a map that is none", (it) => (it.predicate.materials[0].digest = [])],
    ["with a map of other things", (it) => (it.predicate.materials[0].digest = { sha1: 1 })],
    ["without subjects", (it) => (it.subject = [])],
    ["with null for its subjects", (it) => (it.subject = null)],
  ])("%s is refused", (_what, change) => {
    expect(ask({ statement: changed(change) })).toBe("ErrorInvalidDssePayload")
  })

  test("about another file is refused", () => {
    const statement = changed((it) => (it.subject[0].digest.sha256 = "0".repeat(64)))
    expect(ask({ statement })).toBe("ErrorMismatchHash")
  })

  test("in an envelope of another type, or that is no JSON, is refused", () => {
    expect(ask({ payloadType: "text/plain" })).toBe("ErrorInvalidDssePayload")
    const decision = decideProvenance({
      command: "verify-artifact",
      identity: GENERATOR_IDENTITY,
      payloadType: "application/vnd.in-toto+json",
      payload: Buffer.from('{"a":1,"a":2}'),
      artifactSha256: wheel().digests.sha256,
      flags: { sourceUri: SOURCE, workflowInputs: new Map() },
      testing: false,
    })
    expect(decision).toMatchObject({ errorClass: "ErrorInvalidDssePayload" })
  })
})
