import { embeddedSigningConfigs } from "./embedded-signing-configs.ts"

/** The public-good instance's TUF repository, by the address under which `@sigstore/tuf` ships its root. */
export const PUBLIC_GOOD_MIRROR = "https://tuf-repo-cdn.sigstore.dev"

/** A TUF repository's root of trust, and the trusted root that it vouched for when this version was made. */
export interface EmbeddedRoot {
  readonly mirror: string
  /** `root.json`, the start of every chain. */
  readonly root: Uint8Array
  readonly trustedRoot: Uint8Array
  /** Signing configs of that time, by the name of their target. */
  readonly signingConfigs?: ReadonlyMap<string, Uint8Array>
  /** Milliseconds since 1970 when both were known to be current. */
  readonly asOf: number
}

/** The release date of the `@sigstore/tuf` that the seed comes from; a test holds it to the installed version. */
const SEED_DATE = Date.UTC(2026, 10, 5)

/** The public-good root that is part of this version: `@sigstore/tuf`'s seed. */
export async function loadEmbeddedRoot(): Promise<EmbeddedRoot> {
  const { default: seeds } = await import("@sigstore/tuf/seeds.json", { with: { type: "json" } })
  const seed = seeds[PUBLIC_GOOD_MIRROR]
  return {
    mirror: PUBLIC_GOOD_MIRROR,
    root: Buffer.from(seed["root.json"], "base64"),
    trustedRoot: Buffer.from(seed.targets["trusted_root.json"], "base64"),
    signingConfigs: embeddedSigningConfigs(),
    asOf: SEED_DATE,
  }
}
