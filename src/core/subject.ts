import {
  isDistributionFilename,
  parseDistributionFilename,
  sameDistribution,
} from "../packaging/distribution.ts"
import type { Artifact } from "./artifact.ts"
import { check, type Finding, firstReason } from "./check.ts"
import { isDigestAlgorithm } from "./digest.ts"
import type { Evidence } from "./evidence.ts"
import { IN_TOTO_PAYLOAD_TYPE } from "./dsse.ts"
import { outOfScope } from "./scope.ts"
import { STATEMENT_TYPES, type Statement, type Subject } from "./statement.ts"
import type { Reason } from "./verdict.ts"

/** The predicate type of PyPI's publish attestations (PyPI docs, "Publish attestation v1"). */
export const PUBLISH_V1 = "https://docs.pypi.org/attestations/publish/v1"

/** The subject that speaks for an artifact: the one with its digest, preferably under its name. */
export function findSubject(statement: Statement, artifact: Artifact): Subject | undefined {
  const named = statement.subjects.filter(
    ({ digest }) => digest.get("sha256") === artifact.digests.sha256,
  )
  return named.find(({ name }) => name === artifact.name) ?? named[0]
}

/** Checks that a statement is one, and speaks for this artifact (in-toto Statement v1, "subject"; PEP 740, "Attestation object"). */
export function checkSubject(
  evidence: Evidence,
  payloadType: string,
  statement: Statement,
  artifact: Artifact,
): Reason | undefined {
  const { origin } = evidence
  const subject = findSubject(statement, artifact)
  return firstReason(
    () => check("payload-type", origin, () => payloadTypeFinding(payloadType)),
    () => check("statement", origin, () => typeFinding(statement)),
    () => check("evidence-scope", origin, () => outOfScope(statement)),
    () => check("subject-digest", origin, () => digestFinding(statement, subject, artifact)),
    () => check("subject-conflict", origin, () => conflictFinding(statement, artifact)),
    () => check("subject-count", origin, () => countFinding(evidence, statement)),
    () => check("subject-name", origin, () => nameFinding(evidence, statement, subject, artifact)),
  )
}

function payloadTypeFinding(payloadType: string): Finding | undefined {
  return payloadType === IN_TOTO_PAYLOAD_TYPE
    ? undefined
    : { expected: `the payload type ${IN_TOTO_PAYLOAD_TYPE}`, found: payloadType }
}

function typeFinding({ type }: Statement): Finding | undefined {
  return STATEMENT_TYPES.has(type)
    ? undefined
    : { expected: [...STATEMENT_TYPES].join(" or "), found: type }
}

function digestFinding(
  statement: Statement,
  subject: Subject | undefined,
  { digests }: Artifact,
): Finding | undefined {
  if (subject !== undefined) return undefined
  return { expected: `a subject with sha256:${digests.sha256}`, found: describeSubjects(statement) }
}

function describeSubjects({ subjects }: Statement): string {
  const [first] = subjects
  if (first === undefined) return "a statement without subjects"
  const label = `${first.name ?? "a subject"} with sha256:${first.digest.get("sha256") ?? "(none)"}`
  return subjects.length === 1 ? label : `${subjects.length} others, the first ${label}`
}

/** Every digest that a subject with our SHA-256 also names, and every subject of the same name, has to be about the same bytes. */
function conflictFinding({ subjects }: Statement, { digests }: Artifact): Finding | undefined {
  const ours = subjects.filter(({ digest }) => digest.get("sha256") === digests.sha256)
  for (const { name, digest } of ours) {
    for (const [algorithm, value] of digest) {
      const own = isDigestAlgorithm(algorithm) ? digests[algorithm] : undefined
      if (own !== undefined && own !== value) {
        return { expected: `${algorithm}:${own}`, found: `${algorithm}:${value}` }
      }
    }
    const twin = subjects.find(
      (other) =>
        name !== undefined && other.name === name && other.digest.get("sha256") !== digests.sha256,
    )
    if (twin !== undefined) {
      return {
        expected: `one content for the subject ${name}`,
        found: `sha256:${twin.digest.get("sha256") ?? "(none)"} under the same name`,
      }
    }
  }
  return undefined
}

function countFinding(
  { form }: Evidence,
  { subjects, predicateType }: Statement,
): Finding | undefined {
  const isOfOne = form === "pep740-attestation" || predicateType === PUBLISH_V1
  return isOfOne && subjects.length !== 1
    ? { expected: "one subject", found: `${subjects.length} subjects` }
    : undefined
}

function nameFinding(
  { form }: Evidence,
  { predicateType }: Statement,
  subject: Subject | undefined,
  artifact: Artifact,
): Finding | undefined {
  const name = subject?.name
  const mustName = form === "pep740-attestation" || predicateType === PUBLISH_V1
  if (mustName && (name === undefined || !isDistributionFilename(name))) {
    return { expected: "a subject named like a distribution", found: name ?? "no name" }
  }
  if (artifact.name === undefined || name === undefined || name === artifact.name) return undefined
  if (!isDistributionFilename(name)) return undefined
  if (!isDistributionFilename(artifact.name)) {
    // A renamed file is only refused where the attestation is about a name: PEP 740 attests "this file of this release".
    return mustName ? { expected: `a file named ${name}`, found: artifact.name } : undefined
  }
  return sameDistribution(parseDistributionFilename(artifact.name), parseDistributionFilename(name))
    ? undefined
    : { expected: `the distribution ${artifact.name}`, found: name }
}
