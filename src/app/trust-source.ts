import type { TrustedInstance } from "../core/trust.ts"
import type { TrustSummary } from "./report.ts"

/** The trust root that a run decides by, resolved once and only if some evidence needs it. */
export interface TrustSource {
  instances(): Promise<readonly TrustedInstance[]>
  /** Known once {@link instances} was asked for. */
  summary(): TrustSummary | undefined
}

/** A trust source over a function that is called at most once. */
export function createTrustSource(
  resolve: () => Promise<{
    readonly instances: readonly TrustedInstance[]
    readonly summary: TrustSummary
  }>,
): TrustSource {
  let pending: ReturnType<typeof resolve> | undefined
  let summary: TrustSummary | undefined
  return {
    async instances() {
      pending ??= resolve()
      const resolved = await pending
      summary = resolved.summary
      return resolved.instances
    },
    summary: () => summary,
  }
}
