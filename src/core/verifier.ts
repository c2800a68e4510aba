import type { Artifact } from "./artifact.ts"
import {
  type Authentic,
  authenticate,
  type Authenticator,
  instancesFor,
  type VerifyPrehashed,
} from "./authenticate.ts"
import { encodeBase64 } from "./bytes.ts"
import { type Certificate, describeName, parseCertificate } from "./certificate.ts"
import { check, type Finding, type Outcome } from "./check.ts"
import { isDelegated, crossCheck } from "./cross-check.ts"
import type { Evidence } from "./evidence.ts"
import type { Expectation } from "./expectation.ts"
import { compareExpectations } from "./expectations.ts"
import type { PublicKey } from "./keys.ts"
import { isCheckpointSigned } from "./log.ts"
import { BoundedMap } from "./memo.ts"
import { checkPublisher } from "./publisher.ts"
import { readSigner, type Signer } from "./signer.ts"
import type { Statement } from "./statement.ts"
import { checkSubject, findSubject } from "./subject.ts"
import type { TrustedInstance } from "./trust.ts"
import type { Proof, Rejected, Verified } from "./verdict.ts"

/** Whom a verifier trusts. */
export interface VerifierOptions {
  readonly instances: readonly TrustedInstance[]
  /** Managed keys. Where any is given, only evidence signed by one of them counts. */
  readonly keys?: readonly PublicKey[]
  /** Needed for signatures over files themselves; absent, those are refused. */
  readonly verifyPrehashed?: VerifyPrehashed
  /** Accept statements about anything, not only provenance: for tools that check signatures alone. */
  readonly anyPredicate?: boolean
}

/** Decides about evidence. Remembers certificates and checkpoints that it has seen, never verdicts. */
export interface Verifier {
  /** Decides whether `evidence` vouches for `artifact` and meets the expectation. Same arguments, same verdict. */
  verify(artifact: Artifact, evidence: Evidence, expectation: Expectation): Verified | Rejected
  /** Checks signature, certificate, log and time alone; what the statement says is not looked at. */
  authenticate(evidence: Evidence, artifact?: Artifact): Outcome<Authentic>
}

/** Creates a verifier over a trust root. Pure: time comes from the evidence, trust from the arguments. */
export function createVerifier(options: VerifierOptions): Verifier {
  const { instances, keys = [] } = options
  const certificates = new BoundedMap<Certificate>(256)
  const checkpoints = new BoundedMap<boolean>(256)
  const parse = (der: Uint8Array): Certificate =>
    certificates.get(encodeBase64(der), () => parseCertificate(der))
  const tools: Authenticator = {
    verifyPrehashed: options.verifyPrehashed,
    isCheckpointSigned: (checkpoint, log) =>
      checkpoints.get(checkpointKey(log.logId, checkpoint), () =>
        isCheckpointSigned(checkpoint, log),
      ),
  }
  const authenticateEvidence = (evidence: Evidence, artifact?: Artifact): Outcome<Authentic> => {
    const signer = readSigner(evidence, keys, parse)
    if (!signer.ok) return signer
    return authenticateInAny(evidence, signer.value, artifact, instances, tools)
  }
  return {
    authenticate: authenticateEvidence,
    verify(artifact, evidence, expectation) {
      const authentic = authenticateEvidence(evidence, artifact)
      if (!authentic.ok) return { kind: "rejected", reasons: [authentic.reason] }
      return judge(artifact, evidence, authentic.value, expectation, options.anyPredicate === true)
    },
  }
}

function checkpointKey(
  logId: string,
  checkpoint: Parameters<Authenticator["isCheckpointSigned"]>[0],
): string {
  const signatures = checkpoint.signatures.map(
    ({ name, keyHint, signature }) => `${name} ${keyHint} ${encodeBase64(signature)}`,
  )
  return [logId, encodeBase64(checkpoint.signed), ...signatures].join("\n")
}

/** Tries the instances that may have made the evidence one by one; parts of two never add up. */
function authenticateInAny(
  evidence: Evidence,
  signer: Signer,
  artifact: Artifact | undefined,
  instances: readonly TrustedInstance[],
  tools: Authenticator,
): Outcome<Authentic> {
  const candidates =
    signer.kind === "certificate" ? instancesFor(signer.certificate, instances) : instances
  if (signer.kind === "certificate" && candidates.length === 0) {
    const reason = check("certificate-chain", evidence.origin, () =>
      unknownAuthority(signer.certificate, instances),
    )
    if (reason !== undefined) return { ok: false, reason }
  }
  let first: Outcome<Authentic> | undefined
  for (const instance of candidates) {
    const outcome = authenticate(evidence, signer, artifact, instance, tools)
    if (outcome.ok) return outcome
    first ??= outcome
  }
  return first ?? authenticate(evidence, signer, artifact, undefined, tools)
}

