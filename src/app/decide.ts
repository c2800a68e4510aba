import type { Artifact } from "../core/artifact.ts"
import type { CheckId } from "../core/checks.ts"
import { WheelproofError } from "../core/errors.ts"
import type { Evidence } from "../core/evidence.ts"
import type { Expectation } from "../core/expectation.ts"
import type { Reason, Rejected, Undecided, Verdict, Verified } from "../core/verdict.ts"
import type { Verifier } from "../core/verifier.ts"
import type { Breathe } from "../io/breath.ts"
import type { FoundEvidence } from "./evidence-pool.ts"

/** Completes evidence before it is judged: looks its log entry up where it carries none. */
export type Complete = (
  evidence: Evidence,
  artifact: Artifact,
) => Promise<{ readonly evidence: Evidence } | { readonly reason: Reason }>

/** Everything a decision needs besides the evidence. */
export interface Judge {
  readonly verifierFor: (evidence: Evidence) => Promise<Verifier>
  readonly complete: Complete
  readonly expectation: Expectation
  readonly breathe: Breathe
}

const MAX_REASONS = 20
const MAX_DOUBTS = 20

/**
 * Decides about one artifact. One attestation that holds and meets the expectation is enough; others for the same file that do not are
 * mentioned, never dropped. Where none holds and one could not be looked at, the answer is undecided.
 */
export async function decide(
  artifact: Artifact,
  found: FoundEvidence,
  judge: Judge,
): Promise<Verdict> {
  const outcomes: (Verified | Rejected | Undecided)[] = []
  for (const evidence of found.evidence) {
    await judge.breathe()
    outcomes.push(await judgeOne(artifact, evidence, judge))
  }
  const verified = outcomes.find((outcome) => outcome.kind === "verified")
  const rejected = outcomes.flatMap((outcome) =>
    outcome.kind === "rejected" ? outcome.reasons : [],
  )
  const undecided = outcomes.find((outcome) => outcome.kind === "undecided")
  if (verified !== undefined) {
    return withDoubts(verified, [
      ...(found.notLookedAt === 0
        ? []
        : [`${found.notLookedAt} more attestations about this file were not looked at`]),
      ...(undecided === undefined
        ? []
        : [`another attestation could not be looked at: ${undecided.message}`]),
      ...rejected.map(doubt),
    ])
  }
  if (undecided !== undefined) return undecided
  if (found.notLookedAt > 0) return tooMany(found, rejected)
  const [first, ...others] = [...rejected, ...found.malformed.map(asReason)].slice(0, MAX_REASONS)
  return first === undefined
    ? { kind: "rejected", reasons: [noEvidence(artifact, found)] }
    : { kind: "rejected", reasons: [first, ...others] }
}

async function judgeOne(
  artifact: Artifact,
  evidence: Evidence,
  { verifierFor, complete, expectation }: Judge,
): Promise<Verified | Rejected | Undecided> {
  try {
    const completed = await complete(evidence, artifact)
    if ("reason" in completed) return { kind: "rejected", reasons: [completed.reason] }
    const verifier = await verifierFor(completed.evidence)
    return verifier.verify(artifact, completed.evidence, expectation)
  } catch (error) {
    return asUndecided(error)
  }
}

/** An error of ours as a verdict: nothing was decided. Usage and configuration errors are not about one artifact and are thrown on. */
export function asUndecided(error: unknown): Undecided {
  if (!(error instanceof WheelproofError) || isAboutTheRun(error)) throw error
  const { code, message, hint } = error
  return { kind: "undecided", code, message, ...(hint === undefined ? {} : { hint }) }
}

function isAboutTheRun({ code }: WheelproofError): boolean {
  return ["ERR_USAGE", "ERR_CONFIG", "ERR_TRUST_ROOT", "ERR_INTERRUPTED"].includes(code)
}

function withDoubts(verified: Verified, doubts: readonly string[]): Verified {
  const more = doubts.length - MAX_DOUBTS
  const notes = doubts.slice(0, more > 0 ? MAX_DOUBTS - 1 : MAX_DOUBTS)
  if (more > 0) notes.push(`${more + 1} more notes of this kind are left out`)
  if (notes.length === 0) return verified
  const { proof } = verified
  return { kind: "verified", proof: { ...proof, notes: [...proof.notes, ...notes] } }
}

function doubt({ check, origin = "another attestation", found }: Reason): string {
  return `${origin} is also about this file and does not hold: ${found} [${check}]`
}

// The one that holds may be among those that were not looked at.
function tooMany({ evidence, notLookedAt }: FoundEvidence, [first]: readonly Reason[]): Undecided {
  const example = first === undefined ? "" : `, the first because of [${first.check}]`
  return {
    kind: "undecided",
    code: "ERR_INPUT_TOO_LARGE",
    message: `none of ${evidence.length} attestations about this file holds${example}, and ${notLookedAt} more were not looked at`,
    hint: "name a file that holds fewer attestations about this one with --provenance",
  }
}

function asReason({
  origin,
  message,
}: {
  readonly origin: string
  readonly message: string
}): Reason {
  const check: CheckId = "evidence-malformed"
  return { check, expected: "evidence in a form that is known", found: message, origin }
}

function noEvidence(
  { digests }: Artifact,
  { others, namesake, outOfScope }: FoundEvidence,
): Reason {
  if (outOfScope !== undefined) return { check: "evidence-scope", ...outOfScope }
  if (namesake !== undefined) {
    const { origin, digest } = namesake
    return { check: "subject-digest", expected: digest, found: `sha256:${digests.sha256}`, origin }
  }
  return {
    check: "evidence-present",
    expected: `an attestation for sha256:${digests.sha256}`,
    found:
      others.count === 0
        ? "none"
        : `${others.count} for other files: ${others.examples.join(", ")}${others.count > others.examples.length ? ", …" : ""}`,
  }
}
