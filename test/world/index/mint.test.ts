import { createLocalJWKSet } from "jose"
import { beforeEach, describe, expect, test } from "vitest"

import type { Publisher } from "../../../src/world/index/publishers.ts"
import {
  ACTIVE_STATE,
  CLAIMS,
  createTestIndex,
  GITLAB,
  GOOGLE,
  identityToken,
  NOW,
  PUBLISHER,
  strangerKeys,
  type TestIndex,
} from "./support.ts"

let index: TestIndex
beforeEach(() => {
  index = createTestIndex()
})

/** The one error of a refused request, as `code: description`. */
async function problem(response: Promise<Response>): Promise<string> {
  const answer = await response
  const { message, errors } = JSON.parse(await answer.text())
  expect([answer.status, message, errors.length]).toEqual([422, "Token request failed", 1])
  return `${errors[0].code}: ${errors[0].description}`
}

const NO_MATCH =
  "invalid-publisher: valid token, but no corresponding publisher (Publisher with matching claims was not found)"
const refusedFor = (reason: string): string =>
  `invalid-publisher: valid token, but no corresponding publisher (${reason})`

describe("the audience", () => {
  test("is told", async () => {
    expect(await (await index.get("/_/oidc/audience")).json()).toEqual({ audience: "pypi" })
    const other = createTestIndex({ audience: "testpypi" })
    expect(await (await other.get("/_/oidc/audience")).json()).toEqual({ audience: "testpypi" })
  })

  test("is not told while trusted publishing is off", async () => {
    index.flags.trustedPublishingDisabled = true
    const answer = await index.get("/_/oidc/audience")
    expect(answer.status).toBe(403)
    expect(await answer.json()).toEqual({
      message: "Trusted publishing functionality not enabled",
    })
  })
})

describe("a token for a token", () => {
  test("for fifteen minutes, at both addresses", async () => {
    index.addPublisher(PUBLISHER, ["rocket"])
    for (const path of ["/_/oidc/mint-token", "/_/oidc/github/mint-token"]) {
      const body = JSON.stringify({ token: await identityToken({ jti: path }) })
      const answer = await index.post(path, body)
      expect(answer.status).toBe(200)
      const { success, token, expires } = JSON.parse(await answer.text())
      expect(success).toBe(true)
      expect(expires).toBe(NOW / 1000 + 900)
      expect(token).toMatch(/^pypi-[\w-]{64}$/)
    }
  })

  test("an identity token works once", async () => {
    index.addPublisher(PUBLISHER, ["rocket"])
    const token = await identityToken()
    expect((await index.mint(token)).status).toBe(200)
    expect(await problem(index.mint(token))).toBe(
      "invalid-reuse-token: invalid token: already used",
    )
    expect((await index.mint(await identityToken({ jti: "two" }))).status).toBe(200)
  })

  test("of two requests at once with one token, one gets it", async () => {
    index.addPublisher(PUBLISHER, ["rocket"])
    const token = await identityToken()
    const answers = await Promise.all([index.mint(token), index.mint(token)])
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 422]))
  })

  test("a refused token can be used later", async () => {
    const token = await identityToken()
    expect(await problem(index.mint(token))).toBe(NO_MATCH)
    index.addPublisher(PUBLISHER, ["rocket"])
    expect((await index.mint(token)).status).toBe(200)
  })
})

describe("what is no token", () => {
  test.each([
    ["no JSON", "x", /^invalid-payload: 1 validation error for TokenPayload\n/],
    ["no token", "{}", /^invalid-payload: 1 validation error for TokenPayload\n/],
    ["a number", '{"token":1}', /^invalid-payload: 1 validation error for TokenPayload\n/],
    ["no JWT", '{"token":"x.y"}', /^invalid-payload: malformed JWT$/],
    [
      "a JWT of nobody",
      `{"token":"e30.${Buffer.from("{}").toString("base64url")}.x"}`,
      /^invalid-payload: malformed JWT$/,
    ],
  ])("%s", async (_, body, expected) => {
    expect(await problem(index.post("/_/oidc/mint-token", body))).toMatch(expected)
  })

  test("one of an unknown issuer", async () => {
    const token = await identityToken({ iss: "https://issuer.example" })
    expect(await problem(index.mint(token))).toBe(
      "invalid-payload: unknown trusted publishing issuer",
    )
  })

  test("any, while trusted publishing is off", async () => {
    index.flags.trustedPublishingDisabled = true
    expect(await problem(index.mint(await identityToken()))).toBe(
      "not-enabled: github trusted publishing functionality not enabled",
    )
  })
})

