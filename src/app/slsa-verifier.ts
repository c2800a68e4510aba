import type { Artifact } from "../core/artifact.ts"
import type { Authentic } from "../core/authenticate.ts"
import { crossCheck } from "../core/cross-check.ts"
import { parseSha256, type Sha256 } from "../core/digest.ts"
import { WheelproofError } from "../core/errors.ts"
import type { Evidence } from "../core/evidence.ts"
import { LIMITS } from "../core/limits.ts"
import { namesDigest } from "../core/statement.ts"
import type { Reason } from "../core/verdict.ts"
import { createVerifier, type Verifier } from "../core/verifier.ts"
import type { Files } from "../io/files.ts"
import { hashFile } from "../io/hash-file.ts"
import { checkDispatch } from "../policy/slsa-verifier/dispatch.ts"
import { decideProvenance, type ProvenanceFlags } from "../policy/slsa-verifier/verify.ts"
import { decideVsa } from "../policy/slsa-verifier/vsa.ts"
import { Candidates } from "./candidates.ts"
import { type EvidenceEffects, readEvidenceFile } from "./evidence-files.ts"
import { createLookUp, type LogAccess, needsLookUp } from "./look-up.ts"
import type { TrustSource } from "./trust-source.ts"

/** slsa-verifier's `verify-artifact`: absent means that the flag was not given, `""` that it was given empty. */
export interface SlsaArtifactRequest {
  readonly artifacts: readonly string[]
  readonly provenancePath: string
  readonly sourceUri: string
  readonly sourceBranch?: string
  readonly sourceTag?: string
  readonly sourceVersionedTag?: string
  readonly builderId?: string
  readonly workflowInputs: ReadonlyMap<string, string>
  /** `SLSA_VERIFIER_TESTING` is on. */
  readonly testing: boolean
}

/** slsa-verifier's `verify-github-attestation`. */
export interface SlsaGithubRequest {
  readonly artifact: string
  readonly attestationPath: string
  readonly sourceUri: string
  readonly builderId: string
  readonly testing: boolean
}

/** slsa-verifier's `verify-vsa`. */
export interface SlsaVsaRequest {
  /** Each `type:value`. */
  readonly subjectDigests: readonly string[]
  readonly attestationPath: string
  readonly verifierId: string
  readonly resourceUri: string
  readonly publicKeyPath: string
  readonly publicKeyId: string
  readonly verifiedLevels: readonly string[]
}

/** What happens during a drop-in command, in order. The shell prints each as slsa-verifier does. */
export type SlsaEvent =
  | { readonly kind: "log-entry"; readonly logIndex: string; readonly url: string }
  | { readonly kind: "index-search" }
  | { readonly kind: "build"; readonly builder: string; readonly commit: string }
  /** One artifact (or the VSA) passed all checks; `payload` is what was signed. */
  | { readonly kind: "passed"; readonly target: string; readonly payload: Uint8Array }
  /** The first failure ends the run. */
  | { readonly kind: "failed"; readonly target: string; readonly error: string }

/** The world that the drop-in commands work in. */
export interface SlsaEffects extends EvidenceEffects {
  readonly trust: TrustSource
  readonly logs: LogAccess
}

type Question = Pick<Parameters<typeof decideProvenance>[0], "command" | "testing"> & {
  readonly flags: ProvenanceFlags
}

/** slsa-verifier's `verify-artifact`: the artifacts in the order given, up to the first failure; all by one builder. */
export async function* verifyArtifact(
  request: SlsaArtifactRequest,
  effects: SlsaEffects,
): AsyncGenerator<SlsaEvent> {
  const { artifacts, provenancePath, testing, ...flags } = request
  const builders = new Set<string>()
  for (const target of artifacts) {
    const question: Question = { command: "verify-artifact", flags, testing }
    for await (const event of verifyOne(target, provenancePath, question, effects)) {
      if (event.kind === "build") builders.add(event.builder)
      if (event.kind === "passed" && builders.size > 1) {
        const error = `encountered different builderIDs: ${[...builders].join(" and ")}`
        yield { kind: "failed", target, error }
        return
      }
      yield event
      if (event.kind === "failed") return
    }
  }
}

/** slsa-verifier's `verify-github-attestation`: one artifact, and only Sigstore bundles. */
export async function* verifyGithubAttestation(
  request: SlsaGithubRequest,
  effects: SlsaEffects,
): AsyncGenerator<SlsaEvent> {
  const { artifact, attestationPath, sourceUri, builderId, testing } = request
  yield* verifyOne(
    artifact,
    attestationPath,
    {
      command: "verify-github-attestation",
      flags: { sourceUri, builderId, workflowInputs: new Map() },
      testing,
    },
    effects,
  )
}

/** slsa-verifier's `verify-vsa`. */
export async function* verifyVsa(request: SlsaVsaRequest, files: Files): AsyncGenerator<SlsaEvent> {
  const target = request.attestationPath
  const decision = decideVsa({
    envelope: files.read(target, LIMITS.documentBytes),
    publicKeyPem: Buffer.from(files.read(request.publicKeyPath, LIMITS.certificateBytes)).toString(
      "latin1",
    ),
    flags: request,
  })
  yield decision.kind === "passed"
    ? { kind: "passed", target, payload: decision.payload }
    : { kind: "failed", target, error: decision.message }
}

async function* verifyOne(
  target: string,
  provenancePath: string,
  question: Question,
  effects: SlsaEffects,
): AsyncGenerator<SlsaEvent> {
  try {
    const sha256 = await digestOf(target, effects)
    const unsupported = checkDispatch(question.command, question.flags.builderId)
    if (unsupported !== undefined) {
      yield { kind: "failed", target, error: unsupported.message }
      return
    }
    yield* verifyAny(
      target,
      sha256,
      await readProvenance(provenancePath, sha256, effects),
      question,
      effects,
    )
  } catch (error) {
    if (!(error instanceof WheelproofError) || isAboutTheRun(error)) throw error
    yield { kind: "failed", target, error: error.message }
  }
}

