/**
 * Whom and what to trust. Every value is compared exactly; what is absent is not compared, and the report says so.
 * There are no patterns here.
 */
export interface Expectation {
  /** `host/owner/name`, as {@link parseSourceRepository} writes it. */
  readonly source?: string
  /** A full ref: `refs/tags/v1`. */
  readonly sourceRef?: string
  /** Lower-case hex. */
  readonly sourceCommit?: string
  /** The top-level workflow: its file name, or its path in the repository. */
  readonly workflow?: string
  /** The builder's URI, with or without `@ref`. */
  readonly builder?: string
  /** The certificate's subject alternative name. */
  readonly identity?: string
  readonly issuer?: string
  readonly repositoryId?: string
  readonly ownerId?: string
  readonly trigger?: string
  readonly denySelfHostedRunners?: boolean
  /** A predicate type URI. */
  readonly predicate?: string
}
