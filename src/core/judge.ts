import type { Artifact } from "./artifact.ts"
import type { Authentic } from "./authenticate.ts"
import { check, type Finding } from "./check.ts"
import type { Claim } from "./claim.ts"
import { type CrossCheck, crossCheck, isDelegated } from "./cross-check.ts"
import type { Evidence } from "./evidence.ts"
import type { Expectation } from "./expectation.ts"
import { compareExpectations, type Comparison } from "./expectations.ts"
import { checkPublisher } from "./publisher.ts"
import type { Statement } from "./statement.ts"
import { checkSubject, findSubject } from "./subject.ts"
import type { Proof, Reason, Rejected, Verified } from "./verdict.ts"

/** What authentic evidence is judged by. */
export interface JudgeOptions {
  readonly expectation: Expectation
  /** Whether the statement's content counts, and not only its signature and subject. */
  readonly statementCounts: boolean
}

/** Judges evidence whose signature, certificate, log and time hold: does it speak for this artifact, agree with itself, and meet the expectation? */
export function judge(
  artifact: Artifact,
  evidence: Evidence,
  authentic: Authentic,
  options: JudgeOptions,
): Verified | Rejected {
  const statement = evidence.content.kind === "dsse" ? evidence.content.statement : undefined
  const unfit = subjectReason(artifact, evidence, statement, options)
  if (unfit !== undefined) return { kind: "rejected", reasons: [unfit] }
  const claim = statement?.predicate.kind === "provenance" ? statement.predicate.claim : undefined
  const crossed = options.statementCounts
    ? crossChecked(evidence, authentic, claim)
    : NOTHING_CROSSED
  const comparison = compareExpectations(
    { identity: authentic.identity, claim, predicateType: statement?.predicateType },
    options.expectation,
    evidence.origin,
  )
  const [reason, ...others] = [...crossed.reasons, ...comparison.reasons]
  if (reason !== undefined) return { kind: "rejected", reasons: [reason, ...others] }
  return {
    kind: "verified",
    proof: proofOf(artifact, evidence, authentic, { claim, crossed, comparison, options }),
  }
}

const NOTHING_CROSSED: CrossCheck = { reasons: [], agreed: [] }

function subjectReason(
  artifact: Artifact,
  evidence: Evidence,
  statement: Statement | undefined,
  { expectation, statementCounts }: JudgeOptions,
): Reason | undefined {
  const { content, origin } = evidence
  if (content.kind === "message" || statement === undefined) {
    return (
      check("message-digest", origin, () => messageDigestFinding(evidence, artifact)) ??
      check("predicate-type", origin, () => messagePredicateFinding(expectation))
    )
  }
  return (
    checkSubject(evidence, content.payloadType, statement, artifact) ??
    check("predicate-type", origin, () =>
      predicateTypeFinding(statement, expectation, statementCounts),
    ) ??
    (statementCounts ? check("predicate", origin, () => predicateFinding(statement)) : undefined)
  )
}

/** Compares with the certificate what the statement claims, and whom the index names as publisher. */
function crossChecked(
  { origin, publisher }: Evidence,
  { identity }: Authentic,
  claim: Claim | undefined,
): CrossCheck {
  if (identity === undefined) return NOTHING_CROSSED
  const claimed = claim === undefined ? NOTHING_CROSSED : crossCheck(claim, identity, origin)
  const published =
    publisher === undefined ? undefined : checkPublisher(publisher, identity, origin)
  if (published === undefined) return claimed
  return { reasons: [...claimed.reasons, published], agreed: claimed.agreed }
}

interface Judged {
  readonly claim: Claim | undefined
  readonly crossed: CrossCheck
  readonly comparison: Comparison
  readonly options: JudgeOptions
}

