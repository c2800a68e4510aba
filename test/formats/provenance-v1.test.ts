import * as fc from "fast-check"
import { expect, test } from "vitest"

import type { Claim } from "../../src/core/claim.ts"
import { readProvenanceV1 } from "../../src/formats/provenance-v1.ts"
import { slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import { wheelSubject } from "../support/judge.ts"
import { hostileValue, isTaken, refusal, shape, withMember } from "./support.ts"

const { predicate } = slsaV1Statement([wheelSubject()])
const ROCKET = "https://github.com/acme/rocket"
const COMMIT = "4d329c75e7ec1725f7c9ce917a8799d408d06be3"
const OTHER_COMMIT = "b".repeat(40)
const WORKFLOW = ".github/workflows/release.yml"
const EXTERNAL = ["buildDefinition", "externalParameters"]
const INTERNAL = ["buildDefinition", "internalParameters"]
const METADATA = ["runDetails", "metadata"]
const DEPENDENCY = ["buildDefinition", "resolvedDependencies", 0]

function read(value: unknown): Claim {
  return readProvenanceV1(shape(value))
}

const resolvedDependencies = [
  { uri: `git+${ROCKET}@refs/tags/v1.0.0`, digest: new Map([["gitCommit", COMMIT]]) },
]

test("GitHub's own provenance is read whole", () => {
  expect(read(predicate)).toEqual({
    builder: `${ROCKET}/${WORKFLOW}@refs/tags/v1.0.0`,
    buildType: "https://actions.github.io/buildtypes/workflow/v1",
    sourceRepository: ROCKET,
    sourceRef: "refs/tags/v1.0.0",
    sourceCommit: COMMIT,
    workflow: WORKFLOW,
    workflowRef: "refs/tags/v1.0.0",
    trigger: "push",
    run: {
      id: "10818226125",
      attempt: "1",
      uri: `${ROCKET}/actions/runs/10818226125/attempts/1`,
    },
    runner: "github-hosted",
    repositoryId: "851894824",
    ownerId: "180348046",
    resolvedDependencies,
  })
})

const delegated = {
  buildDefinition: {
    buildType: "https://github.com/slsa-framework/slsa-github-generator/delegator-generic@v0",
    externalParameters: { inputs: { artifact: "x", public: false } },
    internalParameters: {
      GITHUB_EVENT_NAME: "push",
      GITHUB_REF: "refs/tags/v1.0.0",
      GITHUB_REPOSITORY_ID: "851894824",
      GITHUB_REPOSITORY_OWNER_ID: "180348046",
      GITHUB_RUN_ATTEMPT: "2",
      GITHUB_RUN_ID: "17",
      GITHUB_SHA: COMMIT,
      GITHUB_WORKFLOW_REF: `acme/rocket/${WORKFLOW}@refs/heads/a@b`,
    },
    resolvedDependencies: [
      { uri: `git+${ROCKET}@refs/tags/v1.0.0`, digest: { gitCommit: COMMIT } },
    ],
  },
  runDetails: { builder: { id: "https://x.org/builder" } },
}

test("a delegator's provenance is read whole", () => {
  expect(read(delegated)).toEqual({
    builder: "https://x.org/builder",
    buildType: "https://github.com/slsa-framework/slsa-github-generator/delegator-generic@v0",
    sourceRepository: ROCKET,
    sourceRef: "refs/tags/v1.0.0",
    sourceCommit: COMMIT,
    workflow: WORKFLOW,
    workflowRef: "refs/heads/a@b",
    trigger: "push",
    run: { id: "17", attempt: "2" },
    repositoryId: "851894824",
    ownerId: "180348046",
    inputs: { artifact: "x", public: false },
    resolvedDependencies,
  })
})

test("the container-based builder's source is read", () => {
  const claim = read({
    buildDefinition: {
      externalParameters: {
        source: { uri: `git+${ROCKET}@refs/heads/main`, digest: { sha1: COMMIT } },
      },
      internalParameters: { GITHUB_EVENT_PAYLOAD: { inputs: { a: 1 } }, GITHUB_RUN_ID: 17 },
    },
    runDetails: { builder: { id: "builder" } },
  })
  expect(claim).toEqual({
    builder: "builder",
    sourceRepository: ROCKET,
    sourceRef: "refs/heads/main",
    sourceCommit: COMMIT,
    run: { id: "17", attempt: "1" },
    inputs: { a: 1 },
    resolvedDependencies: [],
  })
})

test("what a statement does not say is not in the claim", () => {
  expect(read({ buildDefinition: {}, runDetails: { builder: { id: "x" } } })).toEqual({
    builder: "x",
    resolvedDependencies: [],
  })
})

test.each<[string, object, readonly (string | number)[], unknown, Partial<Claim>]>([
  [
    "without a ref of the source: the ref of the run",
    delegated,
    [...DEPENDENCY, "uri"],
    `git+${ROCKET}`,
    { sourceRef: "refs/tags/v1.0.0" },
  ],
  [
    "without any word on the repository: the one in git",
    predicate,
    EXTERNAL,
    undefined,
    { sourceRepository: ROCKET, sourceCommit: COMMIT },
  ],
  [
    "with the invocation's id in the spelling of drafts",
    predicate,
    METADATA,
    { invocationID: `${ROCKET}/actions/runs/1/attempts/2` },
    { run: { id: "1", attempt: "2" } },
  ],
  [
    "with an invocation's id that is no run: the run of the variables",
    delegated,
    METADATA,
    { invocationId: "x" },
    { run: { id: "17", attempt: "2" } },
  ],
  [
    "with an empty variable",
    predicate,
    [...INTERNAL, "github", "event_name"],
    "",
    { repositoryId: "851894824" },
  ],
])("read %s", (_name, valid, path, value, claim) => {
  expect(read(withMember(valid, path, value))).toMatchObject(claim)
})

test.each(["acme/rocket", "acme/rocket@refs/heads/main", "/rocket/x@y", "x", "@"])(
  "a workflow ref %j names no workflow",
  (ref) => {
    const claim = read(withMember(delegated, [...INTERNAL, "GITHUB_WORKFLOW_REF"], ref))
    expect(claim).not.toHaveProperty("workflow")
    expect(claim).not.toHaveProperty("workflowRef")
  },
)

test.each<[string, readonly (string | number)[], unknown, string]>([
  ["no build definition", ["buildDefinition"], undefined, "it.buildDefinition is missing"],
  ["a definition that is no object", ["buildDefinition"], [], "buildDefinition is not an object"],
  ["no run details", ["runDetails"], null, "it.runDetails is missing"],
  ["no builder", ["runDetails", "builder"], undefined, "it.runDetails.builder is missing"],
  ["a builder's id that is no text", ["runDetails", "builder", "id"], 5, "id is not a string"],
  ["a build type that is no text", ["buildDefinition", "buildType"], 5, "buildType is not a"],
  ["external parameters that are a list", EXTERNAL, [], "externalParameters is not an object"],
  ["internal parameters that are a text", INTERNAL, "x", "internalParameters is not an object"],
  ["GitHub's part that is a text", [...INTERNAL, "github"], "x", "github is not an object"],
  ["a trigger that is no text", [...INTERNAL, "github", "event_name"], 5, "event_name is not a"],
  ["a workflow that is a text", [...EXTERNAL, "workflow"], "x", "workflow is not an object"],
  ["a workflow's path that is no text", [...EXTERNAL, "workflow", "path"], 5, "path is not a"],
  ["a source that is a list", [...EXTERNAL, "source"], [], "source is not an object"],
  [
    "a source that is another",
    [...EXTERNAL, "source"],
    "x",
    "two values for the source repository",
  ],
  ["a repository that is another", [...EXTERNAL, "repository"], "x", "two values for the source"],
  ["a ref that is another", [...EXTERNAL], { repository: ROCKET, ref: "x" }, "the source ref"],
  ["no builder", ["runDetails", "builder", "id"], undefined, "builder.id is missing"],
  ["a source's digest that is a text", [...EXTERNAL, "source"], { digest: "x" }, "digest is not"],
  ["inputs that are a list", [...EXTERNAL, "inputs"], [], "inputs is not an object"],
  ["dependencies that are an object", DEPENDENCY.slice(0, 2), {}, "resolvedDependencies is not an"],
  ["metadata that are a text", METADATA, "x", "metadata is not an object"],
  ["an invocation's id that is no text", [...METADATA, "invocationId"], 5, "invocationId is not a"],
  [
    "a dependency with another repository",
    [...DEPENDENCY, "uri"],
    "git+https://github.com/acme/socket@refs/tags/v1.0.0",
    `names two repositories: ${ROCKET} and https://github.com/acme/socket`,
  ],
  [
    "another source",
    [...EXTERNAL, "source"],
    { uri: `git+${ROCKET}@refs/heads/main` },
    "two values for the source ref: refs/heads/main and refs/tags/v1.0.0",
  ],
  [
    "another commit of the source",
    [...EXTERNAL, "source"],
    { uri: `git+${ROCKET}`, digest: { gitCommit: OTHER_COMMIT } },
    `two values for the source commit: ${OTHER_COMMIT} and ${COMMIT}`,
  ],
  [
    "another commit of the run",
    [...INTERNAL, "GITHUB_SHA"],
    OTHER_COMMIT,
    `two values for the source commit: ${COMMIT} and ${OTHER_COMMIT}`,
  ],
  ["another trigger", [...INTERNAL, "GITHUB_EVENT_NAME"], "x", "for the trigger: push and x"],
  [
    "another repository id",
    [...INTERNAL, "GITHUB_REPOSITORY_ID"],
    7,
    "for the repository id: 851894824 and 7",
  ],
  [
    "another owner id",
    [...INTERNAL, "github_repository_owner_id"],
    "7",
    "for the owner id: 180348046 and 7",
  ],
])("%s is refused", (_name, path, value, message) => {
  expect(refusal(() => read(withMember(predicate, path, value)))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: expect.stringContaining(message),
  })
})

test("any value ends in a claim or a WheelproofError", () => {
  fc.assert(
    fc.property(hostileValue(predicate, delegated), (value) => {
      const claim = isTaken(() => read(value)) ? read(value) : { resolvedDependencies: [] }
      expect(Object.values(claim)).not.toContain(undefined)
    }),
  )
})
