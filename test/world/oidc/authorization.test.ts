import { createHash } from "node:crypto"

import { createLocalJWKSet, jwtVerify } from "jose"
import { describe, expect, test } from "vitest"

import { createIssuerHandler } from "../../../src/world/oidc/issuer-handler.ts"
import { createTokenIssuer } from "../../../src/world/oidc/issuer.ts"

const NOW = Date.UTC(2026, 5, 1, 12)
const issuer = await createTokenIssuer(() => NOW)
const handler = createIssuerHandler(issuer, new Map())
const VERIFIER = "v".repeat(43)
const REDIRECT = "http://localhost:4321/auth/callback"
const QUERY = {
  client_id: "sigstore",
  response_type: "code",
  scope: "openid email",
  redirect_uri: REDIRECT,
  code_challenge: createHash("sha256").update(VERIFIER).digest("base64url"),
  code_challenge_method: "S256",
  state: "the state",
  nonce: "the nonce",
}

type Changes = Readonly<Record<string, string | undefined>>

function form(values: Changes): URLSearchParams {
  return new URLSearchParams(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

/** Where the browser is sent. */
async function authorize(changes: Changes = {}): Promise<URL> {
  const query = form({ ...QUERY, ...changes })
  const answer = await handler(new Request(`http://oidc.test/email/auth?${query.toString()}`))
  return new URL(answer.headers.get("location") ?? `error:${answer.status}`)
}

async function exchange(code: string | null, changes: Changes = {}): Promise<Response> {
  const body = form({
    grant_type: "authorization_code",
    client_id: "sigstore",
    redirect_uri: REDIRECT,
    code_verifier: VERIFIER,
    code: code ?? "",
    ...changes,
  })
  return handler(new Request("http://oidc.test/email/token", { method: "POST", body }))
}

test("a code for who agreed, a token for the code, once", async () => {
  const { searchParams, origin } = await authorize()
  expect({ origin, state: searchParams.get("state") }).toEqual({
    origin: "http://localhost:4321",
    state: "the state",
  })
  const answer = await exchange(searchParams.get("code"))
  const { id_token, token_type } = (await answer.json()) as Record<string, string>
  expect(token_type).toBe("bearer")
  const { payload } = await jwtVerify(id_token ?? "", createLocalJWKSet(issuer.keys), {
    audience: "sigstore",
    issuer: "http://oidc.test/email",
    currentDate: new Date(NOW),
  })
  expect(payload).toMatchObject({ email: "maintainer@acme.example", nonce: "the nonce" })
  expect((await exchange(searchParams.get("code"))).status).toBe(400)
})

describe("the browser is sent back without a code", () => {
  test.each<[string, Changes]>([
    ["for another client", { client_id: "other" }],
    ["for another flow", { response_type: "token" }],
    ["without openid", { scope: "email" }],
    ["without email", { scope: "openid" }],
    ["without a proof key", { code_challenge: undefined }],
    ["with a plain proof key", { code_challenge_method: "plain" }],
  ])("%s", async (_name, changes) => {
    const { searchParams } = await authorize(changes)
    expect(searchParams.get("error")).toBe("invalid_request")
    expect(searchParams.get("code")).toBeNull()
    expect(searchParams.get("state")).toBe("the state")
  })
})

test.each(["https://localhost/x", "http://evil.example/", "javascript:alert(1)", undefined])(
  "the browser is not sent to %s",
  async (redirect_uri) => {
    expect((await authorize({ redirect_uri })).href).toBe("error:400")
  },
)

describe("a code is exchanged only", () => {
  test.each<[string, Changes, string]>([
    ["by the client", { client_id: "other" }, "invalid_client"],
    ["for the same address", { redirect_uri: "http://localhost:1/" }, "invalid_grant"],
    ["with the proof", { code_verifier: "w".repeat(43) }, "invalid_grant"],
    ["as a code", { grant_type: "refresh_token" }, "unsupported_grant_type"],
    ["if it is one", { code: "another" }, "invalid_grant"],
  ])("%s", async (_name, changes, error) => {
    const { searchParams } = await authorize()
    const answer = await exchange(searchParams.get("code"), changes)
    expect(await answer.json()).toMatchObject({ error })
  })
})

test("discovery says where to sign in, for people alone", async () => {
  const ask = async (provider: string): Promise<Record<string, unknown>> => {
    const url = `http://oidc.test/${provider}/.well-known/openid-configuration`
    return (await (await handler(new Request(url))).json()) as Record<string, unknown>
  }
  expect(await ask("email")).toMatchObject({
    authorization_endpoint: "http://oidc.test/email/auth",
    token_endpoint: "http://oidc.test/email/token",
    code_challenge_methods_supported: ["S256"],
  })
  expect(await ask("github")).not.toHaveProperty("authorization_endpoint")
})