// slsa-verifier knows files alone; a digest is for artifacts that are somewhere else.
async function digestOf(target: string, { files, breathe }: SlsaEffects): Promise<Sha256> {
  const isDigest = target.startsWith("sha256:") && files.kind(target) === "missing"
  if (isDigest) return parseSha256(target.slice("sha256:".length))
  return (await hashFile(files, target, breathe)).sha256
}

function isAboutTheRun({ code }: WheelproofError): boolean {
  return ["ERR_USAGE", "ERR_CONFIG", "ERR_TRUST_ROOT", "ERR_INTERRUPTED"].includes(code)
}

/** The attestations of a file that name this artifact; where none does the first, so that its own mismatch is reported. */
async function readProvenance(
  file: string,
  sha256: Sha256,
  effects: SlsaEffects,
): Promise<readonly Evidence[]> {
  const naming = new Candidates()
  let first: Evidence | undefined
  for await (const item of readEvidenceFile(effects, file)) {
    if (item.kind === "malformed") throw new WheelproofError("ERR_INPUT_MALFORMED", item.message)
    first ??= item.evidence
    const { content } = item.evidence
    if (content.kind === "dsse" && namesDigest(content.statement, sha256)) naming.add(item.evidence)
  }
  if (first === undefined)
    throw new WheelproofError("ERR_INPUT_MALFORMED", `${file} holds no attestation`)
  return naming.kept.length > 0 ? naming.kept : [first]
}

// One attestation that passes is enough; the last one's failure is reported where none does.
async function* verifyAny(
  target: string,
  sha256: Sha256,
  candidates: readonly Evidence[],
  question: Question,
  effects: SlsaEffects,
): AsyncGenerator<SlsaEvent> {
  for (const [index, evidence] of candidates.entries()) {
    await effects.breathe()
    const events: SlsaEvent[] = []
    for await (const event of verifyEvidence(target, sha256, evidence, question, effects)) {
      events.push(event)
    }
    const passed = events.some(({ kind }) => kind === "passed")
    if (passed || index === candidates.length - 1) {
      yield* events
      return
    }
  }
}

async function* verifyEvidence(
  target: string,
  sha256: Sha256,
  evidence: Evidence,
  question: Question,
  effects: SlsaEffects,
): AsyncGenerator<SlsaEvent> {
  const isBare = needsLookUp(evidence, false)
  if (isBare && question.command === "verify-github-attestation") {
    yield { kind: "failed", target, error: "github attestations must be signed by Sigstore" }
    return
  }
  if (isBare && evidence.material.kind === "none") yield { kind: "index-search" }
  const artifact: Artifact = { digests: { sha256 } }
  const completed = await createLookUp(effects.logs, effects.trust, false)(evidence, artifact)
  if ("reason" in completed) {
    yield { kind: "failed", target, error: describe(completed.reason) }
    return
  }
  const verifier = createVerifier({ instances: await effects.trust.instances() })
  yield* decideOne(target, artifact, completed.evidence, { question, verifier, isBare })
}

async function* decideOne(
  target: string,
  artifact: Artifact,
  evidence: Evidence,
  {
    question,
    verifier,
    isBare,
  }: { readonly question: Question; readonly verifier: Verifier; readonly isBare: boolean },
): AsyncGenerator<SlsaEvent> {
  const outcome = verifier.authenticate(evidence, artifact)
  if (!outcome.ok) {
    yield { kind: "failed", target, error: describe(outcome.reason) }
    return
  }
  if (isBare) yield* describeLogEntries(outcome.value)
  const { content } = evidence
  const { identity } = outcome.value
  if (content.kind !== "dsse" || identity === undefined) {
    yield {
      kind: "failed",
      target,
      error: "the attestation is not a DSSE envelope signed with a certificate",
    }
    return
  }
  const decision = decideProvenance({
    ...question,
    identity,
    payloadType: content.payloadType,
    payload: content.payload,
    artifactSha256: artifact.digests.sha256,
  })
  const error = decision.kind === "failed" ? decision.message : contradictionIn(evidence, identity)
  if (decision.kind === "failed" || error !== undefined) {
    yield { kind: "failed", target, error: error ?? "" }
    return
  }
  yield { kind: "build", builder: decision.builderId, commit: decision.sourceSha1 }
  yield { kind: "passed", target, payload: content.payload }
}

function* describeLogEntries({ logEntries }: Authentic): Generator<SlsaEvent> {
  for (const { log, logIndex } of logEntries) {
    yield { kind: "log-entry", logIndex, url: `${log}/api/v1/log/entries?logIndex=${logIndex}` }
  }
}

// slsa-verifier only does this for npm packages; a statement that contradicts its certificate, or itself, is a lie everywhere.
function contradictionIn(
  { content, origin }: Evidence,
  identity: NonNullable<Authentic["identity"]>,
): string | undefined {
  const predicate = content.kind === "dsse" ? content.statement.predicate : undefined
  if (predicate?.kind === "malformed") return `invalid DSSE envelope payload: ${predicate.message}`
  if (predicate?.kind !== "provenance") return undefined
  // Whose builder the statement may name is decided by slsa-verifier's own, finer rules.
  const { reasons } = crossCheck(predicate.claim, identity, origin)
  const reason = reasons.find(({ check }) => check !== "claim-builder")
  return reason === undefined
    ? undefined
    : `certificate and provenance mismatch: ${describe(reason)}`
}

function describe({ check, expected, found }: Reason): string {
  return `expected ${expected}, found ${found} [${check}]`
}
