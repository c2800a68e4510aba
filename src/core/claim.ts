/** A dependency that a provenance statement says the build resolved. */
export interface ResolvedDependency {
  readonly uri: string | undefined
  readonly digest: ReadonlyMap<string, string>
}

/** A run of a workflow and which attempt it was. */
export interface Run {
  readonly id: string
  readonly attempt: string
  /** Its whole address, where the statement gives that. */
  readonly uri?: string
}

/**
 * What a predicate says about the build, in one shape for SLSA provenance v0.2 and v1 and every build type.
 * All of it is the signer's own word: only what also stands in the certificate is proved (see `checkClaim…`).
 */
export interface Claim {
  readonly builder?: string
  readonly buildType?: string
  /** As an URL without `git+` and without a ref: `https://github.com/owner/name`. */
  readonly sourceRepository?: string
  /** `refs/tags/v1`, `refs/heads/main`. */
  readonly sourceRef?: string
  /** Lower-case hex. */
  readonly sourceCommit?: string
  /** The path of the top-level workflow in the source repository. */
  readonly workflow?: string
  /** The ref that the workflow file was read from, where the statement says it apart from the source ref. */
  readonly workflowRef?: string
  readonly trigger?: string
  readonly run?: Run
  readonly runner?: string
  readonly repositoryId?: string
  readonly ownerId?: string
  /** `workflow_dispatch` inputs, where the build type records them. */
  readonly inputs?: Readonly<Record<string, unknown>>
  readonly resolvedDependencies: readonly ResolvedDependency[]
}

/** The builder that provenance names where no build platform vouches for it: a person's or key holder's own machine. */
export const LOCAL_BUILDER = "urn:wheelproof:builder:local"
