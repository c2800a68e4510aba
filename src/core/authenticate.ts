import type { Artifact } from "./artifact.ts"
import { equalBytes } from "./bytes.ts"
import type { Certificate } from "./certificate.ts"
import { check, fails, type Finding, holds, type Outcome, readChecked } from "./check.ts"
import type { Checkpoint } from "./checkpoint.ts"
import { preAuthenticationEncoding } from "./dsse.ts"
import { WheelproofError } from "./errors.ts"
import type { Evidence, LogEntry } from "./evidence.ts"
import type { Identity } from "./identity.ts"
import type { PublicKey } from "./keys.ts"
import {
  checkEntry,
  checkPromise,
  describeEntry,
  distinctEntries,
  findLog,
  logFinding,
} from "./log.ts"
import type { LoggedSignature } from "./log-body.ts"
import { checkCertificate, type Signer } from "./signer.ts"
import { verifyTimestamp } from "./timestamp.ts"
import type { TrustedInstance, TrustedLog } from "./trust.ts"
import type { Reason, VerifiedLogEntry, VerifiedTime } from "./verdict.ts"

/**
 * Verifies a signature over a file whose content is only known by its digests; node:crypto has no such call. `digest` is by the
 * hash that goes with the key.
 */
export type VerifyPrehashed = (
  key: PublicKey,
  digests: Artifact["digests"],
  signature: Uint8Array,
) => boolean

/** What signature, certificate, log and time prove, before anybody looks at what the statement says. */
export interface Authentic {
  readonly identity: Identity | undefined
  /** The managed key that signed, where no certificate did. */
  readonly key: PublicKey | undefined
  readonly instance: TrustedInstance | undefined
  readonly times: readonly VerifiedTime[]
  readonly logEntries: readonly VerifiedLogEntry[]
}

/** What authentication needs besides the evidence. */
export interface Authenticator {
  readonly verifyPrehashed: VerifyPrehashed | undefined
  readonly isCheckpointSigned: (checkpoint: Checkpoint, log: TrustedLog) => boolean
}

/** Authenticates evidence within one instance of the trust root; `instance` may be absent for a key's signature without log entries. */
export function authenticate(
  evidence: Evidence,
  signer: Signer,
  artifact: Artifact | undefined,
  instance: TrustedInstance | undefined,
  tools: Authenticator,
): Outcome<Authentic> {
  const { origin } = evidence
  const key = readChecked("signature", origin, () => signingKey(evidence, signer, artifact, tools))
  if (!key.ok) return key
  const times = provedTimes(evidence, instance)
  if (!times.ok) return times
  const { entries } = evidence
  const logged = loggedSignature(evidence, signer, key.value, artifact)
  const reason =
    check("time-present", origin, () => missingTime(signer, times.value)) ??
    certificateReason(signer, times.value, instance, origin) ??
    check("log-entry-present", origin, () => missingEntry(signer, entries, instance)) ??
    entriesReason(entries, evidence, logged, times.value, instance, tools)
  if (reason !== undefined) return { ok: false, reason }
  return {
    ok: true,
    value: {
      identity: signer.kind === "certificate" ? signer.identity : undefined,
      key: signer.kind === "keys" ? key.value : undefined,
      instance,
      times: times.value,
      logEntries:
        instance === undefined
          ? []
          : distinctEntries(entries).map((entry) => describeEntry(entry, instance)),
    },
  }
}

/** The key that the signature is valid under: the certificate's, or one of those given. */
function signingKey(
  { content, form }: Evidence,
  signer: Signer,
  artifact: Artifact | undefined,
  { verifyPrehashed }: Authenticator,
): { readonly value: PublicKey } | { readonly finding: Finding } {
  const keys = signer.kind === "certificate" ? [signer.certificate.publicKey] : signer.keys
  if (content.kind === "dsse" && form !== "dsse-envelope" && content.signatures.length !== 1) {
    return fails({ expected: "one signature", found: `${content.signatures.length} signatures` })
  }
  const key =
    content.kind === "dsse"
      ? keys.find((candidate) => isEnvelopeSigned(content, candidate))
      : keys.find((candidate) =>
          isMessageSigned(content.signature, candidate, artifact, verifyPrehashed),
        )
  if (key !== undefined) return holds(key)
  return fails({
    expected: `a valid signature by ${signer.kind === "certificate" ? "the certificate's key" : "a given key"}`,
    found: "a signature that is not",
  })
}

function isEnvelopeSigned(
  content: Extract<Evidence["content"], { kind: "dsse" }>,
  key: PublicKey,
): boolean {
  const encoding = preAuthenticationEncoding(content.payloadType, content.payload)
  return content.signatures.some(({ sig }) => key.verify(encoding, sig))
}

function isMessageSigned(
  signature: Uint8Array,
  key: PublicKey,
  artifact: Artifact | undefined,
  verifyPrehashed: VerifyPrehashed | undefined,
): boolean {
  if (artifact === undefined || verifyPrehashed === undefined) {
    throw new WheelproofError(
      "ERR_INPUT_UNSUPPORTED",
      "a file's own signature cannot be checked here",
    )
  }
  return verifyPrehashed(key, artifact.digests, signature)
}

