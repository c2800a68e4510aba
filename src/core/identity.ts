/** A subject alternative name of a signing certificate (RFC 5280 §4.2.1.6). */
export interface SubjectAlternativeName {
  readonly kind: "uri" | "email" | "other"
  readonly value: string
}

/**
 * What a Fulcio certificate proves about who signed, from its subject alternative name and its extensions under
 * 1.3.6.1.4.1.57264.1 (Fulcio, `docs/oid-info.md`). Every value is copied as it stands; absent extensions are absent.
 * Where a legacy extension (.1 to .6) and its successor are both present they are equal, or parsing threw.
 */
export interface Identity {
  readonly san: SubjectAlternativeName
  /** .8, or .1: the OIDC issuer. */
  readonly issuer?: string
  /** .9: the workflow that requested the certificate; for a reusable workflow the called one. */
  readonly buildSignerUri?: string
  /** .10: the commit of that workflow. */
  readonly buildSignerDigest?: string
  /** .11: `github-hosted` or `self-hosted`. */
  readonly runnerEnvironment?: string
  /** .12, or .5 with GitHub's address before it: the repository that was built, as an URL. */
  readonly sourceRepository?: string
  /** .13, or .3: the commit that was built. */
  readonly sourceCommit?: string
  /** .14, or .6: the ref that was built, such as `refs/tags/v1`. */
  readonly sourceRef?: string
  /** .15: the numeric id of the repository; survives a rename, changes on a re-creation. */
  readonly sourceRepositoryId?: string
  /** .16: the owner of the repository, as an URL. */
  readonly ownerUri?: string
  /** .17: the numeric id of the owner. */
  readonly ownerId?: string
  /** .18: the top-level workflow file with its ref. */
  readonly buildConfigUri?: string
  /** .19: the commit of the top-level workflow file. */
  readonly buildConfigDigest?: string
  /** .20, or .2: the event that started the build. */
  readonly trigger?: string
  /** .21: the address of the run and its attempt. */
  readonly runUri?: string
  /** .22: `public`, `private` or `internal`, at signing time. */
  readonly visibility?: string
  /** .23: the deployment environment of the job. */
  readonly deploymentEnvironment?: string
  /** .24: the subject of the OIDC token. */
  readonly tokenSubject?: string
  /** .4: the display name of the workflow. Anybody may choose it: never for policy. */
  readonly workflowName?: string
}
