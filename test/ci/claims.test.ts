import { describe, expect, test } from "vitest"

import {
  circleCiClaims,
  emailClaims,
  githubClaims,
  gitlabClaims,
} from "../../src/world/oidc/claims.ts"
import { buildOf, mint, verify } from "./support.ts"
import { readBuild } from "../../src/ci/claims.ts"

async function refusal(build: Promise<unknown>): Promise<string> {
  const error: unknown = await build.catch((caught: unknown) => caught)
  expect(error).toMatchObject({ code: "ERR_IDENTITY" })
  return error instanceof Error ? error.message : ""
}

describe("GitHub", () => {
  test("every member is a claim", async () => {
    const token = await mint("github", { ...githubClaims({ run_attempt: "2" }) })
    expect(readBuild(await verify(token))).toEqual({
      kind: "github",
      server: "https://github.com",
      issuer: "https://token.actions.githubusercontent.com",
      repository: "acme/rocket",
      repositoryId: "851894824",
      ownerId: "180348046",
      ref: "refs/tags/v1.0.0",
      commit: "4d329c75e7ec1725f7c9ce917a8799d408d06be3",
      workflowRef: "acme/rocket/.github/workflows/release.yml@refs/tags/v1.0.0",
      jobWorkflowRef: "acme/rocket/.github/workflows/release.yml@refs/tags/v1.0.0",
      trigger: "push",
      runId: "10818226125",
      runAttempt: "2",
      runner: "github-hosted",
      visibility: "public",
    })
  })

  test.each([
    "repository",
    "repository_id",
    "repository_owner_id",
    "ref",
    "sha",
    "workflow_ref",
    "job_workflow_ref",
    "event_name",
    "run_id",
    "run_attempt",
    "runner_environment",
  ])("%s has to be there", async (name) => {
    for (const value of [undefined, "", null]) {
      const token = await mint("github", { ...githubClaims(), [name]: value })
      expect(await refusal(verify(token).then(readBuild))).toBe(
        `the identity token cannot be used: its claim ${name} is missing`,
      )
    }
  })

  test.each<[string, unknown]>([
    ["repository", "acme"],
    ["repository", "acme/rocket/more"],
    ["repository", "acme/rocket\u202e"],
    ["repository_id", "12a"],
    ["repository_id", 1.5],
    ["repository_owner_id", {}],
    ["ref", "main"],
    ["ref", "refs/heads/a b"],
    ["ref", `refs/heads/${"a".repeat(2_048)}`],
    ["sha", "4d329c75"],
    ["sha", "4D329C75E7EC1725F7C9CE917A8799D408D06BE3"],
    ["workflow_ref", "acme/rocket/.github/workflows/release.yml"],
    ["job_workflow_ref", "release.yml@main"],
    ["event_name", "push\n::error::"],
    ["runner_environment", "github hosted"],
  ])("%s cannot be %j", async (name, value) => {
    const token = await mint("github", { ...githubClaims(), [name]: value })
    expect(await refusal(verify(token).then(readBuild))).toContain(
      "the identity token cannot be used",
    )
  })

  test("a workflow of another repository is a contradiction", async () => {
    const workflow_ref = "evil/rocket/.github/workflows/release.yml@refs/heads/main"
    expect(await refusal(buildOf("github", { ...githubClaims(), workflow_ref }))).toContain(
      "which is not in the repository acme/rocket",
    )
  })

  test("a pinned workflow was read from that commit", async () => {
    const pin = "f7dd8c54c2067bafc12ca7a55595d5ee9b75204a"
    const claims = githubClaims({
      job_workflow_ref: `acme/builder/.github/workflows/sign.yml@${pin}`,
      job_workflow_sha: pin,
    })
    expect(await buildOf("github", { ...claims })).toMatchObject({
      jobWorkflowRef: `acme/builder/.github/workflows/sign.yml@${pin}`,
    })
    const other = { ...claims, job_workflow_sha: "0".repeat(40) }
    expect(await refusal(buildOf("github", other))).toContain(`is pinned to ${pin}`)
  })

  test("refs may hold what names may not", async () => {
    const ref = "refs/tags/create-vite@5.0.0-beta.0"
    expect(await buildOf("github", { ...githubClaims({ ref }) })).toMatchObject({
      ref,
      workflowRef: `acme/rocket/.github/workflows/release.yml@${ref}`,
    })
  })

  test("an enterprise has an issuer of its own, a tenant a server too", async () => {
    const accept = async (issuer: string): Promise<unknown> => {
      const token = await mint("github", { ...githubClaims() }, { issuer })
      const keysAt = new URL("http://127.0.0.1:4711/github")
      return readBuild(await verify(token, { issuers: [{ issuer, keysAt }] }))
    }
    expect(await accept("https://token.actions.githubusercontent.com/acme-corp")).toMatchObject({
      server: "https://github.com",
      issuer: "https://token.actions.githubusercontent.com/acme-corp",
    })
    expect(await accept("https://token.actions.acme.ghe.com")).toMatchObject({
      server: "https://acme.ghe.com",
    })
  })
})

