import type { TrustedInstance } from "../core/trust.ts"
import type { TrustSummary } from "./report.ts"

/** The trust root that a run decides by, resolved once and only if some evidence needs it. */
export interface TrustSource {
  instances(): Promise<readonly TrustedInstance[]>
  /** The signing configs that came with it, by the name of their TUF target; none beside a root from a file. */
  signingConfigs(): Promise<ReadonlyMap<string, Uint8Array>>
  /** Known once {@link instances} was asked for. */
  summary(): TrustSummary | undefined
}

/** A trust root that was found and parsed. */
export interface ResolvedTrust {
  readonly instances: readonly TrustedInstance[]
  readonly signingConfigs: ReadonlyMap<string, Uint8Array>
  readonly summary: TrustSummary
}

/** A trust source over a function that is called at most once. */
export function createTrustSource(resolve: () => Promise<ResolvedTrust>): TrustSource {
  let pending: ReturnType<typeof resolve> | undefined
  let summary: TrustSummary | undefined
  const ask = async (): Promise<ResolvedTrust> => {
    pending ??= resolve()
    const resolved = await pending
    summary = resolved.summary
    return resolved
  }
  return {
    instances: async () => (await ask()).instances,
    signingConfigs: async () => (await ask()).signingConfigs,
    summary: () => summary,
  }
}
