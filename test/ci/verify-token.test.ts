import { inspect } from "node:util"

import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose"
import { describe, expect, test } from "vitest"

import type { Handler } from "../../src/world/http/handler.ts"
import { githubClaims } from "../../src/world/oidc/claims.ts"
import { LOCAL_GITHUB, mint, NOW, oidc, ORIGIN, payloadOf, verify } from "./support.ts"

const CLAIMS = { ...githubClaims() }
const token = await mint("github", CLAIMS)
const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true })

/** How verifying ends: the code and the message. */
async function failure(text: string, options: Parameters<typeof verify>[1] = {}): Promise<string> {
  try {
    await verify(text, options)
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error
    // Whatever went wrong, the secret is not told.
    const isTold = inspect(error, { depth: 9, showHidden: true }).includes(text)
    return isTold ? "the token was told" : `${String(error.code)} ${error.message}`
  }
  return "verified"
}

test("a token of the issuer, for us, in time", async () => {
  const { issuer, claims } = await verify(token)
  expect(issuer).toMatchObject({ kind: "github", issuer: LOCAL_GITHUB.issuer })
  expect(claims.string("repository")).toBe("acme/rocket")
})

describe("issuers", () => {
  test("one that nobody named is not even asked for its keys", async () => {
    const evil = await mint("github", CLAIMS, { issuer: "https://evil.example" })
    const handler: Handler = () => {
      throw new Error("asked")
    }
    expect(await failure(evil, { handler })).toBe(
      "ERR_IDENTITY the identity token was issued by https://evil.example, which is not an issuer that is accepted",
    )
  })

  test("one on this machine is accepted only where it is named", async () => {
    const name = `${ORIGIN}/github`
    const local = await mint("github", CLAIMS, { issuer: name })
    expect(await failure(local)).toContain("which is not an issuer that is accepted")
    const configured = { issuer: name, keysAt: new URL(name) }
    expect(await failure(local, { issuers: [configured] })).toBe("verified")
  })

  test.each([
    "https://token.actions.githubusercontent.com.evil.example",
    "https://token.actions.githubusercontent.com/",
    "https://token.actions.githubusercontent.com/a/b",
    "https://token.actions.githubusercontent.com/../x",
    "http://token.actions.githubusercontent.com",
  ])("%s is not GitHub", async (issuer) => {
    expect(await failure(await mint("github", CLAIMS, { issuer }))).toContain("not an issuer")
  })

  test("who answers has to be who was asked", async () => {
    const handler: Handler = async (request) => {
      if (!request.url.endsWith("openid-configuration")) return await oidc(request)
      return Response.json({ issuer: "https://other.example", jwks_uri: `${ORIGIN}/keys` })
    }
    expect(await failure(token, { handler })).toBe(
      "ERR_IDENTITY 127.0.0.1:4711 answers for the issuer https://other.example, not for https://token.actions.githubusercontent.com",
    )
  })
})

describe("signatures", () => {
  const forge = (header: object): Promise<string> =>
    new SignJWT(payloadOf(token)).setProtectedHeader({ alg: "RS256", ...header }).sign(privateKey)

  test("by another key", async () => {
    expect(await failure(await forge({}))).toBe(
      `ERR_IDENTITY the identity token does not have a valid signature by ${LOCAL_GITHUB.issuer}`,
    )
    expect(await failure(await forge({ kid: "other" }))).toBe(
      `ERR_IDENTITY the identity token is not signed with a key that ${LOCAL_GITHUB.issuer} publishes`,
    )
  })

  test("by a key that the token brings along", async () => {
    const jwk = await exportJWK(publicKey)
    expect(await failure(await forge({ jwk }))).toContain("does not have a valid signature")
  })

  test("none at all", async () => {
    const unsecured = new UnsecuredJWT(payloadOf(token)).encode()
    expect(await failure(unsecured)).toContain("ERR_IDENTITY the identity token")
    expect(await failure(`${token.split(".").slice(0, 2).join(".")}.`)).toContain("ERR_IDENTITY")
  })

  test("with a secret that is the public key", async () => {
    const { n } = await exportJWK(publicKey)
    const shared = await new SignJWT(payloadOf(token))
      .setProtectedHeader({ alg: "HS256" })
      .sign(Buffer.from(n ?? "", "base64url"))
    expect(await failure(shared)).toContain("cannot be verified")
  })

  test("over other claims", async () => {
    const [header, , signature] = token.split(".")
    const claims = { ...payloadOf(token), repository: "acme/other" }
    const payload = Buffer.from(JSON.stringify(claims)).toString("base64url")
    expect(await failure(`${header}.${payload}.${signature}`)).toContain("valid signature")
  })
})

