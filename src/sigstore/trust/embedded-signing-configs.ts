import { utf8 } from "../../core/bytes.ts"
import { SIGNING_CONFIGS } from "./targets.ts"

interface ServiceJson {
  readonly url: string
  readonly majorApiVersion: number
  readonly validFor: { readonly start: string }
  readonly operator: string
}

function service(url: string, start: string, majorApiVersion = 1): ServiceJson {
  return { url, majorApiVersion, validFor: { start }, operator: "sigstore.dev" }
}

const REKOR_V1 = service("https://rekor.sigstore.dev", "2021-01-12T11:53:27Z")
const REKOR_V2 = service("https://log2025-1.rekor.sigstore.dev", "2026-01-01T00:00:00Z", 2)

/**
 * The services of the public-good instance when this version was made, as its TUF repository lists them in `signing_config.v0.2.json` and
 * `signing_config_rekor_v2.v0.2.json`. `@sigstore/tuf` ships the trusted root, but not these. They are used until a refresh brings newer ones;
 * whatever they lead to is verified against the trusted root.
 */
export function embeddedSigningConfigs(): ReadonlyMap<string, Uint8Array> {
  return new Map([
    [SIGNING_CONFIGS[1], configText([REKOR_V1])],
    [SIGNING_CONFIGS[2], configText([REKOR_V2, REKOR_V1])],
  ])
}

function configText(rekorTlogUrls: readonly ServiceJson[]): Uint8Array {
  return utf8(
    JSON.stringify({
      mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
      caUrls: [service("https://fulcio.sigstore.dev", "2022-04-13T20:06:15Z")],
      oidcUrls: [service("https://oauth2.sigstore.dev/auth", "2022-04-13T20:06:15Z")],
      rekorTlogUrls,
      tsaUrls: [service("https://timestamp.sigstore.dev/api/v1/timestamp", "2025-07-04T00:00:00Z")],
      rekorTlogConfig: { selector: "ANY" },
      tsaConfig: { selector: "ANY" },
    }),
  )
}
