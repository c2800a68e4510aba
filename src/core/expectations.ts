import { check, type Finding } from "./check.ts"
import type { CheckId } from "./checks.ts"
import type { Claim } from "./claim.ts"
import { isDelegated } from "./cross-check.ts"
import type { Expectation } from "./expectation.ts"
import type { Identity } from "./identity.ts"
import type { Reason } from "./verdict.ts"
import { parseSourceRepository, splitAtRef, workflowOf } from "./workflow.ts"

/** What there is to compare with: what a certificate proves, or what the holder of a trusted key says. */
export interface Proven {
  readonly identity: Identity | undefined
  readonly claim: Claim | undefined
  readonly predicateType: string | undefined
}

interface Rule {
  readonly id: CheckId
  /** The flag, without dashes. */
  readonly flag: string
  readonly expected: (expectation: Expectation) => string | undefined
  readonly actual: (proven: Proven) => string | undefined
  readonly matches?: (expected: string, actual: string, proven: Proven) => boolean
}

/** Runners that the forge itself runs, as certificates name them; every other is somebody's own. */
const HOSTED_RUNNERS: ReadonlySet<string> = new Set(["github-hosted", "gitlab-hosted"])

const RULES: readonly Rule[] = [
  {
    id: "expect-source",
    flag: "source",
    expected: ({ source }) => source,
    actual: (proven) => comparableSource(fact(proven, "sourceRepository", "sourceRepository")),
  },
  {
    id: "expect-ref",
    flag: "source-ref",
    expected: ({ sourceRef }) => sourceRef,
    actual: (proven) => fact(proven, "sourceRef", "sourceRef"),
  },
  {
    id: "expect-commit",
    flag: "source-commit",
    expected: ({ sourceCommit }) => sourceCommit,
    actual: (proven) => fact(proven, "sourceCommit", "sourceCommit"),
  },
  {
    id: "expect-workflow",
    flag: "workflow",
    expected: ({ workflow }) => workflow,
    actual: ({ identity, claim }) =>
      identity === undefined ? claim?.workflow : workflowOf(identity)?.path,
    matches: (expected, actual) =>
      actual === expected || actual === `.github/workflows/${expected}`,
  },
  {
    id: "expect-builder",
    flag: "builder",
    expected: ({ builder }) => builder,
    actual: builderOf,
    matches: (expected, actual) => actual === expected || splitAtRef(actual).name === expected,
  },
  {
    id: "expect-identity",
    flag: "identity",
    expected: ({ identity }) => identity,
    actual: ({ identity }) => identity?.san.value,
  },
  {
    id: "expect-issuer",
    flag: "issuer",
    expected: ({ issuer }) => issuer,
    actual: ({ identity }) => identity?.issuer,
  },
  {
    id: "expect-repository-id",
    flag: "repository-id",
    expected: ({ repositoryId }) => repositoryId,
    actual: (proven) => fact(proven, "sourceRepositoryId", "repositoryId"),
  },
  {
    id: "expect-owner-id",
    flag: "owner-id",
    expected: ({ ownerId }) => ownerId,
    actual: (proven) => fact(proven, "ownerId", "ownerId"),
  },
  {
    id: "expect-trigger",
    flag: "trigger",
    expected: ({ trigger }) => trigger,
    actual: (proven) => fact(proven, "trigger", "trigger"),
  },
  {
    id: "expect-runner",
    flag: "deny-self-hosted-runners",
    expected: ({ denySelfHostedRunners }) =>
      denySelfHostedRunners === true ? [...HOSTED_RUNNERS].join(" or ") : undefined,
    actual: (proven) => fact(proven, "runnerEnvironment", "runner"),
    matches: (_, actual) => HOSTED_RUNNERS.has(actual),
  },
]

/** What comparing with the user's expectations came to. */
export interface Comparison {
  readonly reasons: readonly Reason[]
  readonly compared: readonly { readonly field: string; readonly value: string }[]
  readonly notCompared: readonly { readonly field: string; readonly value: string }[]
}

/** Compares what was proved with everything that the user expects; what cannot be seen in the evidence does not match. */
export function compareExpectations(
  proven: Proven,
  expectation: Expectation,
  origin: string,
): Comparison {
  const reasons: Reason[] = []
  const compared: { field: string; value: string }[] = []
  const notCompared: { field: string; value: string }[] = []
  for (const rule of RULES) {
    const expected = rule.expected(expectation)
    const actual = rule.actual(proven)
    if (expected === undefined) {
      if (actual !== undefined) notCompared.push({ field: rule.flag, value: actual })
      continue
    }
    const reason = check(rule.id, origin, () => findingOf(rule, expected, actual, proven))
    if (reason === undefined) compared.push({ field: rule.flag, value: expected })
    else reasons.push(reason)
  }
  return { reasons, compared, notCompared }
}

function findingOf(
  { flag, matches }: Rule,
  expected: string,
  actual: string | undefined,
  proven: Proven,
): Finding | undefined {
  if (actual === undefined) return { expected, found: `evidence that does not prove any ${flag}` }
  const same = matches === undefined ? actual === expected : matches(expected, actual, proven)
  return same ? undefined : { expected, found: actual }
}

// With a certificate only the certificate counts. A managed key's holder vouches for the whole statement, so there it does.
function fact(
  { identity, claim }: Proven,
  proved: Exclude<keyof Identity, "san">,
  claimed: Exclude<keyof Claim, "run" | "inputs" | "resolvedDependencies">,
): string | undefined {
  return identity === undefined ? claim?.[claimed] : identity[proved]
}

function comparableSource(repository: string | undefined): string | undefined {
  return repository === undefined ? undefined : (parseSourceRepository(repository) ?? repository)
}

function builderOf({ identity, claim }: Proven): string | undefined {
  if (identity === undefined || isDelegated(identity)) return claim?.builder
  const { buildSignerUri, san } = identity
  return buildSignerUri ?? (san.kind === "uri" ? san.value : undefined)
}