describe("signature, audience and times", () => {
  const seconds = NOW / 1000
  const invalid = "invalid-token: malformed or invalid token"

  test.each<[string, Record<string, unknown>]>([
    ["another audience", { aud: "sigstore" }],
    ["a list of audiences, though it holds ours", { aud: ["pypi"] }],
    ["no audience", { aud: undefined }],
    ["no expiry", { exp: undefined }],
    ["no time of issue", { iat: undefined }],
    ["expired", { exp: seconds - 31 }],
    ["issued later", { iat: seconds + 31 }],
    ["not yet valid", { nbf: seconds + 31 }],
  ])("%s is refused", async (_, claims) => {
    index.addPublisher(PUBLISHER, ["rocket"])
    expect(await problem(index.mint(await identityToken(claims)))).toBe(invalid)
  })

  test.each<[string, Record<string, unknown>]>([
    ["expired just now", { exp: seconds - 29 }],
    ["issued in a moment", { iat: seconds + 30 }],
    ["valid in a moment", { nbf: seconds + 30 }],
    ["valid at once", { nbf: undefined }],
  ])("%s is within the leeway", async (_, claims) => {
    index.addPublisher(PUBLISHER, ["rocket"])
    expect((await index.mint(await identityToken(claims))).status).toBe(200)
  })

  test.each<[string, Parameters<typeof identityToken>[1]]>([
    ["a stranger's key", { key: strangerKeys.privateKey }],
    ["an unknown key", { kid: "two" }],
    ["a shared secret", { key: new Uint8Array(32), alg: "HS256" }],
  ])("signed with %s is refused", async (_, header) => {
    index.addPublisher(PUBLISHER, ["rocket"])
    expect(await problem(index.mint(await identityToken({}, header)))).toBe(invalid)
  })

  test("not signed at all is refused", async () => {
    index.addPublisher(PUBLISHER, ["rocket"])
    const parts = [{ alg: "none", kid: "one" }, CLAIMS].map((value) =>
      Buffer.from(JSON.stringify(value)).toString("base64url"),
    )
    const token = `${parts.join(".")}.`
    expect(await problem(index.mint(token))).toBe(invalid)
  })

  test("an issuer without keys is refused", async () => {
    index = createTestIndex({
      issuers: [
        { issuer: String(CLAIMS["iss"]), kind: "GitHub", keys: createLocalJWKSet({ keys: [] }) },
      ],
    })
    index.addPublisher(PUBLISHER, ["rocket"])
    expect(await problem(index.mint(await identityToken()))).toBe(invalid)
  })
})

