import type { Artifact } from "../core/artifact.ts"
import { parseCertificate } from "../core/certificate.ts"
import { WheelproofError } from "../core/errors.ts"
import type { Evidence } from "../core/evidence.ts"
import { isWithin, type TrustedInstance, type TrustedLog } from "../core/trust.ts"
import type { Reason } from "../core/verdict.ts"
import { lookUpEntry, type LogTransport } from "../sigstore/rekor.ts"
import type { Complete } from "./decide.ts"
import type { TrustSource } from "./trust-source.ts"

/** How logs are reached. */
export interface LogAccess {
  readonly transport: LogTransport
  readonly offline: boolean
  /** Asked instead of the addresses in the trust root. */
  readonly rekorUrl: URL | undefined
}

/** Whether evidence has to be completed from a log: a bare envelope that no key is meant to verify. */
export function needsLookUp(evidence: Evidence, hasKeys: boolean): boolean {
  return evidence.form === "dsse-envelope" && evidence.entries.length === 0 && !hasKeys
}

/**
 * Completes bare envelopes from the logs of the trust root. No entry, several entries and a log that cannot be asked are three different
 * answers: `log-entry-missing`, `log-entry-ambiguous`, and `ERR_LOG_UNREACHABLE` or `ERR_OFFLINE`.
 */
export function createLookUp(access: LogAccess, trust: TrustSource, hasKeys: boolean): Complete {
  return async (evidence, artifact) => {
    if (!needsLookUp(evidence, hasKeys)) return { evidence }
    if (access.offline) throw offlineError(evidence)
    const urls =
      access.rekorUrl === undefined ? logUrls(evidence, await trust.instances()) : [access.rekorUrl]
    return lookUpInAll(evidence, artifact, urls, access.transport)
  }
}

async function lookUpInAll(
  evidence: Evidence,
  artifact: Artifact,
  urls: readonly URL[],
  transport: LogTransport,
): Promise<{ readonly evidence: Evidence } | { readonly reason: Reason }> {
  const names = urls.map(({ host }) => host).join(", ")
  const found: Evidence[] = []
  for (const url of urls) {
    const result = await lookUpEntry(evidence, artifact.digests.sha256, url, transport)
    if (result.kind === "ambiguous") return { reason: ambiguous(evidence, result.count, names) }
    if (result.kind === "found") found.push(result.evidence)
  }
  const [first] = found
  if (first === undefined) {
    return {
      reason: {
        check: "log-entry-missing",
        expected: "an entry for this envelope",
        found: names === "" ? "no log in the trust root that can be searched" : `none in ${names}`,
        origin: evidence.origin,
      },
    }
  }
  if (found.length > 1) return { reason: ambiguous(evidence, found.length, names) }
  return { evidence: first }
}

function ambiguous(evidence: Evidence, count: number, names: string): Reason {
  return {
    check: "log-entry-ambiguous",
    expected: "one entry for this envelope",
    found: `${count} in ${names}`,
    origin: evidence.origin,
  }
}

function offlineError({ origin }: Evidence): WheelproofError {
  return new WheelproofError(
    "ERR_OFFLINE",
    `${origin} does not carry its log entry, and looking it up needs the network`,
    { hint: "run `wheelproof seal` on it once while online; the sealed file verifies offline" },
  )
}

/** The logs that may have the entry: those that can be searched and were in service when the certificate began. */
function logUrls(evidence: Evidence, instances: readonly TrustedInstance[]): readonly URL[] {
  const since = certificateStart(evidence)
  return instances
    .flatMap(({ logs }) => logs)
    .filter((log) => isSearchable(log) && (since === undefined || isWithin(log.validity, since)))
    .map(({ baseUrl }) => new URL(baseUrl))
}

// Rekor v2 logs are tiles on a file server: nothing to search. Their keys are Ed25519, those of Rekor v1 never were.
function isSearchable({ publicKey, baseUrl }: TrustedLog): boolean {
  return publicKey.type !== "ed25519" && URL.canParse(baseUrl)
}

function certificateStart({ material }: Evidence): number | undefined {
  if (material.kind !== "certificate") return undefined
  try {
    return parseCertificate(material.leaf).notBefore
  } catch (error) {
    // A certificate that cannot be read is the verifier's to refuse.
    if (error instanceof WheelproofError) return undefined
    throw error
  }
}
