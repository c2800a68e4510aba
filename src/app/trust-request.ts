/** Where trust comes from, and whom we may ask. */
export interface TrustRequest {
  /** The path of a trusted root file. */
  readonly trustedRoot?: string
  readonly offline: boolean
  readonly rekorUrl?: URL
  /** For each network request. */
  readonly timeoutMs?: number
}
