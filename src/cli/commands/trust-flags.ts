import type { TrustRequest } from "../../app/trust-request.ts"
import type { TRUST_FLAGS } from "../flag-tables.ts"
import type { FlagReader } from "../flag.ts"

/** The trust flags, which several commands share, as a request. */
export function readTrustFlags(flags: FlagReader<typeof TRUST_FLAGS>): TrustRequest {
  const trustedRoot = flags.text("trusted-root")
  const rekorUrl = flags.url("rekor-url")
  const timeout = flags.number("timeout")
  return {
    offline: flags.switch("offline"),
    ...(trustedRoot === undefined ? {} : { trustedRoot }),
    ...(rekorUrl === undefined ? {} : { rekorUrl }),
    ...(timeout === undefined ? {} : { timeoutMs: Math.round(timeout * 1000) }),
  }
}
