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
  /** The transparency logs whose keys can be used here. */
  readonly logs: readonly TrustedLog[]
  /** The certificate transparency logs, likewise. */
  readonly certificateLogs: readonly TrustedLog[]
  /**
   * Whether it logs signatures at all, in whatever logs. GitHub's private instance does not, and asks for no entry; a log with a key of a
   * kind that we do not know is not a missing log.
   */
  readonly logsSignatures: boolean
  /** Whether it publishes certificates at all, likewise. */
  readonly logsCertificates: boolean
}
