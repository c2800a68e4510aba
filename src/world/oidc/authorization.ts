import { createHash, randomBytes } from "node:crypto"

import { isLoopback } from "../../core/address.ts"
import type { RouteHandler } from "../http/handler.ts"
import type { Claims } from "./claims.ts"

/** The one client that Sigstore's providers know; it has no secret. */
const CLIENT = "sigstore"

/** What a person agreed to, until its code is exchanged. */
interface Grant {
  readonly redirectUri: string
  readonly challenge: string
  readonly nonce: string | null
}

/** The two endpoints of the authorization code flow (OpenID Connect Core §3.1, RFC 7636). */
export interface Authorization {
  /** Where a browser goes. The person there agrees at once. */
  readonly authorize: RouteHandler
  /** Where the client exchanges the code that the browser brought. */
  readonly exchange: RouteHandler
}

/**
 * Signs people in as Sigstore's Dex does: for the client `sigstore`, back to a port of this machine, with a proof key, each code once. `mint`
 * makes the identity token.
 */
export function createAuthorization(
  mint: (origin: string, claims: Claims) => Promise<string>,
): Authorization {
  const grants = new Map<string, Grant>()
  return {
    authorize({ url }) {
      const query = new URL(url).searchParams
      const redirect = URL.parse(query.get("redirect_uri") ?? "")
      // Without a place to go back to that can be trusted, nothing is sent back.
      if (redirect === null || redirect.protocol !== "http:" || !isLoopback(redirect)) {
        return refuse("invalid_request", "redirect_uri is not a port of this machine")
      }
      const problem = problemOf(query)
      const code = randomBytes(16).toString("base64url")
      const state = query.get("state")
      const answer =
        problem === undefined ? { code } : { error: "invalid_request", error_description: problem }
      for (const [name, value] of Object.entries(answer)) redirect.searchParams.set(name, value)
      if (state !== null) redirect.searchParams.set("state", state)
      if (problem === undefined) {
        grants.set(code, {
          redirectUri: query.get("redirect_uri") ?? "",
          challenge: query.get("code_challenge") ?? "",
          nonce: query.get("nonce"),
        })
      }
      return Response.redirect(redirect, 302)
    },
    async exchange(request) {
      const form = new URLSearchParams(await request.text())
      const code = form.get("code") ?? ""
      const grant = grants.get(code)
      grants.delete(code)
      if (form.get("grant_type") !== "authorization_code") return refuse("unsupported_grant_type")
      if (form.get("client_id") !== CLIENT) return refuse("invalid_client")
      if (grant === undefined || grant.redirectUri !== form.get("redirect_uri")) {
        return refuse("invalid_grant")
      }
      if (challengeOf(form.get("code_verifier") ?? "") !== grant.challenge) {
        return refuse("invalid_grant", "code_verifier does not fit")
      }
      const claims = grant.nonce === null ? {} : { nonce: grant.nonce }
      const token = await mint(new URL(request.url).origin, claims)
      return Response.json(
        {
          access_token: randomBytes(16).toString("hex"),
          token_type: "bearer",
          expires_in: 60,
          id_token: token,
        },
        { headers: { "cache-control": "no-store" } },
      )
    },
  }
}

function problemOf(query: URLSearchParams): string | undefined {
  if (query.get("client_id") !== CLIENT) return "the client is not known"
  if (query.get("response_type") !== "code") return "response_type is not code"
  const scopes = (query.get("scope") ?? "").split(" ")
  if (!scopes.includes("openid") || !scopes.includes("email")) return "scope lacks openid or email"
  if (query.get("code_challenge_method") !== "S256") return "code_challenge_method is not S256"
  return (query.get("code_challenge") ?? "").length === 43
    ? undefined
    : "there is no code_challenge"
}

function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url")
}

function refuse(error: string, description?: string): Response {
  const words = description === undefined ? {} : { error_description: description }
  return Response.json({ error, ...words }, { status: 400 })
}
