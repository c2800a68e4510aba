import { isDeepStrictEqual } from "node:util"

import { WheelproofError } from "../core/errors.ts"
import type { TokenCredentials } from "../core/token-credentials.ts"
import type { BuildContext } from "../formats/build-context.ts"
import type { Files } from "../io/files.ts"
import type { HttpClient, HttpLimits } from "../io/http.ts"
import { readBuild } from "./claims.ts"
import { checkEnvironment, type Environment } from "./environment.ts"
import { refuseForks } from "./forks.ts"
import type { ConfiguredIssuer } from "./issuers.ts"
import { type IdentityToken, obtainToken } from "./token-source.ts"
import { verifyToken } from "./verify-token.ts"

/** Who Sigstore's services are asked for by name: tokens for anybody else are not for them, nor theirs for others. */
const SIGSTORE_AUDIENCE = "sigstore"

/** How to find out who signs. */
export interface IdentityRequest {
  readonly environment: Environment
  /** A token that the user gave. */
  readonly given: string | undefined
  /** Issuers that are accepted besides the known ones. */
  readonly issuers: readonly ConfiguredIssuer[]
}

/** The world that is asked. */
export interface IdentityEffects {
  readonly http: HttpClient
  readonly limits: Omit<HttpLimits, "maxBytes">
  readonly files: Files
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Lets a person sign in; absent where nobody is there. */
  readonly signIn: (() => Promise<string>) | undefined
}

/** A token that was verified, and what it says. */
export interface Identified {
  readonly from: IdentityToken["from"]
  readonly context: BuildContext
  readonly credentials: TokenCredentials
}

/**
 * Finds out who signs and what is built: gets an identity token, verifies it, reads it, and refuses what contradicts the environment or comes
 * from a fork. Throws `ERR_IDENTITY` or `ERR_NETWORK`.
 */
export async function identify(
  request: IdentityRequest,
  effects: IdentityEffects,
): Promise<Identified> {
  const { environment, given } = request
  refuseForks(environment, effects.files)
  const { http, limits, signIn } = effects
  const sources = { environment, given, signIn }
  const obtained = await obtainToken(sources, SIGSTORE_AUDIENCE, http, limits)
  const { context, credentials } = await read(obtained, request, effects)
  return { from: obtained.from, context, credentials }
}

async function read(
  { token, renew }: Pick<IdentityToken, "token" | "renew">,
  request: IdentityRequest,
  effects: IdentityEffects,
): Promise<{ readonly context: BuildContext; readonly credentials: TokenCredentials }> {
  const rules = { audience: SIGSTORE_AUDIENCE, issuers: request.issuers, now: effects.now() }
  const verified = await verifyToken(token, rules, effects.http, effects.limits)
  const context = readBuild(verified)
  checkEnvironment(context, request.environment)
  const subject = context.kind === "person" ? context.email : verified.claims.string("sub")
  if (renew === undefined) return { context, credentials: { token, subject } }
  const again = async (): Promise<TokenCredentials> => {
    const fresh = await read({ token: await renew(), renew }, request, effects)
    if (isDeepStrictEqual(fresh.context, context)) return fresh.credentials
    throw new WheelproofError("ERR_IDENTITY", "the renewed identity token is of another build")
  }
  return { context, credentials: { token, subject, renew: again } }
}