function proofOf(
  artifact: Artifact,
  evidence: Evidence,
  authentic: Authentic,
  { claim, crossed, comparison, options }: Judged,
): Proof {
  const { identity, key, instance } = authentic
  const { form, origin, publisher, content } = evidence
  const statement = content.kind === "dsse" ? content.statement : undefined
  const { predicate } = options.expectation
  return {
    digests: artifact.digests,
    evidence: { form, origin },
    ...describeStatement(statement, artifact),
    ...(identity === undefined ? {} : { identity }),
    ...(key === undefined ? {} : { key: key.fingerprint }),
    ...(claim === undefined ? {} : { claim }),
    ...(publisher === undefined ? {} : { publisher }),
    ...(instance === undefined ? {} : { instance: instance.name }),
    times: authentic.times,
    logEntries: authentic.logEntries,
    crossChecked: crossed.agreed,
    compared: [
      ...comparison.compared,
      ...(predicate === undefined ? [] : [{ field: "predicate", value: predicate }]),
    ],
    notCompared: comparison.notCompared,
    notes: notesOf(evidence, authentic, statement, artifact),
  }
}

function describeStatement(
  statement: Statement | undefined,
  artifact: Artifact,
): Pick<Proof, "subjectName" | "subjectCount" | "predicateType"> {
  if (statement === undefined) return { subjectCount: 0 }
  const name = findSubject(statement, artifact)?.name
  return {
    ...(name === undefined ? {} : { subjectName: name }),
    subjectCount: statement.subjects.length,
    predicateType: statement.predicateType,
  }
}

function predicateTypeFinding(
  { predicateType, predicate }: Statement,
  expectation: Expectation,
  statementCounts: boolean,
): Finding | undefined {
  if (expectation.predicate !== undefined) {
    return predicateType === expectation.predicate
      ? undefined
      : { expected: `a statement of type ${expectation.predicate}`, found: predicateType }
  }
  return predicate.kind === "other" && statementCounts
    ? { expected: "SLSA provenance or a PyPI publish attestation", found: predicateType }
    : undefined
}

function predicateFinding({ predicate, predicateType }: Statement): Finding | undefined {
  return predicate.kind === "malformed"
    ? { expected: `a predicate of type ${predicateType}`, found: predicate.message }
    : undefined
}

function messageDigestFinding({ content }: Evidence, { digests }: Artifact): Finding | undefined {
  if (content.kind !== "message" || content.digest === undefined) return undefined
  const { algorithm, value } = content.digest
  const own = new Map<string, string>(Object.entries(digests)).get(algorithm)
  return own === value
    ? undefined
    : { expected: `${algorithm}:${own ?? "(not computed)"}`, found: `${algorithm}:${value}` }
}

function messagePredicateFinding({ predicate }: Expectation): Finding | undefined {
  return predicate === undefined
    ? undefined
    : { expected: `a statement of type ${predicate}`, found: "a signature over the file itself" }
}

function notesOf(
  { content, publisher }: Evidence,
  { identity, instance, times, key }: Authentic,
  statement: Statement | undefined,
  artifact: Artifact,
): readonly string[] {
  const notes: string[] = []
  if (key !== undefined && times.length === 0) {
    notes.push("signed with a managed key and no timestamp: the time of signing is unproven")
  }
  if (publisher !== undefined && identity === undefined) {
    const kind = publisher.kind === "unknown" ? publisher.name : publisher.kind
    notes.push(`the index names a publisher of kind ${kind}, of which a managed key proves nothing`)
  }
  if (content.kind === "message") {
    notes.push(
      "the signature is over the file itself: it says who signed, not how the file was built",
    )
  } else if (statement?.predicate.kind === "publish") {
    notes.push("a publish attestation says who uploaded the file, not how it was built")
  }
  if (identity !== undefined && instance?.logsSignatures === false) {
    notes.push(`${instance.name} has no public log: the time is its timestamp authority's word`)
  }
  if (identity !== undefined && instance?.logsCertificates === false) {
    notes.push(`${instance.name} has no certificate log: nobody else can see what it certifies`)
  }
  if (identity !== undefined && isDelegated(identity)) {
    notes.push("the builder is named by its delegator, who signed")
  }
  if (artifact.name === undefined) notes.push("the file's name was not compared: none was given")
  return notes
}
