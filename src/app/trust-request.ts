/** Where trust comes from, and whom we may ask. */
export interface TrustRequest {
  /** The path of a trusted root file. */
  readonly trustedRoot?: string
  readonly offline: boolean
  readonly rekorUrl?: URL
  /** For each network request. */
  readonly timeoutMs?: number
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

/** Whether a log may be asked at this address: by https, or by http on this machine. */
export function isLogAddress(url: URL | null): boolean {
  return url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.test(url.hostname))
}