/** The times that signed sources prove: promises of logs that were in service then, and timestamps over this signature. */
function provedTimes(
  evidence: Evidence,
  instance: TrustedInstance | undefined,
): Outcome<readonly VerifiedTime[]> {
  const times: VerifiedTime[] = []
  for (const entry of evidence.entries) {
    const time = promisedTime(entry, evidence.origin, instance)
    if (!time.ok) return time
    if (time.value !== undefined) times.push(time.value)
  }
  for (const timestamp of evidence.timestamps) {
    const time = readChecked("timestamp", evidence.origin, () =>
      stampedTime(timestamp, evidence, instance),
    )
    if (!time.ok) return time
    times.push(time.value)
  }
  return { ok: true, value: times }
}

function promisedTime(
  entry: LogEntry,
  origin: string,
  instance: TrustedInstance | undefined,
): Outcome<VerifiedTime | undefined> {
  if (entry.signedEntryTimestamp === undefined) return { ok: true, value: undefined }
  const log = instance === undefined ? undefined : findLog(instance, entry)
  const time = entry.integratedTime * 1000
  const reason =
    check("log-known", origin, () => logFinding(entry, log, [{ time }], instance)) ??
    check("log-promise", origin, () => (log === undefined ? undefined : checkPromise(entry, log)))
  if (reason !== undefined) return { ok: false, reason }
  return { ok: true, value: { source: "rekor-set", time, authority: log?.baseUrl ?? entry.logId } }
}

function stampedTime(
  timestamp: Uint8Array,
  { content }: Evidence,
  instance: TrustedInstance | undefined,
): { readonly value: VerifiedTime } | { readonly finding: Finding } {
  const signature = content.kind === "dsse" ? content.signatures[0]?.sig : content.signature
  const result = verifyTimestamp(
    timestamp,
    signature ?? new Uint8Array(),
    instance?.timestampAuthorities ?? [],
  )
  return result.kind === "valid"
    ? holds({ source: "rfc3161", time: result.time, authority: result.authority })
    : fails({ expected: result.expected, found: result.found })
}

function missingTime(signer: Signer, times: readonly VerifiedTime[]): Finding | undefined {
  return signer.kind === "certificate" && times.length === 0
    ? { expected: "a log's signed entry timestamp or an RFC 3161 timestamp", found: "neither" }
    : undefined
}

function certificateReason(
  signer: Signer,
  times: readonly VerifiedTime[],
  instance: TrustedInstance | undefined,
  origin: string,
): Reason | undefined {
  if (signer.kind === "keys") return undefined
  if (instance !== undefined) return checkCertificate(signer.certificate, times, instance, origin)
  /* v8 ignore next 4 -- the caller refuses before; a certificate without an instance must not pass even if it did not. */
  return check("certificate-chain", origin, () => ({
    expected: "a certificate of an instance of the trust root",
    found: "a certificate, and no instance",
  }))
}

function missingEntry(
  signer: Signer,
  entries: readonly LogEntry[],
  instance: TrustedInstance | undefined,
): Finding | undefined {
  const asksForLog = signer.kind === "certificate" && instance?.logsSignatures === true
  return asksForLog && entries.length === 0
    ? { expected: `a log entry of ${instance.name}`, found: "none" }
    : undefined
}

function entriesReason(
  entries: readonly LogEntry[],
  evidence: Evidence,
  logged: LoggedSignature,
  times: readonly VerifiedTime[],
  instance: TrustedInstance | undefined,
  { isCheckpointSigned }: Authenticator,
): Reason | undefined {
  for (const entry of entries) {
    const reason = checkEntry(entry, evidence, logged, times, instance, isCheckpointSigned)
    if (reason !== undefined) return reason
  }
  return undefined
}

function loggedSignature(
  { content }: Evidence,
  signer: Signer,
  key: PublicKey,
  artifact: Artifact | undefined,
): LoggedSignature {
  return {
    verifier: verifierOf(signer, key),
    content:
      content.kind === "dsse"
        ? content
        : {
            kind: "message",
            signature: content.signature,
            digests: new Map(Object.entries(artifact?.digests ?? {})),
          },
  }
}

function verifierOf(signer: Signer, key: PublicKey): LoggedSignature["verifier"] {
  return signer.kind === "certificate"
    ? { kind: "certificate", der: signer.certificate.der }
    : { kind: "key", der: key.spki }
}

/** The instances that may have issued a certificate: those with an authority of that name. */
export function instancesFor(
  certificate: Certificate,
  instances: readonly TrustedInstance[],
): readonly TrustedInstance[] {
  return instances.filter(({ certificateAuthorities }) =>
    certificateAuthorities.some(({ chain }) =>
      chain.some(({ subject }) => equalBytes(subject, certificate.issuer)),
    ),
  )
}
