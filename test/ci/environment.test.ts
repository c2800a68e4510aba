import { describe, expect, test } from "vitest"

import { checkEnvironment, platformOf } from "../../src/ci/environment.ts"
import {
  circleCiClaims,
  emailClaims,
  githubClaims,
  gitlabClaims,
} from "../../src/world/oidc/claims.ts"
import { buildOf } from "./support.ts"

const github = await buildOf("github", { ...githubClaims() })
const gitlab = await buildOf("gitlab", { ...gitlabClaims() })
const circle = await buildOf("circleci", circleCiClaims())
const person = await buildOf("email", { ...emailClaims() })

test("platforms say so themselves", () => {
  expect(platformOf({ GITHUB_ACTIONS: "true" })).toBe("github")
  expect(platformOf({ GITLAB_CI: "true" })).toBe("gitlab")
  expect(platformOf({ CIRCLECI: "true" })).toBe("circleci")
  expect(platformOf({ GITHUB_ACTIONS: "false", CI: "true" })).toBeUndefined()
})

test("outside of all of them nothing contradicts", () => {
  for (const context of [github, gitlab, circle, person]) {
    expect(() => checkEnvironment(context, { GITHUB_SHA: "another" })).not.toThrow()
  }
})

describe("another variable than the claim", () => {
  test.each([
    ["GITHUB_SERVER_URL", "https://github.com"],
    ["GITHUB_REPOSITORY", "acme/rocket"],
    ["GITHUB_REPOSITORY_ID", "851894824"],
    ["GITHUB_REPOSITORY_OWNER_ID", "180348046"],
    ["GITHUB_SHA", "4d329c75e7ec1725f7c9ce917a8799d408d06be3"],
    ["GITHUB_REF", "refs/tags/v1.0.0"],
    ["GITHUB_WORKFLOW_REF", "acme/rocket/.github/workflows/release.yml@refs/tags/v1.0.0"],
    ["GITHUB_EVENT_NAME", "push"],
    ["GITHUB_RUN_ID", "10818226125"],
    ["GITHUB_RUN_ATTEMPT", "1"],
  ])("%s", (name, claimed) => {
    const inJob = { GITHUB_ACTIONS: "true" }
    expect(() => checkEnvironment(github, { ...inJob, [name]: claimed })).not.toThrow()
    expect(() => checkEnvironment(github, { ...inJob, [name]: "" })).not.toThrow()
    expect(() => checkEnvironment(github, { ...inJob, [name]: "other" })).toThrow(
      `${name} is other, and the identity token says ${claimed}`,
    )
  })

  test.each([
    ["CI_SERVER_URL", "https://gitlab.com"],
    ["CI_PROJECT_PATH", "acme/rocket"],
    ["CI_PROJECT_ID", "20"],
    ["CI_COMMIT_SHA", "4d329c75e7ec1725f7c9ce917a8799d408d06be3"],
    ["CI_COMMIT_REF_NAME", "v1.0.0"],
    ["CI_PIPELINE_SOURCE", "push"],
    ["CI_JOB_ID", "302"],
  ])("%s", (name, claimed) => {
    const inJob = { GITLAB_CI: "true" }
    expect(() => checkEnvironment(gitlab, { ...inJob, [name]: claimed })).not.toThrow()
    expect(() => checkEnvironment(gitlab, { ...inJob, [name]: "other" })).toThrow(name)
  })

  test.each([
    ["CIRCLE_PROJECT_ID", "f1d9f4b0-8c4a-4c39-9f63-7a2f8f1d2e02"],
    ["CIRCLE_WORKFLOW_ID", "c8f3bad5-204e-4f6b-8c9d-3e2f104b5c05"],
  ])("%s", (name, claimed) => {
    const inJob = { CIRCLECI: "true" }
    expect(() => checkEnvironment(circle, { ...inJob, [name]: claimed })).not.toThrow()
    expect(() => checkEnvironment(circle, { ...inJob, [name]: "other" })).toThrow(name)
  })
})

test.each([
  [gitlab, "of a job of GitLab CI"],
  [circle, "of a job of CircleCI"],
  [person, "a person's"],
])("a token of somewhere else is refused", (context, described) => {
  expect(() => checkEnvironment(context, { GITHUB_ACTIONS: "true" })).toThrow(
    `this runs on GitHub Actions, and the identity token is ${described}`,
  )
})
