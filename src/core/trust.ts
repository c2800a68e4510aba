import type { Certificate } from "./certificate.ts"
import type { PublicKey } from "./keys.ts"

/** A closed interval of time in milliseconds since 1970; an absent end is open. There is always a start. */
export interface Validity {
  readonly start: number
  readonly end: number | undefined
}

/** Whether `time` lies in the interval, both ends included (Sigstore `TimeRange`). */
export function isWithin({ start, end }: Validity, time: number): boolean {
  return time >= start && (end === undefined || time <= end)
}

/** A log of the trust root: a transparency log, or a certificate transparency log. */
export interface TrustedLog {
  readonly baseUrl: string
  /** The key id, lower-case hex. */
  readonly logId: string
  readonly publicKey: PublicKey
  readonly validity: Validity
}

/** A certificate or timestamp authority: its chain, leaf-most first, root last. */
export interface TrustedAuthority {
  readonly uri: string
  readonly name: string
  readonly chain: readonly Certificate[]
  readonly validity: Validity
}

/** One Sigstore instance. Evidence is judged within one instance: parts of two never add up. */
export interface TrustedInstance {
  readonly name: string
  readonly certificateAuthorities: readonly TrustedAuthority[]
  readonly timestampAuthorities: readonly TrustedAuthority[]
  /** Transparency logs. An instance without any, such as GitHub's private one, asks for none. */
  readonly logs: readonly TrustedLog[]
  /** Certificate transparency logs; likewise. */
  readonly certificateLogs: readonly TrustedLog[]
}
