import { LOCAL_BUILDER } from "../core/claim.ts"
import type { Expectation } from "../core/expectation.ts"

/** A job of GitHub Actions. Every member is a claim of the same name in its identity token. */
export interface GithubBuild {
  readonly kind: "github"
  /** `https://github.com`, or a tenant's own address. */
  readonly server: string
  readonly issuer: string
  /** `owner/name`. */
  readonly repository: string
  readonly repositoryId: string
  readonly ownerId: string
  readonly ref: string
  readonly commit: string
  /** The top-level workflow: `owner/name/path@ref`. */
  readonly workflowRef: string
  /** The workflow whose job this is, which is another where a reusable one was called. */
  readonly jobWorkflowRef: string
  readonly trigger: string
  readonly runId: string
  readonly runAttempt: string
  /** `github-hosted` or `self-hosted`. */
  readonly runner: string
  /** `public`, `private` or `internal`. */
  readonly visibility: string | undefined
}

/** A job of GitLab CI. */
export interface GitlabBuild {
  readonly kind: "gitlab"
  readonly server: string
  readonly issuer: string
  /** `group/project`. */
  readonly project: string
  readonly projectId: string
  readonly namespaceId: string
  /** A full ref. */
  readonly ref: string
  readonly commit: string
  /** The top-level pipeline definition, without scheme: `gitlab.com/group/project//path@ref`. */
  readonly configRefUri: string
  /** The path in it. */
  readonly configPath: string
  /** `pipeline_source`. */
  readonly trigger: string
  readonly jobId: string
  /** `gitlab-hosted` or `self-hosted`. */
  readonly runner: string
  readonly visibility: string | undefined
}

/** A job of CircleCI, whose tokens know projects and definitions by id. */
export interface CircleBuild {
  readonly kind: "circleci"
  readonly issuer: string
  readonly projectId: string
  readonly pipelineDefinitionId: string
  readonly workflowId: string
  readonly jobId: string
  /** `github.com/owner/name`, without scheme. */
  readonly repository: string | undefined
  readonly ref: string | undefined
}

/** A person who signed in. */
export interface Person {
  readonly kind: "person"
  /** The provider that knows them, as certificates name it. */
  readonly issuer: string
  /** Their e-mail address: it will be in the certificate, and nowhere else. */
  readonly email: string
}

/** The holder of a key of their own. */
export interface KeyHolder {
  readonly kind: "key"
}

/** Where and from what something was built, as far as somebody else than the build itself vouches for it. */
export type BuildContext = GithubBuild | GitlabBuild | CircleBuild | Person | KeyHolder

/** What a certificate for this build has to say, by the rules that Fulcio writes certificates by; see `config/identity/config.yaml` there. */
export function expectationOf(context: BuildContext): Expectation {
  switch (context.kind) {
    case "github":
      return {
        identity: builderOf(context),
        issuer: context.issuer,
        sourceRef: context.ref,
        sourceCommit: context.commit,
        repositoryId: context.repositoryId,
        ownerId: context.ownerId,
        trigger: context.trigger,
      }
    case "gitlab":
      return {
        identity: builderOf(context),
        issuer: context.issuer,
        sourceRef: context.ref,
        sourceCommit: context.commit,
        repositoryId: context.projectId,
        ownerId: context.namespaceId,
        trigger: context.trigger,
      }
    case "circleci":
      return {
        identity: builderOf(context),
        issuer: context.issuer,
        ...(context.ref === undefined ? {} : { sourceRef: context.ref }),
      }
    case "person":
      return { identity: context.email, issuer: context.issuer }
    case "key":
      return {}
  }
}

/** Who built: on a build platform what its certificates name, too. */
export function builderOf(context: BuildContext): string {
  switch (context.kind) {
    case "github":
      return `${context.server}/${context.jobWorkflowRef}`
    case "gitlab":
      return `https://${context.configRefUri}`
    case "circleci":
      return `https://circleci.com/api/v2/projects/${context.projectId}/pipeline-definitions/${context.pipelineDefinitionId}`
    case "person":
    case "key":
      return LOCAL_BUILDER
  }
}

/** The run, where it can be looked at. */
export function invocationOf(context: BuildContext): string | undefined {
  switch (context.kind) {
    case "github":
      return `${context.server}/${context.repository}/actions/runs/${context.runId}/attempts/${context.runAttempt}`
    case "gitlab":
      return `${context.server}/${context.project}/-/jobs/${context.jobId}`
    case "circleci":
      // With the two slashes that certificates have.
      return `https://app.circleci.com//workflow/${context.workflowId}/job/${context.jobId}`
    case "person":
    case "key":
      return undefined
  }
}

/** What was built from. */
export interface BuildSource {
  /** An URL. */
  readonly repository: string
  readonly ref: string | undefined
  readonly commit: string | undefined
}

/** The source, where the platform names one. */
export function sourceOf(context: BuildContext): BuildSource | undefined {
  switch (context.kind) {
    case "github":
      return {
        repository: `${context.server}/${context.repository}`,
        ref: context.ref,
        commit: context.commit,
      }
    case "gitlab":
      return {
        repository: `${context.server}/${context.project}`,
        ref: context.ref,
        commit: context.commit,
      }
    case "circleci":
      return context.repository === undefined
        ? undefined
        : {
            repository: `https://${context.repository}`,
            ref: context.ref,
            commit: undefined,
          }
    case "person":
    case "key":
      return undefined
  }
}
