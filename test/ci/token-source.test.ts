import { inspect } from "node:util"

import { describe, expect, test } from "vitest"

import { obtainToken } from "../../src/ci/token-source.ts"
import type { Environment } from "../../src/ci/environment.ts"
import { githubClaims } from "../../src/world/oidc/claims.ts"
import { TOKEN_REQUEST_PATH } from "../../src/world/oidc/issuer-handler.ts"
import type { Handler } from "../../src/world/http/handler.ts"
import { httpTo, LIMITS } from "../support/http.ts"
import { jobs, oidc, ORIGIN, payloadOf } from "./support.ts"

const SECRET = "very-secret"
jobs.set(SECRET, { ...githubClaims() })
const JOB = {
  GITHUB_ACTIONS: "true",
  ACTIONS_ID_TOKEN_REQUEST_URL: `${ORIGIN}${TOKEN_REQUEST_PATH}`,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: SECRET,
}

async function obtain(
  environment: Environment,
  {
    given,
    signIn,
    handler = oidc,
  }: { given?: string; signIn?: () => Promise<string>; handler?: Handler } = {},
) {
  const http = httpTo({ [ORIGIN]: handler })
  const obtained = await obtainToken({ environment, given, signIn }, "sigstore", http, LIMITS)
  return { ...obtained, requests: http.requests }
}

async function refusal(...args: Parameters<typeof obtain>): Promise<string> {
  const error: unknown = await obtain(...args).catch((caught: unknown) => caught)
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET)
  return error instanceof Error && "code" in error && "hint" in error
    ? `${String(error.code)} ${error.message} | ${String(error.hint)}`
    : String(error)
}

describe("GitHub Actions", () => {
  test("the runner is asked, for this audience", async () => {
    const { token, from, requests, renew } = await obtain(JOB)
    expect({ from, requests }).toEqual({
      from: "github-actions",
      requests: [`GET ${ORIGIN}/actions/token?api-version=2.0&audience=sigstore`],
    })
    expect(payloadOf(token)).toMatchObject({ aud: "sigstore", repository: "acme/rocket" })
    expect(payloadOf((await renew?.()) ?? "").jti).not.toBe(payloadOf(token).jti)
  })

  test("a job without the permission is told which", async () => {
    const hint =
      "give the job `permissions: id-token: write`; where it is in a reusable workflow, the job that calls it needs the permission too"
    for (const missing of ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"]) {
      expect(await refusal({ ...JOB, [missing]: undefined })).toBe(
        `ERR_IDENTITY this job may not ask for an identity token | ${hint}`,
      )
    }
  })

  test.each<[string, Handler, string]>([
    ["refuses", () => new Response("no", { status: 403 }), "it answered with status 403"],
    ["answers without a token", () => Response.json({ count: 1 }), "the answer.value is missing"],
    ["answers no JSON", () => new Response("<html>"), "the answer is not JSON"],
  ])("a runner that %s", async (_name, handler, message) => {
    expect(await refusal(JOB, { handler })).toContain(
      `ERR_NETWORK the runner was asked for an identity token and gave none: ${message}`,
    )
  })

  test("a token of its own wins only where the runner has none to give", async () => {
    const both = { ...JOB, SIGSTORE_ID_TOKEN: "of.its.own" }
    expect((await obtain(both)).from).toBe("github-actions")
    const without = { GITHUB_ACTIONS: "true", SIGSTORE_ID_TOKEN: "of.its.own" }
    expect(await obtain(without)).toMatchObject({ from: "variable", token: "of.its.own" })
  })
})

describe("elsewhere", () => {
  test.each([{ GITLAB_CI: "true" }, { CIRCLECI: "true" }, {}])(
    "%j: the variable",
    async (environment) => {
      const obtained = await obtain({ ...environment, SIGSTORE_ID_TOKEN: " a.b.c\n" })
      expect(obtained).toMatchObject({ token: "a.b.c", from: "variable", requests: [] })
      expect(obtained.renew).toBeUndefined()
    },
  )

  test.each([
    ["GITLAB_CI", "GitLab CI", "id_tokens: {SIGSTORE_ID_TOKEN: {aud: sigstore}}"],
    ["CIRCLECI", "CircleCI", "circleci run oidc get"],
  ])("%s without it is told how", async (variable, name, hint) => {
    const signIn = () => Promise.resolve("never")
    const text = await refusal({ [variable]: "true" }, { signIn })
    expect(text).toContain(`ERR_IDENTITY this job of ${name} has no identity token`)
    expect(text).toContain(hint)
  })

  test("a person signs in, and again when it is time", async () => {
    let count = 0
    const signIn = () => Promise.resolve(`token-${(count += 1)}`)
    const { token, from, renew } = await obtain({}, { signIn })
    expect({ token, from, next: await renew?.() }).toEqual({
      token: "token-1",
      from: "sign-in",
      next: "token-2",
    })
  })

  test("where nobody is there, there is no identity", async () => {
    expect(await refusal({})).toContain("ERR_IDENTITY there is no identity to sign with | run this")
    expect(await refusal({ SIGSTORE_ID_TOKEN: "  " })).toContain("ERR_IDENTITY")
  })
})

test("what is given is used, and nobody is asked", async () => {
  expect(
    await obtain({ ...JOB, SIGSTORE_ID_TOKEN: "x" }, { given: "given.to.us\n" }),
  ).toMatchObject({
    token: "given.to.us",
    from: "given",
    requests: [],
  })
})
