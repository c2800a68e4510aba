import { parseCertificate } from "../core/certificate.ts"
import { WheelproofError } from "../core/errors.ts"
import type { Evidence, LogEntry, Publisher } from "../core/evidence.ts"
import { parseIdentity } from "../core/fulcio.ts"
import type { Identity } from "../core/identity.ts"
import type { Statement } from "../core/statement.ts"
import { parseTimestampResponse } from "../core/timestamp-token.ts"
import type { ParsedEvidence } from "../formats/evidence-document.ts"
import { type EvidenceEffects, readEvidenceFile } from "./evidence-files.ts"

/** Labelled rows under a title; rendered without knowing what they are about. */
export interface Section {
  readonly title: string
  readonly rows: readonly { readonly label: string; readonly value: string }[]
}

/** Something to look at: for people in sections, for programs as JSON. */
export interface Inspection {
  readonly sections: readonly Section[]
  readonly json: unknown
}

const MAX_SHOWN = 100

/**
 * The `inspect` use case: what a file of evidence says, in its own words. Nothing is verified, and the first section says so. Throws for
 * a file that cannot be read or holds no evidence at all; what stands beside evidence and is none is shown as such.
 */
export async function inspect(file: string, effects: EvidenceEffects): Promise<Inspection> {
  const items: ParsedEvidence[] = []
  let more = 0
  for await (const item of readEvidenceFile(effects, file)) {
    if (items.length < MAX_SHOWN) items.push(item)
    else more += 1
  }
  refuseWithoutEvidence(items, file)
  const described = items.map(describe)
  return {
    sections: [
      {
        title: file,
        rows: [
          { label: "attestations", value: String(items.length + more) },
          { label: "verified", value: "nothing: this is what the file says, not what was proved" },
          ...(more === 0 ? [] : [{ label: "not shown", value: String(more) }]),
        ],
      },
      ...described.map(({ section }) => section),
    ],
    json: {
      file,
      verified: false,
      attestations: described.map(({ json }) => json),
      notShown: more,
    },
  }
}

function refuseWithoutEvidence(items: readonly ParsedEvidence[], file: string): void {
  if (items.some(({ kind }) => kind === "evidence")) return
  const [first] = items
  const message =
    first?.kind === "malformed"
      ? `${first.origin}: ${first.message}`
      : `${file} holds no attestation`
  throw new WheelproofError("ERR_INPUT_MALFORMED", message)
}

interface Described {
  readonly section: Section
  readonly json: unknown
}

function describe(item: ParsedEvidence): Described {
  if (item.kind === "malformed") {
    const { origin, message } = item
    return {
      section: { title: origin, rows: [{ label: "malformed", value: message }] },
      json: { origin, malformed: message },
    }
  }
  const { evidence } = item
  const facts: Record<string, unknown> = {
    form: evidence.form,
    ...contentFacts(evidence),
    ...signerFacts(evidence),
    ...(evidence.publisher === undefined
      ? {}
      : { "publisher named by the index": describePublisher(evidence.publisher) }),
    "log entries": evidence.entries.map(describeEntry),
    timestamps: evidence.timestamps.map(describeTimestamp),
  }
  return {
    section: { title: evidence.origin, rows: rowsOf(facts) },
    json: { origin: evidence.origin, ...facts },
  }
}

function contentFacts({ content }: Evidence): Record<string, unknown> {
  if (content.kind === "message") {
    const { digest } = content
    return {
      signs: `a file${digest === undefined ? "" : ` with ${digest.algorithm}:${digest.value}`}`,
    }
  }
  return { "payload type": content.payloadType, ...statementFacts(content.statement) }
}

function statementFacts(statement: Statement): Record<string, unknown> {
  const { type, predicateType, predicate, subjects } = statement
  const claim = predicate.kind === "provenance" ? predicate.claim : undefined
  return {
    "statement type": type,
    "predicate type": predicateType,
    subjects: subjects.map(
      ({ name, digest }) =>
        `${name ?? "(no name)"} ${[...digest].map(([algorithm, value]) => `${algorithm}:${value}`).join(" ")}`,
    ),
    ...(predicate.kind === "malformed" ? { "malformed predicate": predicate.message } : {}),
    ...(claim === undefined
      ? {}
      : {
          builder: claim.builder,
          "build type": claim.buildType,
          "source repository": claim.sourceRepository,
          "source ref": claim.sourceRef,
          "source commit": claim.sourceCommit,
          workflow: claim.workflow,
          trigger: claim.trigger,
          run: claim.run === undefined ? undefined : `${claim.run.id} attempt ${claim.run.attempt}`,
          runner: claim.runner,
          inputs: claim.inputs,
          "resolved dependencies": claim.resolvedDependencies.map(
            ({ uri }) => uri ?? "(no address)",
          ),
        }),
  }
}

function signerFacts({ material }: Evidence): Record<string, unknown> {
  switch (material.kind) {
    case "none":
      return { signer: "not named: the evidence carries no certificate" }
    case "key":
      return { signer: `a managed key${material.hint === "" ? "" : `, hint ${material.hint}`}` }
    case "certificate":
      return certificateFacts(material.leaf)
  }
}

function certificateFacts(leaf: Uint8Array): Record<string, unknown> {
  try {
    const certificate = parseCertificate(leaf)
    return {
      ...identityFacts(parseIdentity(certificate)),
      "certificate valid": `${isoTime(certificate.notBefore)} to ${isoTime(certificate.notAfter)}`,
    }
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    return { certificate: `cannot be read: ${error.message}` }
  }
}

/** The identity's fields by the names people know them by. */
function identityFacts(identity: Identity): Record<string, string | undefined> {
  return {
    signer: identity.san.value,
    issuer: identity.issuer,
    "certificate's source repository": identity.sourceRepository,
    "certificate's source ref": identity.sourceRef,
    "certificate's source commit": identity.sourceCommit,
    "certificate's workflow": identity.buildConfigUri,
    "certificate's trigger": identity.trigger,
    "certificate's run": identity.runUri,
    "certificate's runner": identity.runnerEnvironment,
    "repository id": identity.sourceRepositoryId,
    "owner id": identity.ownerId,
  }
}

function describePublisher(publisher: Publisher): string {
  switch (publisher.kind) {
    case "GitHub":
    case "GitLab":
      return `${publisher.kind} ${publisher.repository}, workflow ${publisher.workflow}`
    case "Google":
      return `Google ${publisher.email}`
    case "CircleCI":
      return `CircleCI project ${publisher.projectId}, pipeline ${publisher.pipelineDefinitionId}`
    case "unknown":
      return `${publisher.name}, a kind that cannot be checked`
  }
}

function describeEntry(entry: LogEntry): string {
  const { kind, version, logIndex, integratedTime } = entry
  const time = integratedTime === 0 ? "" : `, ${isoTime(integratedTime * 1000)}`
  return `${kind}/${version} at index ${logIndex}${time}`
}

function describeTimestamp(der: Uint8Array): string {
  try {
    return isoTime(parseTimestampResponse(der).time)
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    return `cannot be read: ${error.message}`
  }
}

function rowsOf(facts: Record<string, unknown>): Section["rows"] {
  return Object.entries(facts).flatMap(([label, value]) => {
    if (value === undefined) return []
    if (Array.isArray(value)) return value.map((item: unknown) => ({ label, value: String(item) }))
    return [{ label, value: typeof value === "string" ? value : JSON.stringify(value) }]
  })
}

function isoTime(time: number): string {
  return new Date(time).toISOString()
}
