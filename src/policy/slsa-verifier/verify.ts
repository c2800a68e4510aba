import type { Sha256 } from "../../core/digest.ts"
import type { Identity } from "../../core/identity.ts"
import { buildTypesOf, type FieldReader, type SlsaCommand } from "./builders.ts"
import { checkPredicateBuilder, trustBuilder } from "./builder-trust.ts"
import { checkCertificateSource, checkExtensions } from "./certificate-workflow.ts"
import { checkDigest } from "./digest.ts"
import { decided, Refusal, type SlsaFailure } from "./errors.ts"
import { builderOf, type Fields, readFields } from "./fields.ts"
import { checkInputs } from "./inputs.ts"
import { checkBranch, checkTag, checkVersionedTag } from "./refs.ts"
import { checkSource } from "./source.ts"
import { decodeStatement, type SlsaStatement } from "./statement.ts"

/** The flags of the drop-in commands: undefined was not given, `""` was given empty. */
export interface ProvenanceFlags {
  readonly sourceUri: string
  readonly sourceBranch?: string
  readonly sourceTag?: string
  readonly sourceVersionedTag?: string
  readonly builderId?: string
  readonly workflowInputs: ReadonlyMap<string, string>
}

/** A provenance statement whose signature, certificate and log entry already hold, and what is expected of it. */
export interface ProvenanceQuestion {
  readonly command: SlsaCommand
  readonly identity: Identity
  readonly payloadType: string
  readonly payload: Uint8Array
  readonly artifactSha256: Sha256
  readonly flags: ProvenanceFlags
  /** slsa-verifier's testing switch, which relaxes the builders' refs for two repositories of theirs. */
  readonly testing: boolean
}

/** The statement is what slsa-verifier would pass. */
export interface ProvenancePassed {
  readonly kind: "passed"
  /** The full id of the builder, with its ref. */
  readonly builderId: string
  /** The commit, from the certificate. */
  readonly sourceSha1: string
}

/** Decides as slsa-verifier 2.7.1 does, check by check in its order; where it fails open this is stricter (docs/slsa-verifier-differences.md). */
export function decideProvenance(question: ProvenanceQuestion): ProvenancePassed | SlsaFailure {
  return decided(() => decide(question))
}

function decide(question: ProvenanceQuestion): ProvenancePassed {
  const { command, identity, payloadType, payload, artifactSha256, flags, testing } = question
  checkExtensions(identity)
  const trusted = trustBuilder(identity, flags.builderId, command, testing)
  checkCertificateSource(flags.sourceUri, identity)
  const statement = decodeStatement(payloadType, payload)
  const reader = chooseReader(statement, trusted.id.name)
  const fields = readFields(statement, reader)
  const builderId = checkPredicateBuilder({
    trusted,
    claimed: fields.builderId,
    sourceUri: fields.sourceUri(),
    builderId: flags.builderId,
    testing,
  })
  checkSource({
    expected: flags.sourceUri,
    sourceUri: fields.sourceUri(),
    triggerUri: fields.triggerUri(),
    mayLackRef: reader === "delegator",
  })
  checkDigest(fields.subjects, artifactSha256)
  checkFlags(fields, flags)
  return { kind: "passed", builderId, sourceSha1: identity.sourceCommit ?? "" }
}

function chooseReader(statement: SlsaStatement, builder: string): FieldReader {
  const { buildType } = builderOf(statement)
  const rows = buildTypesOf(statement.version, builder)
  if (rows.length === 0) {
    throw new Refusal(
      "ErrorInvalidBuilderID",
      `${builder} makes no provenance ${statement.version}`,
    )
  }
  const row = rows.find(({ buildTypes }) => buildTypes.includes(buildType))
  if (row === undefined)
    throw new Refusal("ErrorInvalidBuildType", `${builder} does not make ${buildType}`)
  return row.reader
}

function checkFlags(fields: Fields, flags: ProvenanceFlags): void {
  const { sourceBranch, sourceTag, sourceVersionedTag, workflowInputs } = flags
  if (sourceBranch !== undefined) checkBranch(sourceBranch, fields.branch())
  if (sourceTag !== undefined) checkTag(sourceTag, fields.tag())
  if (sourceVersionedTag !== undefined) checkVersionedTag(sourceVersionedTag, fields.tag())
  if (workflowInputs.size > 0) checkInputs(workflowInputs, fields.inputs())
}
