import type { Store } from "../store.ts"
import type { GitHubState } from "./state.ts"

/** How the service is set up, with everything decided. */
export interface GitHubSettings {
  /** Requests an hour. */
  readonly rateLimits: {
    readonly anonymous: number
    readonly installation: number
    readonly personal: number
  }
  /** The address of the storage service, which is another host than the API's. */
  readonly storageUrl: () => string
  /** Whether lists of attestations hold the bundles themselves, as they did until July 2026. */
  readonly inlineBundles: boolean
  /** What a list of attestations is where there are none: GitHub has done both. */
  readonly emptyList: "404" | "200"
  readonly maxAssets: number
  readonly maxAssetBytes: number
}

/** What the parts of the service share. */
export interface GitHubContext {
  readonly state: GitHubState
  readonly store: Store
  readonly options: GitHubSettings
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Keeps the state; to be called after each change. */
  readonly save: () => void
  /** Signs addresses of the storage service. */
  readonly storageKey: Uint8Array
  /** How many uploads are still to break off, leaving a starter. */
  readonly failing: { uploads: number }
}
