import type { JWTPayload } from "jose"

import { readBuild } from "../../src/ci/claims.ts"
import { verifyToken, type VerifiedToken } from "../../src/ci/verify-token.ts"
import type { BuildContext } from "../../src/formats/build-context.ts"
import type { ConfiguredIssuer } from "../../src/ci/issuers.ts"
import type { Handler } from "../../src/world/http/handler.ts"
import type { Claims } from "../../src/world/oidc/claims.ts"
import { createIssuerHandler, type Jobs } from "../../src/world/oidc/issuer-handler.ts"
import { createTokenIssuer } from "../../src/world/oidc/issuer.ts"
import type { ProviderName } from "../../src/world/oidc/providers.ts"
import { httpTo, LIMITS } from "../support/http.ts"

/** The moment in which these tests live. */
export const NOW: number = Date.UTC(2026, 10, 24, 10)
/** Where the local issuer is. */
export const ORIGIN = "http://127.0.0.1:4711"
const GITHUB = "https://token.actions.githubusercontent.com"

const issuer: Awaited<ReturnType<typeof createTokenIssuer>> = await createTokenIssuer(() => NOW)
export const jobs: Jobs = new Map()
export const oidc: Handler = createIssuerHandler(issuer, jobs)

/** GitHub's own name, with the local issuer's keys. */
export const LOCAL_GITHUB: ConfiguredIssuer = {
  issuer: GITHUB,
  keysAt: new URL(`${ORIGIN}/github`),
}

/** A token of a provider, under the name of its real issuer. */
export async function mint(
  provider: ProviderName,
  claims: Claims,
  options: { audience?: string | string[]; issuer?: string; lifetime?: number } = {},
): Promise<string> {
  return issuer.mint(provider, claims, { audience: "sigstore", ...options })
}

/** Verifies a token against the local issuer. */
export async function verify(
  token: string,
  {
    issuers = [LOCAL_GITHUB],
    audience = "sigstore",
    now = NOW,
    handler = oidc,
  }: { issuers?: ConfiguredIssuer[]; audience?: string; now?: number; handler?: Handler } = {},
): Promise<VerifiedToken> {
  return verifyToken(token, { audience, issuers, now }, httpTo({ [ORIGIN]: handler }), LIMITS)
}

/** The build that claims of a provider are of. */
export async function buildOf(provider: ProviderName, claims: Claims): Promise<BuildContext> {
  const name = `${ORIGIN}/${provider}`
  const token = await mint(provider, claims, { issuer: name })
  return readBuild(await verify(token, { issuers: [{ issuer: name, keysAt: new URL(name) }] }))
}

/** What a token says, without looking at its signature. */
export function payloadOf(token: string): JWTPayload {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString())
}
