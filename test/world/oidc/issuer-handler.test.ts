import { createLocalJWKSet, createRemoteJWKSet, decodeJwt, jwtVerify } from "jose"
import { describe, expect, test } from "vitest"

import { startService } from "../../../src/world/http/service.ts"
import {
  circleCiClaims,
  emailClaims,
  githubClaims,
  gitlabClaims,
} from "../../../src/world/oidc/claims.ts"
import {
  createIssuerHandler,
  TOKEN_REQUEST_PATH,
  type Jobs,
} from "../../../src/world/oidc/issuer-handler.ts"
import { createTokenIssuer } from "../../../src/world/oidc/issuer.ts"

const NOW = Date.UTC(2026, 5, 1, 12)
const issuer = await createTokenIssuer(() => NOW)
const jobs: Jobs = new Map([["secret", { ...githubClaims() }]])
const handler = createIssuerHandler(issuer, jobs)
const keys = createLocalJWKSet(issuer.keys)

async function requestToken(query: string, authorization?: string): Promise<Response> {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
  return await handler(new Request(`http://oidc.test${TOKEN_REQUEST_PATH}${query}`, { headers }))
}

async function post(body: unknown): Promise<Response> {
  const init = { method: "POST", body: JSON.stringify(body) }
  return await handler(new Request("http://oidc.test/-/tokens", init))
}

async function claimsOf(response: Response): Promise<Record<string, unknown>> {
  const { value } = (await response.json()) as { value: string }
  const { payload } = await jwtVerify(value, keys, { currentDate: new Date(NOW) })
  return payload
}

describe("claims of a GitHub job", () => {
  test("are those of a tag push, and follow from what is stated", () => {
    expect(githubClaims()).toMatchObject({
      sub: "repo:acme/rocket:ref:refs/tags/v1.0.0",
      repository_owner: "acme",
      ref_type: "tag",
      workflow_ref: "acme/rocket/.github/workflows/release.yml@refs/tags/v1.0.0",
      job_workflow_ref: "acme/rocket/.github/workflows/release.yml@refs/tags/v1.0.0",
    })
    const claims = githubClaims(
      { repository: "octo/pkg", ref: "refs/heads/main", sha: "a".repeat(40) },
      { workflowFile: "publish.yml" },
    )
    expect(claims).toMatchObject({
      sub: "repo:octo/pkg:ref:refs/heads/main",
      repository_owner: "octo",
      ref_type: "branch",
      workflow_ref: "octo/pkg/.github/workflows/publish.yml@refs/heads/main",
      job_workflow_sha: "a".repeat(40),
    })
  })

  test.each([
    [{ environment: "py:pi" }, {}, "repo:acme/rocket:environment:py%3Api"],
    [{ event_name: "pull_request" }, {}, "repo:acme/rocket:pull_request"],
    [{}, { immutableSubject: true }, "repo:acme@180348046/rocket@851894824:ref:refs/tags/v1.0.0"],
    [{ sub: "mine" }, {}, "mine"],
  ])("have the subject of %j %j", (stated, job, subject) => {
    expect(githubClaims(stated, job).sub).toBe(subject)
  })
})

test("claims of the other providers follow from what is stated, too", () => {
  expect(gitlabClaims({ project_path: "a/b/c", ref: "main", ref_type: "branch" })).toMatchObject({
    sub: "project_path:a/b/c:ref_type:branch:ref:main",
    namespace_path: "a/b",
    ref_path: "refs/heads/main",
    ci_config_ref_uri: "gitlab.com/a/b/c//.gitlab-ci.yml@refs/heads/main",
  })
  expect(circleCiClaims({ org_id: "o", project_id: "p", user_id: "u", ssh_rerun: true })).toEqual(
    expect.objectContaining({
      sub: "org/o/project/p/user/u/vcs-origin/github.com/acme/rocket/vcs-ref/refs/tags/v1.0.0",
      "oidc.circleci.com/project-id": "p",
      "oidc.circleci.com/ssh-rerun": true,
    }),
  )
  expect(emailClaims({ email: "a@b.example" })).toMatchObject({ email_verified: true })
})

