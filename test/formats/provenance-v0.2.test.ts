import * as fc from "fast-check"
import { expect, test } from "vitest"

import type { Claim } from "../../src/core/claim.ts"
import { readProvenanceV02 } from "../../src/formats/provenance-v0.2.ts"
import { slsaV02Statement } from "../../src/world/sigstore/statements.ts"
import { wheelSubject } from "../support/judge.ts"
import { hostileValue, isTaken, refusal, shape, withMember } from "./support.ts"

const { predicate } = slsaV02Statement([wheelSubject()])
const COMMIT = "4d329c75e7ec1725f7c9ce917a8799d408d06be3"
const OTHER_COMMIT = "b".repeat(40)
const ENVIRONMENT = ["invocation", "environment"]
const SOURCE = ["invocation", "configSource"]

function read(value: unknown): Claim {
  return readProvenanceV02(shape(value))
}

test("the generic generator's provenance is read whole", () => {
  expect(read(predicate)).toEqual({
    builder:
      "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/tags/v2.1.0",
    buildType: "https://github.com/slsa-framework/slsa-github-generator/generic@v1",
    sourceRepository: "https://github.com/acme/rocket",
    sourceRef: "refs/tags/v1.0.0",
    sourceCommit: COMMIT,
    workflow: ".github/workflows/release.yml",
    trigger: "push",
    run: { id: "10818226125", attempt: "1" },
    repositoryId: "851894824",
    ownerId: "180348046",
    resolvedDependencies: [
      {
        uri: "git+https://github.com/acme/rocket@refs/tags/v1.0.0",
        digest: new Map([["sha1", COMMIT]]),
      },
    ],
  })
})

test("what a statement does not say is not in the claim", () => {
  expect(read({})).toEqual({ resolvedDependencies: [] })
})

test.each<[string, readonly (string | number)[], unknown, Partial<Claim>]>([
  [
    "without materials",
    ["materials"],
    undefined,
    { sourceRepository: "https://github.com/acme/rocket", sourceCommit: COMMIT },
  ],
  [
    "without a config source: from the material",
    SOURCE,
    undefined,
    {
      sourceRepository: "https://github.com/acme/rocket",
      sourceRef: "refs/tags/v1.0.0",
      sourceCommit: COMMIT,
    },
  ],
  ["without an environment", ENVIRONMENT, undefined, { sourceCommit: COMMIT }],
  [
    "with the invocation's id spelled as specified",
    ["metadata"],
    { buildInvocationId: "10818226125-1" },
    { run: { id: "10818226125", attempt: "1" } },
  ],
  [
    "with an invocation's id of another form: the run of the environment",
    ["metadata"],
    { buildInvocationId: "https://x.org/17" },
    { run: { id: "10818226125", attempt: "1" } },
  ],
])("read %s", (_name, path, value, claim) => {
  expect(read(withMember(predicate, path, value))).toMatchObject(claim)
})

test("a run without attempt is the first attempt, a run without number is none", () => {
  const bare = withMember(predicate, ["metadata"], undefined)
  expect(read(withMember(bare, [...ENVIRONMENT, "github_run_attempt"], "")).run).toEqual({
    id: "10818226125",
    attempt: "1",
  })
  expect(read(withMember(bare, [...ENVIRONMENT, "github_run_id"], ""))).not.toHaveProperty("run")
})

test("the inputs of a workflow_dispatch event are read", () => {
  const path = [...ENVIRONMENT, "github_event_payload"]
  expect(read(withMember(predicate, path, { inputs: { level: 3 } })).inputs).toEqual({ level: 3 })
})

test.each<[string, readonly (string | number)[], unknown, string]>([
  ["a builder that is no object", ["builder"], "x", "it.builder is not an object"],
  ["a builder's id that is no text", ["builder", "id"], 5, "it.builder.id is not a string"],
  ["a build type that is no text", ["buildType"], [], "it.buildType is not a string"],
  ["an invocation that is no object", ["invocation"], [], "it.invocation is not an object"],
  ["a config source that is no object", SOURCE, 5, "it.invocation.configSource is not an object"],
  ["a source that is no text", [...SOURCE, "uri"], 5, "configSource.uri is not a string"],
  ["digests that are no object", [...SOURCE, "digest"], "x", "digest is not an object"],
  ["a digest that is no text", [...SOURCE, "digest", "sha1"], 5, "sha1 is not a string"],
  ["an entry point that is no text", [...SOURCE, "entryPoint"], {}, "entryPoint is not a string"],
  ["an environment that is no object", ENVIRONMENT, [], "environment is not an object"],
  ["materials that are no list", ["materials"], {}, "it.materials is not an array"],
  ["metadata that are no object", ["metadata"], "x", "it.metadata is not an object"],
  [
    "an invocation's id that is no text",
    ["metadata", "buildInvocationID"],
    5,
    "buildInvocationID is not a string",
  ],
  [
    "a material with another ref",
    ["materials", 0, "uri"],
    "git+https://github.com/acme/rocket@refs/heads/main",
    "two values for the source ref: refs/tags/v1.0.0 and refs/heads/main",
  ],
  [
    "a material with another commit",
    ["materials", 0, "digest", "sha1"],
    OTHER_COMMIT,
    `two values for the source commit: ${COMMIT} and ${OTHER_COMMIT}`,
  ],
  [
    "a material with another repository",
    ["materials", 0, "uri"],
    "git+https://github.com/acme/socket@refs/tags/v1.0.0",
    "names two repositories: https://github.com/acme/rocket and https://github.com/acme/socket",
  ],
  [
    "an invocation's id in two spellings that differ",
    ["metadata"],
    { buildInvocationId: "17-3", buildInvocationID: "18-4" },
    "two values for the run: 17-3 and 18-4",
  ],
  [
    "an environment with another run",
    [...ENVIRONMENT, "github_run_id"],
    "17",
    "two values for the run: 10818226125 attempt 1 and 17 attempt 1",
  ],
  [
    "an environment with another commit",
    [...ENVIRONMENT, "github_sha1"],
    OTHER_COMMIT,
    `two values for the source commit: ${COMMIT} and ${OTHER_COMMIT}`,
  ],
])("%s is refused", (_name, path, value, message) => {
  expect(refusal(() => read(withMember(predicate, path, value)))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: expect.stringContaining(message),
  })
})

test("any value ends in a claim or a WheelproofError", () => {
  fc.assert(
    fc.property(hostileValue(predicate), (value) => {
      const claim = isTaken(() => read(value)) ? read(value) : { resolvedDependencies: [] }
      expect(Object.values(claim)).not.toContain(undefined)
    }),
  )
})
