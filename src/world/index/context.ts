import type { JWTVerifyGetKey } from "jose"

import type { TrustedInstance } from "../../core/trust.ts"
import type { Store } from "../store.ts"
import type { Publisher } from "./publishers.ts"
import type { IndexState } from "./state.ts"

/** An issuer of identity tokens that the index knows. */
export interface TrustedIssuer {
  /** The `iss` claim, exactly. */
  readonly issuer: string
  /** What its tokens are compared with. */
  readonly kind: Publisher["kind"]
  /** Its keys, as `createRemoteJWKSet` or `createLocalJWKSet` of jose makes them. */
  readonly keys: JWTVerifyGetKey
}

/** What administrators can turn off. */
export interface IndexFlags {
  readOnly: boolean
  uploadsDisabled: boolean
  trustedPublishingDisabled: boolean
  attestationsDisabled: boolean
}

/** How an index is set up, with everything decided. */
export interface IndexSettings {
  readonly audience: string
  readonly issuers: readonly TrustedIssuer[]
  /** Whose signatures attestations may have. */
  readonly trust: () => readonly TrustedInstance[]
  readonly maxFileBytes: number
  readonly maxProjectBytes: number
  /** Seconds that clients may keep pages. */
  readonly pageMaxAge: number
}

/** What the parts of the index share. */
export interface IndexContext {
  readonly state: IndexState
  readonly store: Store
  readonly options: IndexSettings
  readonly flags: IndexFlags
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Keeps the state; to be called after each change. */
  readonly save: () => void
}