describe("the token request endpoint", () => {
  test.each(["Bearer secret", "bearer secret", "BEARER secret"])(
    "gives the job's token to %s",
    async (authorization) => {
      const response = await requestToken("&audience=sigstore", authorization)
      expect(await claimsOf(response)).toMatchObject({
        ...githubClaims(),
        iss: "https://token.actions.githubusercontent.com",
        aud: "sigstore",
        iat: NOW / 1000,
        nbf: NOW / 1000 - 600,
        exp: NOW / 1000 + 300,
        jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      })
    },
  )

  test("uses each id once, the owner's address as audience, and takes several audiences", async () => {
    const first = await claimsOf(await requestToken("", "Bearer secret"))
    const second = await claimsOf(await requestToken("&audience=a&audience=b", "Bearer secret"))
    expect(first["aud"]).toBe("https://github.com/acme")
    expect(second["aud"]).toEqual(["a", "b"])
    expect(first["jti"]).not.toBe(second["jti"])
  })

  test("refuses audiences of GitHub itself, and whoever has no token of a job", async () => {
    const audience = `&audience=${encodeURIComponent("https://github.com/acme")}`
    expect((await requestToken(audience, "Bearer secret")).status).toBe(400)
    for (const authorization of [undefined, "Bearer wrong", "Basic secret", "secret"]) {
      expect((await requestToken("&audience=sigstore", authorization)).status).toBe(401)
    }
  })
})

test("discovery leads to the keys, as a client finds them over HTTP", async () => {
  const service = await startService(handler)
  for (const provider of ["github", "gitlab", "circleci", "email"]) {
    const base = `${service.url}/${provider}`
    const found = await fetch(`${base}/.well-known/openid-configuration`)
    const { issuer: name, jwks_uri: jwks } = (await found.json()) as Record<string, string>
    expect(name).toBe(base)
    const token = await post({ provider, loopbackIssuer: true, claims: { iss: base } })
    const { value } = (await token.json()) as { value: string }
    const remote = createRemoteJWKSet(new URL(jwks ?? ""))
    const currentDate = new Date(NOW)
    const checks = { issuer: base, audience: "sigstore", algorithms: ["RS256"], currentDate }
    expect((await jwtVerify(value, remote, checks)).payload.iss).toBe(base)
  }
  expect((await fetch(`${service.url}/jenkins/.well-known/openid-configuration`)).status).toBe(404)
  await service.close()
})

describe("any token", () => {
  test("is minted from stated claims", async () => {
    const claims = { repository: "octo/pkg", exp: 7, custom: { a: [1] } }
    const response = await post({ provider: "github", audience: "pypi", claims })
    const { value } = (await response.json()) as { value: string }
    expect(decodeJwt(value)).toMatchObject({
      aud: "pypi",
      repository_owner: "octo",
      exp: 7,
      custom: { a: [1] },
    })
    const local = await claimsOf(await post({ provider: "email", loopbackIssuer: true }))
    expect(local).toMatchObject({ iss: "http://oidc.test/email", ...emailClaims() })
  })

  test.each([
    ["no provider", {}],
    ["an unknown provider", { provider: "jenkins" }],
    ["an unknown member", { provider: "github", aud: "x" }],
    ["claims that are none", { provider: "github", claims: [] }],
  ])("is refused with %s", async (_, body) => {
    expect((await post(body)).status).toBe(400)
  })
})

test("a kept key signs again", async () => {
  const again = await createTokenIssuer(() => NOW, issuer.privateKey)
  const token = await again.mint("email", { ...emailClaims() }, { audience: "sigstore" })
  await jwtVerify(token, keys, { currentDate: new Date(NOW) })
  await expect(createTokenIssuer(() => NOW, { kty: "oct", k: "AAAA" })).rejects.toThrow(
    "not an RSA key",
  )
})
