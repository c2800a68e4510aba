import { randomUUID } from "node:crypto"

import { exportJWK, generateKeyPair, importJWK, SignJWT, type JSONWebKeySet, type JWK } from "jose"

import { malformed } from "../../core/errors.ts"
import type { Claims } from "./claims.ts"
import { PROVIDERS, type ProviderName } from "./providers.ts"

/** How to mint a token. */
export interface MintOptions {
  readonly audience: string | readonly string[]
  /** The provider's real issuer, any other name, or by default the real one. */
  readonly issuer?: string
  /** Milliseconds since 1970; the issuer's clock. */
  readonly now?: number
  /** Seconds; the provider's. */
  readonly lifetime?: number
}

/** A signer of OIDC tokens: one RS256 key for all providers. */
export interface TokenIssuer {
  /** The public key, for anybody. */
  readonly keys: JSONWebKeySet
  /** The private key, to keep. */
  readonly privateKey: JWK
  /** Claims of their own win over those of `options`, `jti` and times included. */
  readonly mint: (provider: ProviderName, claims: Claims, options: MintOptions) => Promise<string>
}

/** Makes an issuer, with a fresh key unless one was kept. `clock` in milliseconds since 1970. */
export async function createTokenIssuer(clock: () => number, kept?: JWK): Promise<TokenIssuer> {
  const privateKey = kept ?? (await createKey())
  const key = await importJWK(privateKey, "RS256")
  const { kty, n, e, kid } = privateKey
  if (kty === undefined || n === undefined || e === undefined || kid === undefined) {
    throw malformed("the issuer's key is not an RSA key with an id")
  }
  return {
    privateKey,
    keys: { keys: [{ kty, n, e, kid, alg: "RS256", use: "sig" }] },
    async mint(name, claims, options) {
      const { lifetime, early, issuer } = PROVIDERS[name]
      const now = Math.floor((options.now ?? clock()) / 1000)
      const payload = {
        iss: options.issuer ?? issuer,
        aud: typeof options.audience === "string" ? options.audience : [...options.audience],
        iat: now,
        nbf: now - early,
        exp: now + (options.lifetime ?? lifetime),
        jti: randomUUID(),
        ...claims,
      }
      return await new SignJWT(payload)
        .setProtectedHeader({ alg: "RS256", typ: "JWT", kid })
        .sign(key)
    },
  }
}

async function createKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true })
  return { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: "RS256" }
}
