import type { TrustRequest } from "../../app/trust-request.ts"
import type { TRUST_FLAGS } from "../flag-tables.ts"
import type { FlagReader } from "../flag.ts"

/** The trust flags, which several commands share, as a request. */
export function readTrustFlags(flags: FlagReader<typeof TRUST_FLAGS>): TrustRequest {
  const rekorUrl = flags.url("rekor-url")
  return { ...readRootFlags(flags), ...(rekorUrl === undefined ? {} : { rekorUrl }) }
}

/** What reads these flags, whatever others a command has. */
interface RootFlags {
  text(name: "trusted-root"): string | undefined
  switch(name: "offline"): boolean
  number(name: "timeout"): number | undefined
}

/** Those of commands that look nothing up. */
export function readRootFlags(flags: RootFlags): Omit<TrustRequest, "rekorUrl"> {
  const trustedRoot = flags.text("trusted-root")
  const timeout = flags.number("timeout")
  return {
    offline: flags.switch("offline"),
    ...(trustedRoot === undefined ? {} : { trustedRoot }),
    ...(timeout === undefined ? {} : { timeoutMs: Math.round(timeout * 1000) }),
  }
}
