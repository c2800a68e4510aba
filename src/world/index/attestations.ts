import type { Artifact } from "../../core/artifact.ts"
import { parseSha256 } from "../../core/digest.ts"
import { utf8 } from "../../core/bytes.ts"
import { malformed, WheelproofError } from "../../core/errors.ts"
import type { Evidence } from "../../core/evidence.ts"
import type { Identity } from "../../core/identity.ts"
import { parseJson } from "../../core/json.ts"
import { Shape } from "../../core/shape.ts"
import type { Statement } from "../../core/statement.ts"
import type { TrustedInstance } from "../../core/trust.ts"
import { createVerifier, type Verifier } from "../../core/verifier.ts"
import { parseAttestation } from "../../formats/pep740.ts"
import { parseDistributionFilename, sameDistribution } from "../../packaging/distribution.ts"
import { checkIdentity } from "./attestation-policy.ts"
import { Refusal } from "./refusal.ts"

const SUPPORTED = [
  "https://docs.pypi.org/attestations/publish/v1",
  "https://slsa.dev/provenance/v1",
]

/** What an uploader's attestations are checked against. */
export interface AttestationRequest {
  /** The form field: JSON, a list of attestation objects. */
  readonly json: string
  /** The publisher as provenance objects have it. */
  readonly identity: Readonly<Record<string, string | null>>
  readonly filename: string
  readonly sha256: string
  readonly trust: readonly TrustedInstance[]
}

/**
 * The provenance object (PEP 740) that an upload's attestations amount to, or PyPI's refusal (Warehouse, `attestations/services.py`, and
 * `pypi_attestations` 0.0.29 below it): every attestation is verified against the publisher, whatever its type. What PyPI does not know
 * of an attestation object, timestamps among it, is dropped.
 */
export function acceptAttestations(request: AttestationRequest): object | Refusal {
  const attestations = readList(request.json)
  if (attestations instanceof Refusal) return attestations
  const verifier = createVerifier({ instances: request.trust, statementCounts: false })
  const seen = new Set<string>()
  for (const attestation of attestations) {
    const type = verifyOne(attestation, request, verifier)
    if (type instanceof Refusal) return type
    if (seen.has(type)) {
      return new Refusal(
        400,
        `Multiple attestations for the same file with the same predicate type (${type}) are not supported`,
      )
    }
    seen.add(type)
  }
  return {
    attestation_bundles: [{ attestations, publisher: request.identity }],
    version: 1,
  }
}

/** The attestations in the shape in which PyPI keeps them. */
function readList(json: string): readonly object[] | Refusal {
  let attestations: readonly object[]
  try {
    const value = parseJson(utf8(json), "attestations")
    const list = new Shape({ list: value }, "").list("list", 1_000)
    attestations = list.map(({ value: item }, index) => readOne(new Shape(item, String(index))))
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    return new Refusal(400, `Malformed attestations: ${error.message}`)
  }
  if (attestations.length === 0) {
    return new Refusal(400, "Malformed attestations: an empty attestation set is not permitted")
  }
  if (attestations.length <= SUPPORTED.length) return attestations
  return new Refusal(400, `A maximum of ${SUPPORTED.length} attestations per file are supported`)
}

const MAX_ENTRIES = 32

// Only what `pypi_attestations` 0.0.29 has a place for; it looks at the first log entry and keeps them all.
function readOne(attestation: Shape): object {
  const { path } = attestation
  if (attestation.raw("version") !== 1) throw malformed(`${path}.version: Input should be 1`)
  const material = attestation.object("verification_material")
  const entries = material.list("transparency_entries", MAX_ENTRIES)
  if (entries.length === 0) {
    throw malformed(
      `${path}.verification_material.transparency_entries: List should have at least 1 item after validation, not 0`,
    )
  }
  const envelope = attestation.object("envelope")
  return {
    envelope: {
      signature: base64Text(envelope, "signature"),
      statement: base64Text(envelope, "statement"),
    },
    verification_material: {
      certificate: base64Text(material, "certificate"),
      transparency_entries: entries.map(({ value }) => value),
    },
    version: 1,
  }
}

function base64Text(shape: Shape, name: string): string {
  shape.base64(name)
  return shape.string(name)
}

/** The predicate type of an attestation that holds for this file and publisher. */
function verifyOne(
  stored: object,
  { identity, filename, sha256 }: AttestationRequest,
  verifier: Verifier,
): string | Refusal {
  const evidence = toEvidence(stored)
  if (evidence instanceof Refusal) return evidence
  const outcome = verifier.authenticate(evidence)
  if (!outcome.ok) {
    const { expected, found } = outcome.reason
    return failed(`expected ${expected}, found ${found}`)
  }
  const { content } = evidence
  if (content.kind !== "dsse") return failed("cannot perform DSSE verification")
  const artifact: Artifact = { name: filename, digests: { sha256: parseSha256(sha256) } }
  const finding =
    checkSigner(outcome.value.identity, identity) ?? checkStatement(content.statement, artifact)
  return finding === undefined ? content.statement.predicateType : failed(finding)
}

function failed(finding: string): Refusal {
  return new Refusal(
    400,
    `Could not verify the uploaded artifact using the included attestation: Verification failed: ${finding}`,
  )
}

function unknown(finding: string): Refusal {
  return new Refusal(400, `Unknown error while trying to verify included attestations: ${finding}`)
}

/** The conversion to a bundle, in which only the first entry counts and no timestamp has a place. */
function toEvidence(stored: object): Evidence | Refusal {
  let evidence: Evidence
  try {
    evidence = parseAttestation(new Shape(stored, "attestation"), "attestation")
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    return unknown(
      error.message.includes("transparency_entries")
        ? "invalid transparency log entry"
        : error.message,
    )
  }
  const [entry] = evidence.entries
  if (entry?.inclusionProof?.checkpoint === undefined) {
    return unknown("invalid transparency log entry")
  }
  if (entry.signedEntryTimestamp === undefined) {
    return unknown("bundle must contain an inclusion promise or signed timestamp(s)")
  }
  if (entry.kind !== "dsse" || entry.version !== "0.0.1") {
    return failed("Integrated time only supported for dsse/hashedrekord 0.0.1 types")
  }
  return { ...evidence, entries: [entry], timestamps: [] }
}

function checkSigner(
  signer: Identity | undefined,
  publisher: Readonly<Record<string, string | null>>,
): string | undefined {
  return signer === undefined ? "not signed by a certificate" : checkIdentity(signer, publisher)
}

/** What `pypi_attestations` demands of a statement: one subject, whose name is the file's when both are parsed, and the digest. */
function checkStatement(statement: Statement, artifact: Artifact): string | undefined {
  const { type, subjects, predicateType } = statement
  if (type !== "https://in-toto.io/Statement/v1") return `invalid statement: _type is ${type}`
  const [subject, ...others] = subjects
  if (subject === undefined || others.length > 0) {
    return "too many subjects in statement (must be exactly one)"
  }
  if (subject.name === undefined || subject.name === "") return "invalid subject: missing name"
  const filename = artifact.name ?? ""
  try {
    const named = parseDistributionFilename(subject.name)
    if (!sameDistribution(named, parseDistributionFilename(filename))) {
      return `subject does not match distribution name: ${subject.name} != ${filename}`
    }
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    return `invalid subject: ${error.message}`
  }
  if (subject.digest.get("sha256") !== artifact.digests.sha256) {
    return "subject does not match distribution digest"
  }
  return SUPPORTED.includes(predicateType)
    ? undefined
    : `unknown attestation type: ${predicateType}`
}