describe("audiences", () => {
  test("of somebody else", async () => {
    expect(await failure(await mint("github", CLAIMS, { audience: "pypi" }))).toBe(
      'ERR_IDENTITY the identity token is for the audience "pypi", not for "sigstore"',
    )
  })
  test("of somebody else besides", async () => {
    const both = await mint("github", CLAIMS, { audience: ["sigstore", "pypi"] })
    expect(await failure(both)).toContain('audience ["sigstore","pypi"], not')
  })
})

describe("times", () => {
  test("half a minute is forgiven, more is not", async () => {
    expect(await failure(token, { now: NOW + 320_000 })).toBe("verified")
    expect(await failure(token, { now: NOW + 331_000 })).toBe(
      "ERR_IDENTITY the identity token expired at 2026-11-24T10:05:00.000Z, and it is 2026-11-24T10:05:31.000Z now; ask for a new one",
    )
  })
  test("from the future", async () => {
    expect(await failure(token, { now: NOW - 3_600_000 })).toContain('its claim "nbf"')
  })
  test("without an end", async () => {
    const endless = await mint("github", { ...CLAIMS, exp: undefined })
    expect(await failure(endless)).toContain('its claim "exp" is missing or wrong')
  })
})

test.each([
  "",
  "x",
  "a.b",
  "a.b.c",
  "a.b.c.d",
  "é.é.é",
  `${"a".repeat(40_000)}.b.c`,
  "e30.e30.e30",
])("%j is no token", async (text) => {
  expect(await verify(text).catch((error: { code: string }) => error.code)).toBe("ERR_IDENTITY")
})

describe("an issuer whose keys cannot be had", () => {
  const discovery = { issuer: LOCAL_GITHUB.issuer, jwks_uri: `${ORIGIN}/keys` }
  const answers = (first: Response, second: Response = Response.json({ keys: [] })): Handler => {
    const left = [first, second]
    return () => left.shift() ?? new Response(null, { status: 500 })
  }
  test.each<[string, Handler, string]>([
    ["an error", answers(new Response("no", { status: 503 })), "it answered with status 503"],
    ["no JSON", answers(new Response("<html>")), "the answer is not JSON"],
    ["no issuer", answers(Response.json({})), "issuer is missing"],
    [
      "no address of keys",
      answers(Response.json({ ...discovery, jwks_uri: "keys" })),
      "it names no address of its keys",
    ],
    [
      "no keys",
      answers(Response.json(discovery), new Response("", { status: 404 })),
      "it answered with status 404",
    ],
    [
      "a key of no type",
      answers(Response.json(discovery), Response.json({ keys: [{}] })),
      "a key has no type",
    ],
    [
      "keys that are no list",
      answers(Response.json(discovery), Response.json({ keys: {} })),
      "keys is not an array",
    ],
    [
      "too many keys",
      answers(
        Response.json(discovery),
        Response.json({ keys: Array.from({ length: 65 }, () => ({ kty: "RSA" })) }),
      ),
      "over 64 elements",
    ],
  ])("%s", async (_name, handler, message) => {
    const text = await failure(token, { handler })
    expect(text).toContain("ERR_NETWORK the keys of the identity token's issuer cannot be had")
    expect(text).toContain(message)
  })

  test("a list without the key is the token's fault", async () => {
    const handler = answers(Response.json(discovery))
    expect(await failure(token, { handler })).toContain("is not signed with a key that")
  })
})
