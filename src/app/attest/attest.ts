import { WheelproofError } from "../../core/errors.ts"
import { createVerifier } from "../../core/verifier.ts"
import { runStart } from "../../ci/run-start.ts"
import { type BuildContext, expectationOf } from "../../formats/build-context.ts"
import { createJournal } from "./journal.ts"
import type { AttestEffects } from "./effects.ts"
import { contentOf, findWritten, writeOutputs } from "./outputs.ts"
import { type Plan, planStatements } from "./plan.ts"
import { createProver } from "./prove.ts"
import { dryReport, reportOf } from "./report.ts"
import type { AttestReport, AttestRequest, AttestWatch } from "./request.ts"
import { signWithKey, signWithSigstore, type Signatures } from "./sign.ts"
import { findSigner, type Signer } from "./signer.ts"
import { collectSubjects, JOURNAL_FOLDER, type RunStart } from "./subjects.ts"

/** A log answers in tenths of a second; this many at once keep it busy without being a burden. */
const CONCURRENCY = 8

/**
 * The `attest` use case: signs provenance and publish attestations for files, and writes them in the forms that Sigstore, GitHub and PyPI take. Nothing is
 * written before everything is signed, logged and proved by our own verifier. A run that broke off is finished by running it again:
 * docs/attesting.md says what is kept, and why. Throws what stands in the way: `ERR_USAGE`, `ERR_IDENTITY`, `ERR_SIGNING`, `ERR_NETWORK`, …
 */
export async function attest(
  request: AttestRequest,
  effects: AttestEffects,
  watch: AttestWatch,
): Promise<AttestReport> {
  const collected = await collectSubjects(request, startOf(request, effects), effects)
  const folder = outputFolder(request, collected.folder)
  const signer = await findSigner(request, effects, watch)
  refusePrivate(signer.context, request)
  const log = signer.kind === "key" ? "none" : request.logVersion
  const plan = planStatements(collected.subjects, signer.context, { folder, log })
  if (request.dryRun) return dryReport(plan, signer, collected)
  watch.total(plan.statements.length)
  const signatures = await signPlan(plan, signer, { request, effects, watch, folder })
  const trust = effects.trust.summary()
  return reportOf(plan, signer, collected, {
    ...signatures,
    ...(trust === undefined ? {} : { trust }),
  })
}

function startOf(
  { builtAfter }: AttestRequest,
  { environment, files }: AttestEffects,
): RunStart | undefined {
  if (builtAfter !== undefined) return { time: builtAfter, source: "the time of --built-after" }
  return runStart(environment, files)
}

function outputFolder({ output, files }: AttestRequest, common: string | undefined): string {
  const folder = output ?? (files.length === 0 ? "." : common)
  if (folder !== undefined) return folder
  throw new WheelproofError("ERR_USAGE", "the files are in several folders", {
    hint: "name the folder for the attestations with --output",
  })
}

/** A public log keeps what it is told for ever, and tells everybody. */
function refusePrivate(
  context: BuildContext,
  { privateRepository, signingConfig, dryRun }: AttestRequest,
): void {
  if (context.kind !== "github" && context.kind !== "gitlab") return
  const { visibility = "public" } = context
  if (visibility === "public" || privateRepository || signingConfig !== undefined || dryRun) return
  const name = context.kind === "github" ? context.repository : context.project
  throw new WheelproofError(
    "ERR_USAGE",
    `${name} is ${visibility}, and its name, commits and workflows would be in a public log for ever`,
    {
      hint: "agree with --private-repository, or sign with an instance of your own by --signing-config and --trusted-root",
    },
  )
}

interface Run {
  readonly request: AttestRequest
  readonly effects: AttestEffects
  readonly watch: AttestWatch
  readonly folder: string
}

/** Signs what is planned, and writes it. */
async function signPlan(plan: Plan, signer: Signer, run: Run): Promise<Signatures> {
  const { request, effects } = run
  const { force } = request
  const expectation = expectationOf(signer.context)
  if (signer.kind === "key") {
    const { key } = signer
    const prove = createProver(createVerifier({ instances: [], keys: [key.publicKey] }), {})
    const rules = { force, keyHint: key.publicKey.fingerprint, prove }
    const written = findWritten(plan, rules, effects.files)
    const signatures = signWithKey(plan.statements, key, { prove, written })
    await keep(plan, signatures, force, effects)
    return signatures
  }
  const instances = await effects.trust.instances()
  const prove = createProver(createVerifier({ instances }), expectation)
  const written = findWritten(plan, { force, keyHint: undefined, prove }, effects.files)
  const journal = effects.openJournal(run.folder, JOURNAL_FOLDER)
  const signatures = await signWithSigstore(
    plan.statements,
    {
      ...signer,
      instances,
      expectation,
      prove,
      http: effects.http,
      limits: effects.limits,
      concurrency: request.concurrency ?? CONCURRENCY,
      now: effects.now,
    },
    createJournal(journal, written),
    (name) => run.watch.finished(name),
  )
  await keep(plan, signatures, force, effects)
  // Only now is everything where it belongs.
  journal.remove()
  return signatures
}

async function keep(
  { outputs }: Plan,
  { attestations }: Signatures,
  force: boolean,
  { files }: AttestEffects,
): Promise<void> {
  const contents = outputs.map((output) => {
    const attestation = attestations.get(output.id)
    if (attestation === undefined) throw new Error(`${output.file} was not signed`)
    const { proven, bundle } = attestation
    return { file: output.file, content: contentOf(output, proven.evidence, bundle) }
  })
  await writeOutputs(contents, force, files)
}
