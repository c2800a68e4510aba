import { createLocalJWKSet, decodeJwt, jwtVerify, type JSONWebKeySet, type JWTPayload } from "jose"

import { malformed } from "../../core/errors.ts"
import { loopbackIssuer } from "../oidc/issuer-handler.ts"
import { PROVIDER_NAMES, PROVIDERS, type Provider } from "../oidc/providers.ts"

/** Every token that Fulcio accepts is for this audience. */
const AUDIENCE = "sigstore"

// go-oidc gives `nbf` five minutes, and `exp` none.
const EARLY_SECONDS = 300

/** An issuer of tokens that the authority trusts. */
export interface FulcioIssuer {
  /** Its name; `*` stands for one part of it, as in Fulcio's meta issuers. */
  readonly url: string
  readonly provider: Provider
  readonly keys: JSONWebKeySet
}

/** A token that was verified, with who issued it. */
export interface VerifiedToken {
  readonly issuer: string
  readonly claims: JWTPayload
  readonly provider: Provider
}

/**
 * The issuers that the public Fulcio trusts, as far as the local world mints their tokens, with the local keys; and, where `origin`
 * is given, the same under their loopback names.
 */
export function fulcioIssuers(keys: JSONWebKeySet, origin?: string): FulcioIssuer[] {
  const { github, circleci } = PROVIDERS
  return [
    ...PROVIDER_NAMES.flatMap((name) => {
      const provider = PROVIDERS[name]
      const local = origin === undefined ? [] : [loopbackIssuer(origin, name)]
      return [provider.issuer, ...local].map((url) => ({ url, provider, keys }))
    }),
    { url: `${github.issuer}/*`, provider: github, keys },
    { url: `${circleci.issuer}/org/*`, provider: circleci, keys },
  ]
}

/** The issuers as `GET /api/v2/configuration` lists them. */
export function issuerConfiguration(issuers: readonly FulcioIssuer[]): object[] {
  return issuers.map(({ url, provider: { kind } }) => ({
    [url.includes("*") ? "wildcardIssuerUrl" : "issuerUrl"]: url,
    audience: AUDIENCE,
    challengeClaim: kind === "email" ? "email" : "sub",
    spiffeTrustDomain: "",
    issuerType: kind,
    subjectDomain: "",
    skipEmailVerification: false,
  }))
}

/** Verifies a token as go-oidc does for Fulcio; `now` in milliseconds since 1970. Throws where it does not hold. */
export async function verifyToken(
  token: string,
  issuers: readonly FulcioIssuer[],
  now: number,
): Promise<VerifiedToken> {
  const { iss } = decodeJwt(token)
  const issuer = issuers.find(({ url }) => isNamed(url, iss ?? ""))
  if (issuer === undefined || iss === undefined) throw malformed(`unsupported issuer: ${iss}`)
  const { payload } = await jwtVerify(token, createLocalJWKSet(issuer.keys), {
    algorithms: ["RS256"],
    audience: AUDIENCE,
    issuer: iss,
    currentDate: new Date(now),
    clockTolerance: EARLY_SECONDS,
    requiredClaims: ["exp"],
  })
  if ((payload.exp ?? 0) * 1000 < now) throw malformed("the token is expired")
  return { issuer: iss, claims: payload, provider: issuer.provider }
}

function isNamed(pattern: string, issuer: string): boolean {
  const parts = pattern
    .split("*")
    .map((part) => part.replaceAll(/[.+?^$()[\]{}|\\/]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join("[-_a-zA-Z0-9]+")}$`).test(issuer)
}