describe("GitHub's claims", () => {
  const caller = "acme/rocket/.github/workflows/release.yml@refs/tags/v1.0.0"

  test.each<[string, Record<string, unknown>, string]>([
    ["another repository", { repository: "acme/other" }, NO_MATCH],
    ["the repository in another case", { repository: "Acme/rocket" }, NO_MATCH],
    ["another owner's number", { repository_owner_id: "1" }, NO_MATCH],
    ["another workflow", { job_workflow_ref: caller.replace("release", "test") }, NO_MATCH],
    ["no workflow file", { job_workflow_ref: "acme/rocket" }, NO_MATCH],
    [
      "another owner",
      { repository_owner: "evil" },
      refusedFor("Check failed for required claim 'repository_owner'"),
    ],
    [
      "a reusable workflow of another repository",
      { job_workflow_ref: caller.replace("acme/rocket", "acme/shared") },
      refusedFor(
        "The job_workflow_ref claim does not match, expecting one of ['acme/rocket/.github/workflows/release.yml@4d329c75e7ec1725f7c9ce917a8799d408d06be3', 'acme/rocket/.github/workflows/release.yml@refs/tags/v1.0.0'], got 'acme/shared/.github/workflows/release.yml@refs/tags/v1.0.0'",
      ),
    ],
    [
      "another ref",
      { ref: "refs/heads/main", sha: "" },
      refusedFor(
        `The job_workflow_ref claim does not match, expecting one of ['acme/rocket/.github/workflows/release.yml@refs/heads/main'], got '${caller}'`,
      ),
    ],
    [
      "neither ref nor commit",
      { ref: "", sha: "" },
      refusedFor("The ref and sha claims are empty"),
    ],
    [
      "a stranger's pull request",
      { event_name: "pull_request_target" },
      refusedFor("Publishing from a workflow invoked via 'pull_request_target' is not supported."),
    ],
    ...[
      "repository",
      "repository_owner",
      "repository_owner_id",
      "job_workflow_ref",
      "jti",
      "event_name",
      "ref",
      "sha",
    ].map((name): [string, Record<string, unknown>, string] => [
      `no ${name}`,
      { [name]: undefined },
      refusedFor(`Missing claim '${name}'`),
    ]),
  ])("%s", async (_, claims, expected) => {
    index.addPublisher(PUBLISHER, ["rocket"])
    expect(await problem(index.mint(await identityToken(claims)))).toBe(expected)
  })

  test("no publisher is told before what else is missing", async () => {
    expect(await problem(index.mint(await identityToken({ jti: undefined })))).toBe(NO_MATCH)
  })

  test.each<[string, Record<string, unknown>]>([
    [
      "the workflow at the commit",
      { job_workflow_ref: caller.replace("refs/tags/v1.0.0", String(CLAIMS["sha"])) },
    ],
    [
      "an empty ref",
      { ref: "", job_workflow_ref: caller.replace("refs/tags/v1.0.0", String(CLAIMS["sha"])) },
    ],
    ["any subject", { sub: "repo:acme@1/rocket@2:environment:release" }],
    ["any environment", { environment: "release" }],
  ])("%s is taken", async (_, claims) => {
    index.addPublisher(PUBLISHER, ["rocket"])
    expect((await index.mint(await identityToken(claims))).status).toBe(200)
  })

  test("of two publishers the one for the environment counts", async () => {
    const general = index.addPublisher(PUBLISHER, ["rocket"])
    const special = index.addPublisher({ ...PUBLISHER, environment: "release" }, ["satellite"])
    const bearers: string[] = []
    for (const environment of [undefined, "other", "Release"]) {
      await index.mint(await identityToken({ environment, jti: environment ?? "none" }))
      const bearer = index.state.tokens.at(-1)?.bearer
      bearers.push(bearer?.kind === "publisher" ? bearer.id : "")
    }
    expect(bearers).toEqual([general.id, general.id, special.id])
  })

  test("a publisher for an environment takes no other", async () => {
    index.addPublisher({ ...PUBLISHER, environment: "release" }, ["rocket"])
    expect(await problem(index.mint(await identityToken()))).toBe(NO_MATCH)
    expect(await problem(index.mint(await identityToken({ environment: "test" })))).toBe(NO_MATCH)
  })
})

describe("GitLab's claims", () => {
  const publisher: Publisher = {
    kind: "GitLab",
    project: "acme/tools/rocket",
    workflowFile: ".gitlab-ci.yml",
  }
  const claims = {
    iss: GITLAB,
    sub: "project_path:Acme/tools/rocket:ref_type:tag:ref:v1.0.0",
    project_path: "acme/tools/rocket",
    ci_config_ref_uri: "gitlab.com/acme/tools/rocket//.gitlab-ci.yml@refs/tags/v1.0.0",
    ref_path: "refs/tags/v1.0.0",
  }

  test.each<[string, Record<string, unknown>, string]>([
    ["another project", { project_path: "acme/other" }, NO_MATCH],
    [
      "another file",
      { ci_config_ref_uri: "gitlab.com/acme/tools/rocket//other.yml@refs/tags/v1.0.0" },
      NO_MATCH,
    ],
    [
      "another subject",
      { sub: "project_path:acme/other:ref:x" },
      refusedFor("Check failed for required claim 'sub'"),
    ],
    [
      "another instance",
      { ci_config_ref_uri: "gitlab.example/acme/tools/rocket//.gitlab-ci.yml@refs/tags/v1.0.0" },
      refusedFor(
        "The ci_config_ref_uri claim does not match, expecting one of ['gitlab.com/acme/tools/rocket//.gitlab-ci.yml@4d329c75e7ec1725f7c9ce917a8799d408d06be3', 'gitlab.com/acme/tools/rocket//.gitlab-ci.yml@refs/tags/v1.0.0'], got 'gitlab.example/acme/tools/rocket//.gitlab-ci.yml@refs/tags/v1.0.0'",
      ),
    ],
    ["no ref", { ref_path: undefined }, refusedFor("Missing claim 'ref_path'")],
  ])("%s", async (_, changes, expected) => {
    index.addPublisher(publisher, ["rocket"])
    expect(await problem(index.mint(await identityToken({ ...claims, ...changes })))).toBe(expected)
  })

  test("are taken; a job's token variable works once", async () => {
    index.addPublisher(publisher, ["rocket"])
    const token = await identityToken(claims)
    expect((await index.mint(token)).status).toBe(200)
    expect(await problem(index.mint(token))).toContain("already used")
  })

  test("the environment's case counts", async () => {
    index.addPublisher({ ...publisher, environment: "Release" }, ["rocket"])
    const other = await identityToken({ ...claims, environment: "release" })
    expect(await problem(index.mint(other))).toBe(NO_MATCH)
    const same = await identityToken({ ...claims, environment: "Release" })
    expect((await index.mint(same)).status).toBe(200)
  })
})