function unknownAuthority(
  certificate: Certificate,
  instances: readonly TrustedInstance[],
): Finding {
  const names = instances.map(({ name }) => name).join(", ")
  return {
    expected: `a certificate of ${names === "" ? "an instance of the trust root" : names}`,
    found: `a certificate issued by ${describeName(certificate.issuer)}, which is not in the trust root`,
  }
}

function judge(
  artifact: Artifact,
  evidence: Evidence,
  authentic: Authentic,
  expectation: Expectation,
  anyPredicate: boolean,
): Verified | Rejected {
  const { content, origin, publisher } = evidence
  const { identity } = authentic
  const statement = content.kind === "dsse" ? content.statement : undefined
  const subjectReason =
    statement !== undefined && content.kind === "dsse"
      ? (checkSubject(evidence, content.payloadType, statement, artifact) ??
        check("predicate-type", origin, () =>
          predicateTypeFinding(statement, expectation, anyPredicate),
        ) ??
        check("predicate", origin, () => predicateFinding(statement)))
      : (check("message-digest", origin, () => messageDigestFinding(evidence, artifact)) ??
        check("predicate-type", origin, () => messagePredicateFinding(expectation)))
  if (subjectReason !== undefined) return { kind: "rejected", reasons: [subjectReason] }
  const claim = statement?.predicate.kind === "provenance" ? statement.predicate.claim : undefined
  const crossed =
    claim === undefined || identity === undefined
      ? { reasons: [], agreed: [] }
      : crossCheck(claim, identity, origin)
  const published =
    publisher === undefined || identity === undefined
      ? undefined
      : checkPublisher(publisher, identity, origin)
  const comparison = compareExpectations(
    { identity, claim, predicateType: statement?.predicateType },
    expectation,
    origin,
  )
  const reasons = [
    ...crossed.reasons,
    ...(published === undefined ? [] : [published]),
    ...comparison.reasons,
  ]
  const [reason, ...others] = reasons
  if (reason !== undefined) return { kind: "rejected", reasons: [reason, ...others] }
  const predicate = expectation.predicate
  return {
    kind: "verified",
    proof: {
      digests: artifact.digests,
      evidence: { form: evidence.form, origin },
      ...describeStatement(statement, artifact),
      ...(identity === undefined ? {} : { identity }),
      ...(authentic.key === undefined ? {} : { key: authentic.key.fingerprint }),
      ...(claim === undefined ? {} : { claim }),
      ...(publisher === undefined ? {} : { publisher }),
      ...(authentic.instance === undefined ? {} : { instance: authentic.instance.name }),
      times: authentic.times,
      logEntries: authentic.logEntries,
      crossChecked: crossed.agreed,
      compared: [
        ...comparison.compared,
        ...(predicate === undefined ? [] : [{ field: "predicate", value: predicate }]),
      ],
      notCompared: comparison.notCompared,
      notes: notesOf(evidence, authentic, statement, artifact),
    },
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
  anyPredicate: boolean,
): Finding | undefined {
  if (expectation.predicate !== undefined) {
    return predicateType === expectation.predicate
      ? undefined
      : { expected: `a statement of type ${expectation.predicate}`, found: predicateType }
  }
  return predicate.kind === "other" && !anyPredicate
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
  if (publisher?.kind === "unknown") {
    notes.push(`the index names a publisher of kind ${publisher.name}, which proves nothing`)
  }
  if (content.kind === "message") {
    notes.push(
      "the signature is over the file itself: it says who signed, not how the file was built",
    )
  } else if (statement?.predicate.kind === "publish") {
    notes.push("a publish attestation says who uploaded the file, not how it was built")
  }
  if (identity !== undefined && instance?.logs.length === 0) {
    notes.push(`${instance.name} has no public log: the time is its timestamp authority's word`)
  }
  if (identity !== undefined && isDelegated(identity)) {
    notes.push("the builder is named by its delegator, who signed")
  }
  if (artifact.name === undefined) notes.push("the file's name was not compared: none was given")
  return notes
}
