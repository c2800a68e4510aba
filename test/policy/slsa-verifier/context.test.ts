import { describe, expect, test } from "vitest"

import { type ProvenanceFlags } from "../../../src/policy/slsa-verifier/verify.ts"
import { ask, type Changeable, changed, PASSED } from "../../support/slsa-question.ts"

/** The generator's statement with a change in what it says of the build's context. */
function environment(change: (environment: Changeable) => unknown): object {
  return changed((it) => change(it.predicate.invocation.environment))
}

describe("the build's context", () => {
  test.each<[string, Partial<ProvenanceFlags>, (environment: Changeable) => unknown, string]>([
    ["a tag", { sourceTag: "v1.0.0" }, () => 0, PASSED],
    ["a version", { sourceVersionedTag: "v1" }, () => 0, PASSED],
    ["another version", { sourceVersionedTag: "v1.1" }, () => 0, "ErrorMismatchVersionedTag"],
    ["a version that is none", { sourceVersionedTag: "1" }, () => 0, "ErrorInvalidSemver"],
    [
      "a version of a tag that is none",
      { sourceVersionedTag: "v1" },
      (it) => (it.github_ref = "refs/tags/one"),
      "ErrorInvalidSemver",
    ],
    [
      "a version with dotted build metadata",
      { sourceVersionedTag: "v1.0.0+a.b" },
      (it) => (it.github_ref = "refs/tags/v1.0.0+a.b"),
      "ErrorMismatchVersionedTag",
    ],
    [
      "a branch of a pushed tag",
      { sourceBranch: "main" },
      (it) => (it.github_event_payload.base_ref = "refs/heads/main"),
      PASSED,
    ],
    [
      "a branch of a tag pushed without one",
      { sourceBranch: "main" },
      (it) => (it.github_event_payload.base_ref = null),
      "ErrorInvalidRef",
    ],
    [
      "a branch that the event does not tell",
      { sourceBranch: "main" },
      () => 0,
      "ErrorInvalidDssePayload",
    ],
    [
      "a branch without an event",
      { sourceBranch: "main" },
      (it) => delete it.github_event_payload,
      "ErrorInvalidDssePayload",
    ],
    [
      "a branch of a release",
      { sourceBranch: "main" },
      (it) =>
        Object.assign(it, {
          github_event_name: "release",
          github_event_payload: { release: { target_commitish: "main" } },
        }),
      PASSED,
    ],
    [
      "a branch of a release without one",
      { sourceBranch: "main" },
      (it) => (it.github_event_name = "release"),
      "ErrorInvalidDssePayload",
    ],
    [
      "a branch of another event",
      { sourceBranch: "main" },
      (it) => (it.github_event_name = "schedule"),
      "ErrorInvalidRef",
    ],
    [
      "the base of a pull request",
      { sourceBranch: "main" },
      (it) => (it.github_base_ref = "refs/heads/main"),
      PASSED,
    ],
    [
      "a ref of no type",
      { sourceBranch: "main" },
      (it) => (it.github_ref_type = "x"),
      "ErrorInvalidDssePayload",
    ],
    [
      "a tag of no type",
      { sourceTag: "v1" },
      (it) => (it.github_ref_type = "x"),
      "ErrorInvalidDssePayload",
    ],
    [
      "a ref without a type",
      { sourceTag: "v1" },
      (it) => delete it.github_ref_type,
      "ErrorInvalidDssePayload",
    ],
    [
      "a branch",
      { sourceBranch: "dev" },
      (it) => Object.assign(it, { github_ref_type: "branch", github_ref: "refs/heads/dev" }),
      PASSED,
    ],
    [
      "another branch",
      { sourceBranch: "main" },
      (it) => Object.assign(it, { github_ref_type: "branch", github_ref: "refs/heads/dev" }),
      "ErrorMismatchBranch",
    ],
    [
      "a tag of a branch",
      { sourceTag: "v1" },
      (it) => (it.github_ref_type = "branch"),
      "ErrorInvalidRef",
    ],
    [
      "an input",
      { workflowInputs: new Map([["dry", "false"]]) },
      (it) =>
        Object.assign(it, {
          github_event_name: "workflow_dispatch",
          github_event_payload: { inputs: { dry: "false" } },
        }),
      PASSED,
    ],
    [
      "another input",
      { workflowInputs: new Map([["dry", "true"]]) },
      (it) =>
        Object.assign(it, {
          github_event_name: "workflow_dispatch",
          github_event_payload: { inputs: { dry: "false" } },
        }),
      "ErrorMismatchWorkflowInputs",
    ],
    [
      "an input that everybody inherits",
      { workflowInputs: new Map([["toString", "x"]]) },
      (it) =>
        Object.assign(it, {
          github_event_name: "workflow_dispatch",
          github_event_payload: { inputs: {} },
        }),
      "ErrorMismatchWorkflowInputs",
    ],
    [
      "an input of a push",
      { workflowInputs: new Map([["dry", "true"]]) },
      () => 0,
      "ErrorMismatchWorkflowInputs",
    ],
    [
      "inputs that are none",
      { workflowInputs: new Map([["dry", "true"]]) },
      (it) =>
        Object.assign(it, {
          github_event_name: "workflow_dispatch",
          github_event_payload: { inputs: null },
        }),
      "ErrorInvalidDssePayload",
    ],
  ])("is asked for %s", (_what, flags, change, expected) => {
    expect(ask({ statement: environment(change), flags })).toBe(expected)
  })

  test("that is none is refused", () => {
    const statement = changed((it) => (it.predicate.invocation.environment = []))
    expect(ask({ statement, flags: { sourceTag: "v1.0.0" } })).toBe("ErrorInvalidDssePayload")
  })
})
