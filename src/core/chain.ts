import {
  basicConstraints,
  type Certificate,
  EXTENSION,
  extendedKeyUsages,
  hasKeyUsage,
  isSignedBy,
} from "./certificate.ts"
import { isWithin, type TrustedAuthority } from "./trust.ts"

/** `id-kp-codeSigning` and `id-kp-timeStamping` (RFC 5280 §4.2.1.12). */
export const USAGE = {
  codeSigning: "1.3.6.1.5.5.7.3.3",
  timeStamping: "1.3.6.1.5.5.7.3.8",
} as const

const ANY_USAGE = "2.5.29.37.0"

/**
 * Extensions that we understand. Of any other, "critical" forbids the certificate's use (RFC 5280 §4.2).
 * Name constraints and policies are not among them on purpose: we do not evaluate them.
 */
const UNDERSTOOD: ReadonlySet<string> = new Set(Object.values(EXTENSION))

/** The first critical extension that we do not understand. */
export function unknownCriticalExtension(certificate: Certificate): string | undefined {
  for (const [oid, { critical }] of certificate.extensions) {
    if (critical && !UNDERSTOOD.has(oid)) return oid
  }
  return undefined
}

/** Whether a certificate was within its own validity at `time` (RFC 5280 §4.1.2.5: both ends included). */
export function isValidAt(certificate: Certificate, time: number): boolean {
  return time >= certificate.notBefore && time <= certificate.notAfter
}

/**
 * Finds the certificate of `authority` that issued `leaf`, such that the path up to the authority's root holds at `time`
 * (RFC 5280 §6.1, without what our authorities do not use: policies, name constraints, revocation). Undefined if there is none.
 */
export function findIssuer(
  leaf: Certificate,
  authority: TrustedAuthority,
  time: number,
  usage: string,
): Certificate | undefined {
  if (!isWithin(authority.validity, time)) return undefined
  return authority.chain.find(
    (candidate, depth) =>
      isSignedBy(leaf, candidate) && isPathValid(authority.chain.slice(depth), time, usage),
  )
}

/** Whether each certificate of a path may issue, is valid at `time`, and is signed by the next one. */
function isPathValid(path: readonly Certificate[], time: number, usage: string): boolean {
  return path.every((certificate, below) => {
    const next = path[below + 1]
    return (
      isValidAt(certificate, time) &&
      mayIssue(certificate, below, usage) &&
      (next === undefined || isSignedBy(certificate, next))
    )
  })
}

function mayIssue(certificate: Certificate, intermediatesBelow: number, usage: string): boolean {
  const { authority, pathLength } = basicConstraints(certificate)
  if (!authority || (pathLength !== undefined && pathLength < intermediatesBelow)) return false
  if (hasKeyUsage(certificate, "keyCertSign") === false) return false
  if (unknownCriticalExtension(certificate) !== undefined) return false
  const usages = extendedKeyUsages(certificate)
  return usages === undefined || usages.includes(usage) || usages.includes(ANY_USAGE)
}
