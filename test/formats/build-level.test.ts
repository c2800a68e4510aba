import { describe, expect, test } from "vitest"

import { buildLevel } from "../../src/formats/build-level.ts"
import { CIRCLE, GITHUB, GITLAB, KEY, PERSON } from "../support/builds.ts"

const PIN = "f7dd8c54c2067bafc12ca7a55595d5ee9b75204a"
const called = (jobWorkflowRef: string) => buildLevel({ ...GITHUB, jobWorkflowRef })

describe("GitHub Actions", () => {
  test("in the project's own workflow: 2", () => {
    expect(buildLevel(GITHUB)).toEqual({
      level: 2,
      reason:
        "signed in a job of the project's own workflow: its steps could reach the identity token; sign in a reusable workflow that is pinned by its commit for level 3",
    })
  })

  test("in its own workflow it is 2 whatever the ref is", () => {
    expect(called(`acme/rocket/.github/workflows/release.yml@${PIN}`).level).toBe(2)
  })

  test.each([
    `acme/builder/.github/workflows/sign.yml@${PIN}`,
    `acme/rocket/.github/workflows/sign.yml@${PIN}`,
    `acme/builder/.github/workflows/release.yml@${"a".repeat(64)}`,
  ])("in a reusable one that is pinned: 3, %s", (ref) => {
    expect(called(ref)).toMatchObject({ level: 3 })
    expect(called(ref).reason).toContain("pinned by its commit")
  })

  test.each([
    "refs/tags/v1",
    "refs/heads/main",
    PIN.slice(0, 39),
    PIN.toUpperCase(),
    `refs/tags/${PIN}`,
  ])("in one whose ref can be moved: 2, %s", (ref) => {
    const level = called(`acme/builder/.github/workflows/sign.yml@${ref}`)
    expect(level.level).toBe(2)
    expect(level.reason).toContain(`but ${ref} can be moved`)
  })

  test("in one without a ref: 2", () => {
    expect(called("acme/builder/.github/workflows/sign.yml").reason).toContain(
      "its ref can be moved",
    )
  })

  test("on a machine of the publisher's: 1, pinned or not", () => {
    const jobWorkflowRef = `acme/builder/.github/workflows/sign.yml@${PIN}`
    for (const runner of ["self-hosted", "something-new"]) {
      expect(buildLevel({ ...GITHUB, jobWorkflowRef, runner })).toEqual({
        level: 1,
        reason: `the job ran on a ${runner} runner: only its owner knows what happened on it`,
      })
    }
  })
})

test.each([
  [GITLAB, 2, "GitLab's machine"],
  [{ ...GITLAB, runner: "self-hosted" }, 1, "only its owner knows"],
  [CIRCLE, 1, "does not say whose machine"],
  [PERSON, 1, "signed by a person"],
  [KEY, 1, "signed with a key of your own"],
] as const)("%o", (context, level, reason) => {
  expect(buildLevel(context)).toMatchObject({ level })
  expect(buildLevel(context).reason).toContain(reason)
})