describe("Google's and ActiveState's claims", () => {
  const google: Publisher = { kind: "Google", email: "robot@acme.example" }
  const claims = { iss: GOOGLE, email: "robot@acme.example", email_verified: true, sub: "7" }

  test("an account's address has to be verified", async () => {
    index.addPublisher(google, ["rocket"])
    expect((await index.mint(await identityToken(claims))).status).toBe(200)
    const unverified = await identityToken({ ...claims, jti: "2", email_verified: false })
    expect(await problem(index.mint(unverified))).toBe(
      refusedFor("Check failed for required claim 'email_verified'"),
    )
    const other = await identityToken({ ...claims, jti: "3", email: "other@acme.example" })
    expect(await problem(index.mint(other))).toBe(NO_MATCH)
  })

  test("an account may be named by its number", async () => {
    index.addPublisher({ ...google, sub: "8" }, ["rocket"])
    expect(await problem(index.mint(await identityToken(claims)))).toBe(NO_MATCH)
    expect((await index.mint(await identityToken({ ...claims, sub: "8" }))).status).toBe(200)
  })

  test("a token need not have an identifier, and can then be used again", async () => {
    index.addPublisher(google, ["rocket"])
    const token = await identityToken({ ...claims, jti: undefined })
    expect((await index.mint(token)).status).toBe(200)
    expect((await index.mint(token)).status).toBe(200)
  })

  test("ActiveState's builder is its own", async () => {
    index.addPublisher(
      { kind: "ActiveState", organization: "acme", project: "rocket", actorId: "9" },
      ["rocket"],
    )
    const own = { iss: ACTIVE_STATE, organization: "acme", project: "rocket", actor_id: "9" }
    const right = await identityToken({ ...own, builder: "pypi-publisher" })
    expect((await index.mint(right)).status).toBe(200)
    const other = await identityToken({ ...own, builder: "other" })
    expect(await problem(index.mint(other))).toBe(
      refusedFor("Check failed for required claim 'builder'"),
    )
    const stranger = await identityToken({ ...own, builder: "pypi-publisher", actor_id: "1" })
    expect(await problem(index.mint(stranger))).toBe(NO_MATCH)
  })
})

describe("a pending publisher", () => {
  test("creates its project, and is an ordinary one from then on", async () => {
    index.addPendingPublisher(PUBLISHER, "Rocket", "ann")
    expect((await index.mint(await identityToken())).status).toBe(200)
    expect(index.state.projects["rocket"]).toMatchObject({ name: "Rocket", owners: ["ann"] })
    expect((await index.mint(await identityToken({ jti: "two" }))).status).toBe(200)
    expect(index.state.tokens.map(({ projects }) => projects)).toEqual([["rocket"], ["rocket"]])
  })

  test("is of no use once somebody else has the project", async () => {
    index.addPendingPublisher(PUBLISHER, "rocket", "ann")
    index.addProject("Rocket", ["bob"])
    expect(await problem(index.mint(await identityToken()))).toBe(
      "invalid-pending-publisher: valid token, but project already exists",
    )
    expect(index.state.publishers).toEqual([])
  })

  test("does nothing for claims that are not its own", async () => {
    index.addPendingPublisher(PUBLISHER, "rocket", "ann")
    const token = await identityToken({ repository_owner_id: "1" })
    expect(await problem(index.mint(token))).toBe(NO_MATCH)
    expect(index.state.projects).toEqual({})
  })
})
