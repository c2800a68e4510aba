import type { CheckId } from "./checks.ts"
import type { Claim } from "./claim.ts"
import type { FileDigests } from "./digest.ts"
import type { ErrorCode } from "./errors.ts"
import type { EvidenceForm, Publisher } from "./evidence.ts"
import type { Identity } from "./identity.ts"

/** Why an artifact was rejected: which check, what it wanted, what it got. `core/checks.ts` has the words around it. */
export interface Reason {
  readonly check: CheckId
  readonly expected: string
  readonly found: string
  /** The evidence it is about, where there is one. */
  readonly origin?: string
}

/** A moment that somebody other than the signer vouches for. */
export interface VerifiedTime {
  readonly source: "rekor-set" | "rfc3161"
  /** Milliseconds since 1970. */
  readonly time: number
  /** The log's address or the timestamp authority's subject. */
  readonly authority: string
}

/** A log entry that was proved to be about this evidence. */
export interface VerifiedLogEntry {
  readonly log: string
  readonly logIndex: string
  readonly kind: string
  /** Whether the log promised inclusion, proved it, or both. */
  readonly proof: "promise" | "inclusion" | "both"
}

/** What is now known, and what was not looked at. */
export interface Proof {
  readonly digests: FileDigests
  readonly evidence: { readonly form: EvidenceForm; readonly origin: string }
  /** The subject's name in the statement; a label. */
  readonly subjectName?: string
  readonly subjectCount: number
  readonly predicateType?: string
  /** From the certificate; absent for a managed key. */
  readonly identity?: Identity
  /** SHA-256 of the managed key's SubjectPublicKeyInfo, hex; absent for a certificate. */
  readonly key?: string
  readonly claim?: Claim
  readonly publisher?: Publisher
  /** The name of the Sigstore instance. */
  readonly instance?: string
  readonly times: readonly VerifiedTime[]
  readonly logEntries: readonly VerifiedLogEntry[]
  /** Fields in which statement and certificate both speak, and agree. */
  readonly crossChecked: readonly string[]
  /** Expectations that were given and met, by their flag's name. */
  readonly compared: readonly { readonly field: string; readonly value: string }[]
  /** What could have been expected and was not, by flag's name, with what was found. */
  readonly notCompared: readonly { readonly field: string; readonly value: string }[]
  /** Sentences a reader must know before relying on this, such as an unproven time. */
  readonly notes: readonly string[]
}

/** The evidence holds. Every path to exit code 0 goes through here. */
export interface Verified {
  readonly kind: "verified"
  readonly proof: Proof
}

/** The evidence does not hold, or there is none. */
export interface Rejected {
  readonly kind: "rejected"
  readonly reasons: readonly [Reason, ...Reason[]]
}

/** We could not look. Never a pass. */
export interface Undecided {
  readonly kind: "undecided"
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string
}

/** What was concluded about one artifact. */
export type Verdict = Verified | Rejected | Undecided
