import { check, type Finding } from "./check.ts"
import type { CheckId } from "./checks.ts"
import { type Claim, LOCAL_BUILDER } from "./claim.ts"
import type { Identity } from "./identity.ts"
import type { Reason } from "./verdict.ts"
import { parseSourceRepository, runOf, splitAtRef, workflowOf } from "./workflow.ts"

/**
 * Builders that run on behalf of others ("bring your own builder", slsa-github-generator): the certificate shows the delegator,
 * which itself writes the delegate's name into the statement.
 */
const DELEGATORS: ReadonlySet<string> = new Set(
  ["delegator_generic_slsa3.yml", "delegator_lowperms-generic_slsa3.yml"].map(
    (file) => `https://github.com/slsa-framework/slsa-github-generator/.github/workflows/${file}`,
  ),
)

/** The builder ids by which npm and early `@actions/attest` name the kind of runner instead of a workflow. */
const RUNNER_BUILDERS = "https://github.com/actions/runner/"

const GITHUB_ISSUER = "https://token.actions.githubusercontent.com"

/**
 * Whether the certificate's signer is a delegator, whose statements name another builder. Only its releases are: whoever may push a branch
 * there could otherwise speak for every builder.
 */
export function isDelegated({ san, issuer }: Identity): boolean {
  const { name, ref } = splitAtRef(san.value)
  return (
    issuer === GITHUB_ISSUER &&
    DELEGATORS.has(name) &&
    /^refs\/tags\/v\d+\.\d+\.\d+$/.test(ref ?? "")
  )
}

interface Field {
  readonly id: CheckId
  readonly name: string
  /** What the statement says, in the form it is compared in; undefined where it is silent. */
  readonly claimed: (claim: Claim) => string | undefined
  /** What the certificate proves, likewise. */
  readonly proved: (identity: Identity, claim: Claim) => string | undefined
}

const FIELDS: readonly Field[] = [
  {
    id: "claim-builder",
    name: "builder",
    claimed: (claim) => claim.builder,
    proved: provedBuilder,
  },
  {
    id: "claim-repository",
    name: "source repository",
    claimed: (claim) => comparableRepository(claim.sourceRepository),
    proved: (identity) => comparableRepository(identity.sourceRepository),
  },
  {
    id: "claim-ref",
    name: "source ref",
    claimed: (claim) => claim.sourceRef,
    proved: (identity) => identity.sourceRef,
  },
  {
    id: "claim-ref",
    name: "workflow ref",
    claimed: (claim) => claim.workflowRef,
    proved: provedWorkflowRef,
  },
  {
    id: "claim-commit",
    name: "source commit",
    claimed: (claim) => claim.sourceCommit,
    proved: (identity) => identity.sourceCommit,
  },
  {
    id: "claim-workflow",
    name: "workflow",
    claimed: (claim) => claim.workflow,
    proved: (identity) => workflowOf(identity)?.path,
  },
  {
    id: "claim-trigger",
    name: "trigger",
    claimed: (claim) => claim.trigger,
    proved: (identity) => identity.trigger,
  },
  { id: "claim-run", name: "run", claimed: claimedRun, proved: provedRun },
  {
    id: "claim-repository-id",
    name: "repository id",
    claimed: (claim) => claim.repositoryId,
    proved: (identity) => identity.sourceRepositoryId,
  },
  {
    id: "claim-owner-id",
    name: "owner id",
    claimed: (claim) => claim.ownerId,
    proved: (identity) => identity.ownerId,
  },
  {
    id: "claim-runner",
    name: "runner",
    claimed: (claim) => claim.runner,
    proved: (identity) => identity.runnerEnvironment,
  },
]

/** What comparing a statement with the certificate that signed it came to. */
export interface CrossCheck {
  readonly reasons: readonly Reason[]
  /** The fields in which both speak and agree. */
  readonly agreed: readonly string[]
}

/**
 * Compares, field by field, what a statement says of its build with what the certificate proves. A field counts where both speak;
 * the statement alone is only its author's word.
 */
export function crossCheck(claim: Claim, identity: Identity, origin: string): CrossCheck {
  const reasons: Reason[] = []
  const agreed: string[] = []
  for (const field of FIELDS) {
    const claimed = field.claimed(claim)
    const proved = field.proved(identity, claim)
    if (claimed === undefined || proved === undefined) continue
    const reason = check(field.id, origin, () => compare(field.name, proved, claimed))
    if (reason === undefined) agreed.push(field.name)
    else reasons.push(reason)
  }
  return { reasons, agreed }
}

function compare(name: string, proved: string, claimed: string): Finding | undefined {
  if (proved === claimed) return undefined
  return {
    expected: `the ${name} of the certificate, ${proved}`,
    found: `the ${name} ${claimed} in the statement`,
  }
}

/** The builder that the certificate allows the statement to name. */
function provedBuilder(identity: Identity, { builder = "" }: Claim): string | undefined {
  const { san, runnerEnvironment, sourceRepository } = identity
  if (isDelegated(identity)) {
    // The delegator checks the delegate before it signs; what is left to see is that it names a workflow at all.
    return isWorkflowUri(builder) ? builder : "a workflow, named by the delegator"
  }
  if (builder.startsWith(RUNNER_BUILDERS) && runnerEnvironment !== undefined) {
    return `${RUNNER_BUILDERS}${runnerEnvironment}`
  }
  // GitLab's own statements name a runner of the project instead of the pipeline's file; GitHub has no such addresses.
  if (
    sourceRepository?.startsWith("https://github.com/") === false &&
    builder.startsWith(`${sourceRepository}/-/runners/`)
  ) {
    return builder
  }
  // A person's certificate names no builder. That it was their own machine is the one thing that they can say of it.
  if (san.kind === "email" && builder === LOCAL_BUILDER) return builder
  return san.value
}

// `@actions/attest` before 1.6.0 wrote the workflow file's ref, later ones the source ref; for a tag or branch they are the same.
function provedWorkflowRef(identity: Identity, { workflowRef }: Claim): string | undefined {
  return identity.sourceRef === workflowRef ? workflowRef : workflowOf(identity)?.ref
}

function isWorkflowUri(builder: string): boolean {
  return /^https:\/\/github\.com\/[\w.-]+\/[\w.-]+\/\.github\/workflows\/[\w.-]+@\S+$/.test(builder)
}

function claimedRun({ run }: Claim): string | undefined {
  return run === undefined ? undefined : (run.uri ?? `${run.id} attempt ${run.attempt}`)
}

// A whole address is compared whole: the same number is another run in another repository.
function provedRun({ runUri }: Identity, claim: Claim): string | undefined {
  if (claim.run?.uri !== undefined) return runUri
  const run = runUri === undefined ? undefined : runOf(runUri)
  return run === undefined ? undefined : `${run.id} attempt ${run.attempt}`
}

function comparableRepository(repository: string | undefined): string | undefined {
  return repository === undefined ? undefined : (parseSourceRepository(repository) ?? repository)
}
