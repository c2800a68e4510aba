import { describe, expect, test } from "vitest"

import { runOf, splitAtRef, workflowOf } from "../../src/core/workflow.ts"
import { GITHUB_IDENTITY } from "../../src/world/sigstore/identities.ts"

describe("a workflow", () => {
  test("is found in the certificate's own repository alone", () => {
    expect(workflowOf(GITHUB_IDENTITY)).toEqual({
      path: ".github/workflows/release.yml",
      ref: "refs/tags/v1.0.0",
    })
    const { san, sourceRepository } = GITHUB_IDENTITY
    expect(workflowOf({ san, sourceRepository })?.path).toBe(".github/workflows/release.yml")
    expect(workflowOf({ san })).toBeUndefined()
    const elsewhere = { ...GITHUB_IDENTITY, buildConfigUri: "https://github.com/acme/moon/x@y" }
    expect(workflowOf(elsewhere)).toBeUndefined()
    const email = { san: { kind: "email", value: "a@b" }, sourceRepository } as const
    expect(workflowOf(email)).toBeUndefined()
    const bare = { ...GITHUB_IDENTITY, buildConfigUri: `${sourceRepository}/a.yml` }
    expect(workflowOf(bare)).toBeUndefined()
  })

  test("and its run are split where their forms say", () => {
    expect(splitAtRef("a@refs/heads/b@c")).toEqual({ name: "a", ref: "refs/heads/b@c" })
    expect(splitAtRef("a@b")).toEqual({ name: "a", ref: "b" })
    // A file may be called so, by whoever may push it.
    expect(splitAtRef("a.yml@b.yml@refs/heads/c")).toEqual({
      name: "a.yml@b.yml",
      ref: "refs/heads/c",
    })
    expect(splitAtRef("a.yml@b.yml@4d329c7")).toEqual({ name: "a.yml@b.yml", ref: "4d329c7" })
    expect(splitAtRef("a")).toEqual({ name: "a", ref: undefined })
    expect(runOf("https://x/actions/runs/17/attempts/2")).toEqual({ id: "17", attempt: "2" })
    expect(runOf("https://x/actions/runs/17")).toBeUndefined()
  })
})
