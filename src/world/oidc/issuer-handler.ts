import { malformed } from "../../core/errors.ts"
import { Shape } from "../../core/shape.ts"
import { createRoutes, readJsonBody, withErrors, type Handler } from "../http/handler.ts"
import { createAuthorization } from "./authorization.ts"
import { emailClaims, githubClaims, type Claims } from "./claims.ts"
import type { TokenIssuer } from "./issuer.ts"
import { isProviderName, PROVIDER_NAMES, PROVIDERS, type ProviderName } from "./providers.ts"

const JWKS = "/.well-known/jwks"
const TOKEN_REQUEST = "/actions/token"

/** Jobs of GitHub Actions that may ask for tokens: claims by the bearer token of each. */
export type Jobs = Map<string, Claims>

/** The path and query of `ACTIONS_ID_TOKEN_REQUEST_URL`, to which clients add `&audience=`. */
export const TOKEN_REQUEST_PATH: string = `${TOKEN_REQUEST}?api-version=2.0`

/**
 * The OIDC issuers of the local world at one address: discovery and keys of each provider under its name, the token request endpoint
 * of GitHub Actions, a sign-in for people, and, for whoever runs the world, `POST /-/tokens` for a token with any claims.
 */
export function createIssuerHandler(issuer: TokenIssuer, jobs: Jobs): Handler {
  const people = createAuthorization((origin, claims) =>
    issuer.mint(
      "email",
      { ...emailClaims(), ...claims },
      { audience: "sigstore", issuer: loopbackIssuer(origin, "email") },
    ),
  )
  const routes = createRoutes({
    "GET /:provider/.well-known/openid-configuration": ({ url }, { provider = "" }) =>
      isProviderName(provider)
        ? Response.json(discovery(new URL(url).origin, provider))
        : missing(),
    [`GET ${JWKS}`]: () => Response.json(issuer.keys),
    [`GET ${TOKEN_REQUEST}`]: (request) => requestToken(issuer, jobs, request),
    "GET /email/auth": people.authorize,
    "POST /email/token": people.exchange,
    "POST /-/tokens": async (request) => await mintAny(issuer, request),
  })
  return withErrors(routes, ({ message }) => Response.json({ message }, { status: 400 }))
}

/** The issuer that names itself by its address, for services which look keys up there. */
export function loopbackIssuer(origin: string, provider: string): string {
  return `${origin}/${provider}`
}

/** OpenID Connect Discovery 1.0 §3, what is needed to verify tokens. */
function discovery(origin: string, provider: string): object {
  return {
    issuer: loopbackIssuer(origin, provider),
    jwks_uri: origin + JWKS,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: ["openid"],
    ...(provider === "email" ? signIn(origin) : {}),
  }
}

/** What Sigstore's Dex says of signing in. */
function signIn(origin: string): object {
  return {
    authorization_endpoint: `${origin}/email/auth`,
    token_endpoint: `${origin}/email/token`,
    response_types_supported: ["code"],
    grant_types_supported: ["authorization_code"],
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: ["none"],
    scopes_supported: ["openid", "email"],
  }
}

async function requestToken(issuer: TokenIssuer, jobs: Jobs, request: Request): Promise<Response> {
  const bearer = /^bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1]
  const claims = jobs.get(bearer ?? "")
  if (claims === undefined) return failure(401, "the job's token is missing or not valid")
  const audiences = new URL(request.url).searchParams.getAll("audience")
  const wrong = audiences.find((audience) => audience.includes("github.com"))
  if (wrong !== undefined) return failure(400, `the audience ${wrong} is not allowed`)
  const usual = `https://github.com/${String(claims["repository_owner"])}`
  const audience = audiences.length > 1 ? audiences : (audiences[0] ?? usual)
  return Response.json({ value: await issuer.mint("github", claims, { audience }) })
}

/** A token with these claims; the others are those of a usual job of the provider. */
async function mintAny(issuer: TokenIssuer, request: Request): Promise<Response> {
  const body = new Shape(await readJsonBody(request), "request")
  const provider = body.string("provider")
  const audience = body.optionalString("audience") ?? "sigstore"
  const claims = body.optionalObject("claims")
  const isLocal = body.raw("loopbackIssuer") === true
  body.refuseUnread()
  if (!isProviderName(provider)) {
    throw malformed(`request.provider is not one of ${PROVIDER_NAMES.join(", ")}`)
  }
  const names = claims?.names() ?? []
  const stated = Object.fromEntries(names.map((name) => [name, claims?.raw(name)]))
  const local = isLocal ? { issuer: loopbackIssuer(new URL(request.url).origin, provider) } : {}
  const value = await issuer.mint(provider, usualClaims(provider, stated), { audience, ...local })
  return Response.json({ value })
}

function usualClaims(provider: ProviderName, stated: Claims): Claims {
  const texts = Object.entries(stated).filter(isText)
  const usual =
    provider === "github" ? githubClaims(Object.fromEntries(texts)) : PROVIDERS[provider].claims()
  return { ...usual, ...stated }
}

function isText(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === "string"
}

function missing(): Response {
  return new Response("not found\n", { status: 404 })
}

function failure(status: number, message: string): Response {
  return Response.json({ message }, { status })
}