describe("GitLab", () => {
  test("every member is a claim, or follows from one as Fulcio has it", async () => {
    expect(
      await buildOf("gitlab", { ...gitlabClaims({ ref_type: "branch", ref: "main" }) }),
    ).toEqual({
      kind: "gitlab",
      server: "https://gitlab.com",
      issuer: "http://127.0.0.1:4711/gitlab",
      project: "acme/rocket",
      projectId: "20",
      namespaceId: "72",
      ref: "refs/heads/main",
      commit: "4d329c75e7ec1725f7c9ce917a8799d408d06be3",
      configRefUri: "gitlab.com/acme/rocket//.gitlab-ci.yml@refs/heads/main",
      configPath: ".gitlab-ci.yml",
      trigger: "push",
      jobId: "302",
      runner: "gitlab-hosted",
      visibility: "public",
    })
  })

  test.each<[string, unknown, string]>([
    [
      "ci_config_ref_uri",
      "gitlab.com/evil/rocket//.gitlab-ci.yml@refs/heads/main",
      "not in the project",
    ],
    [
      "ci_config_ref_uri",
      "gitlab.com/acme/rocket/.gitlab-ci.yml@refs/heads/main",
      "not in the project",
    ],
    ["ci_config_ref_uri", null, "ci_config_ref_uri is missing"],
    ["ref_type", "merge_request", 'ref_type is "merge_request"'],
    ["project_path", "rocket", 'project_path is "rocket"'],
  ])("%s cannot be %j", async (name, value, message) => {
    const claims = { ...gitlabClaims(), [name]: value }
    const issuer = { issuer: "https://gitlab.com", keysAt: new URL("http://127.0.0.1:4711/gitlab") }
    const verified = await verify(await mint("gitlab", claims), { issuers: [issuer] })
    expect(() => readBuild(verified)).toThrow(message)
  })
})

describe("CircleCI", () => {
  test("every member is a claim", async () => {
    expect(await buildOf("circleci", circleCiClaims())).toEqual({
      kind: "circleci",
      issuer: "http://127.0.0.1:4711/circleci",
      projectId: "f1d9f4b0-8c4a-4c39-9f63-7a2f8f1d2e02",
      pipelineDefinitionId: "0d5b3c7a-2e41-5f0b-8a0e-6c9d4e5f7a03",
      workflowId: "c8f3bad5-204e-4f6b-8c9d-3e2f104b5c05",
      jobId: "d904cbe6-315f-407c-9dae-4f30215c6d06",
      repository: "github.com/acme/rocket",
      ref: "refs/tags/v1.0.0",
    })
  })

  test("a job that somebody had a shell in vouches for nothing", async () => {
    for (const value of [true, "true"]) {
      const claims = { ...circleCiClaims(), "oidc.circleci.com/ssh-rerun": value }
      expect(await refusal(buildOf("circleci", claims))).toContain("rerun with SSH")
    }
  })

  test("a source that is not known is absent", async () => {
    const claims = {
      ...circleCiClaims(),
      "oidc.circleci.com/vcs-origin": "",
      "oidc.circleci.com/vcs-ref": null,
    }
    expect(await buildOf("circleci", claims)).toMatchObject({
      repository: undefined,
      ref: undefined,
    })
  })

  test("ids are ids", async () => {
    const claims = circleCiClaims({ project_id: "../../x" })
    expect(await refusal(buildOf("circleci", claims))).toContain("project-id")
  })
})

describe("a person", () => {
  test("is known by who knows them", async () => {
    expect(await buildOf("email", { ...emailClaims() })).toEqual({
      kind: "person",
      issuer: "https://accounts.google.com",
      email: "maintainer@acme.example",
    })
    const { federated_claims: _federated, ...direct } = emailClaims()
    expect(await buildOf("email", direct)).toMatchObject({
      issuer: "http://127.0.0.1:4711/email",
    })
  })

  test("without a verified address is nobody", async () => {
    for (const email_verified of [false, "false", undefined]) {
      expect(await refusal(buildOf("email", { ...emailClaims(), email_verified }))).toContain(
        "has not verified the e-mail address",
      )
    }
    expect(await refusal(buildOf("email", { ...emailClaims(), email: "nobody" }))).toContain(
      "email",
    )
  })
})

test("claims of no platform are of nobody", async () => {
  expect(await refusal(buildOf("email", { sub: "x" }))).toContain(
    "none of a build platform that is known, nor of a person",
  )
})

test("a known issuer's tokens are read as its own, whatever they hold", async () => {
  const claims = { ...gitlabClaims(), job_workflow_ref: "acme/rocket/x.yml@refs/heads/main" }
  const issuer = { issuer: "https://gitlab.com", keysAt: new URL("http://127.0.0.1:4711/gitlab") }
  const verified = await verify(await mint("gitlab", claims), { issuers: [issuer] })
  expect(readBuild(verified).kind).toBe("gitlab")
})
