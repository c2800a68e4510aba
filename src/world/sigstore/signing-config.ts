import type { ValidForJson } from "./wire.ts"

/** A service of a signing config. */
export interface SigningServiceJson {
  url: string
  majorApiVersion: number
  validFor: ValidForJson
  operator: string
}

/** Sigstore's `SigningConfig`, v0.2. */
export interface SigningConfigJson {
  mediaType: string
  caUrls: SigningServiceJson[]
  oidcUrls: SigningServiceJson[]
  rekorTlogUrls: SigningServiceJson[]
  tsaUrls: SigningServiceJson[]
  rekorTlogConfig: { selector: "ANY" | "ALL" | "EXACT"; count?: number }
  tsaConfig: { selector: "ANY" | "ALL" | "EXACT"; count?: number }
}

/** The services that a signing config speaks of. */
export interface SigningServiceUrls {
  readonly fulcio: string
  readonly oidc: string
  readonly rekor: string
  readonly rekorV2: string
  /** Where timestamps are asked for, path and all. */
  readonly timestamp: string
}

/**
 * The `signing_config.v0.2.json` of these services; a fresh object that the caller may change. It names one log, as the public
 * instance's two files do: clients that find both take the newer one.
 */
export function signingConfig(
  urls: SigningServiceUrls,
  options: {
    /** Milliseconds since 1970. */
    readonly start: number
    readonly operator: string
    readonly rekor: 1 | 2
  },
): SigningConfigJson {
  const service = (url: string, majorApiVersion = 1): SigningServiceJson => ({
    url,
    majorApiVersion,
    validFor: { start: new Date(options.start).toISOString() },
    operator: options.operator,
  })
  return {
    mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
    caUrls: [service(urls.fulcio)],
    oidcUrls: [service(urls.oidc)],
    rekorTlogUrls: [options.rekor === 1 ? service(urls.rekor) : service(urls.rekorV2, 2)],
    tsaUrls: [service(urls.timestamp)],
    rekorTlogConfig: { selector: "ANY" },
    tsaConfig: { selector: "ANY" },
  }
}
