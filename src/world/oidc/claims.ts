/** The claims of a token that a CI system or a provider makes; the issuer adds `aud`, `iat`, `nbf`, `exp` and `jti`. */
export type Claims = Readonly<Record<string, unknown>>

/** The claims of a GitHub Actions job (GitHub, "OpenID Connect reference"). Numbers are strings, as GitHub writes them. */
export interface GitHubClaims {
  readonly sub: string
  readonly repository: string
  readonly repository_id: string
  readonly repository_owner: string
  readonly repository_owner_id: string
  /** `public`, `private` or `internal`. */
  readonly repository_visibility: string
  readonly ref: string
  /** `branch` or `tag`. */
  readonly ref_type: string
  readonly ref_protected: string
  readonly sha: string
  readonly event_name: string
  readonly head_ref: string
  readonly base_ref: string
  readonly workflow: string
  readonly workflow_ref: string
  readonly workflow_sha: string
  /** The workflow file that the job is in; a reusable workflow's where the caller's job uses one. */
  readonly job_workflow_ref: string
  readonly job_workflow_sha: string
  readonly run_id: string
  readonly run_number: string
  readonly run_attempt: string
  readonly check_run_id: string
  /** `github-hosted` or `self-hosted`. */
  readonly runner_environment: string
  readonly actor: string
  readonly actor_id: string
  /** Only of jobs that use an environment. */
  readonly environment?: string
  readonly environment_node_id?: string
  readonly enterprise?: string
  readonly enterprise_id?: string
}

/** What `githubClaims` makes claims of besides those that are stated. */
export interface GitHubJob {
  /** The name of the workflow file; `release.yml`. */
  readonly workflowFile?: string
  /** Whether `sub` has the ids of owner and repository, as it has in repositories made after 2026-07-15. */
  readonly immutableSubject?: boolean
}

/**
 * The claims of a GitHub Actions job. What is stated is taken as it stands; the rest follows from it, or is that of a push of the tag
 * `v1.0.0` of `acme/rocket`.
 */
export function githubClaims(
  stated: Partial<GitHubClaims> = {},
  { workflowFile = "release.yml", immutableSubject = false }: GitHubJob = {},
): GitHubClaims {
  const repository = stated.repository ?? "acme/rocket"
  const ref = stated.ref ?? "refs/tags/v1.0.0"
  const sha = stated.sha ?? "4d329c75e7ec1725f7c9ce917a8799d408d06be3"
  const workflowRef =
    stated.workflow_ref ?? `${repository}/.github/workflows/${workflowFile}@${ref}`
  const claims = {
    repository,
    repository_id: "851894824",
    repository_owner: repository.split("/")[0] ?? "",
    repository_owner_id: "180348046",
    repository_visibility: "public",
    ref,
    ref_type: ref.startsWith("refs/tags/") ? "tag" : "branch",
    ref_protected: "false",
    sha,
    event_name: "push",
    head_ref: "",
    base_ref: "",
    workflow: "Release",
    workflow_ref: workflowRef,
    workflow_sha: sha,
    job_workflow_ref: workflowRef,
    job_workflow_sha: stated.workflow_sha ?? sha,
    run_id: "10818226125",
    run_number: "115",
    run_attempt: "1",
    check_run_id: "37812345678",
    runner_environment: "github-hosted",
    actor: "octocat",
    actor_id: "583231",
    ...stated,
  }
  return { sub: githubSubject(claims, immutableSubject), ...claims }
}

/** `sub` as GitHub makes it: the environment wins, then the pull request; colons in values are escaped. */
function githubSubject(claims: Omit<GitHubClaims, "sub">, immutable: boolean): string {
  const name = claims.repository.slice(claims.repository_owner.length + 1)
  const repository = immutable
    ? `${claims.repository_owner}@${claims.repository_owner_id}/${name}@${claims.repository_id}`
    : claims.repository
  return `repo:${escapeColons(repository)}:${githubContext(claims)}`
}

function githubContext({ environment, event_name: event, ref }: Omit<GitHubClaims, "sub">): string {
  if (environment !== undefined) return `environment:${escapeColons(environment)}`
  return event === "pull_request" ? "pull_request" : `ref:${escapeColons(ref)}`
}

function escapeColons(value: string): string {
  return value.replaceAll(":", "%3A")
}

/** The claims of a GitLab CI job (GitLab, "ID token authentication"). */
export interface GitLabClaims {
  readonly sub: string
  readonly namespace_id: string
  readonly namespace_path: string
  readonly project_id: string
  readonly project_path: string
  readonly project_visibility: string
  readonly user_id: string
  readonly user_login: string
  readonly user_email: string
  readonly user_access_level: string
  readonly pipeline_id: string
  readonly pipeline_source: string
  readonly job_id: string
  readonly ref: string
  /** `branch` or `tag`. */
  readonly ref_type: string
  readonly ref_path: string
  readonly ref_protected: string
  readonly runner_id: number
  /** `gitlab-hosted` or `self-hosted`. */
  readonly runner_environment: string
  readonly sha: string
  readonly ci_config_ref_uri: string
  readonly ci_config_sha: string
  readonly environment?: string
  readonly environment_protected?: string
  readonly deployment_tier?: string
}

/** The claims of a GitLab CI job of `acme/rocket`, started by the tag `v1.0.0` unless stated otherwise. */
export function gitlabClaims(stated: Partial<GitLabClaims> = {}): GitLabClaims {
  const path = stated.project_path ?? "acme/rocket"
  const ref = stated.ref ?? "v1.0.0"
  const type = stated.ref_type ?? "tag"
  const refPath = stated.ref_path ?? `refs/${type === "branch" ? "heads" : "tags"}/${ref}`
  const sha = stated.sha ?? "4d329c75e7ec1725f7c9ce917a8799d408d06be3"
  return {
    sub: `project_path:${path}:ref_type:${type}:ref:${ref}`,
    namespace_id: "72",
    namespace_path: path.split("/").slice(0, -1).join("/"),
    project_id: "20",
    project_path: path,
    project_visibility: "public",
    user_id: "1",
    user_login: "octocat",
    user_email: "octocat@acme.example",
    user_access_level: "maintainer",
    pipeline_id: "574",
    pipeline_source: "push",
    job_id: "302",
    ref,
    ref_type: type,
    ref_path: refPath,
    ref_protected: "true",
    runner_id: 1,
    runner_environment: "gitlab-hosted",
    sha,
    ci_config_ref_uri: `gitlab.com/${path}//.gitlab-ci.yml@${refPath}`,
    ci_config_sha: sha,
    ...stated,
  }
}

/** The claims of a CircleCI job (CircleCI, "OpenID Connect tokens"), by their short names. */
export interface CircleCiJob {
  readonly org_id?: string
  readonly project_id?: string
  readonly pipeline_definition_id?: string
  readonly pipeline_id?: string
  readonly workflow_id?: string
  readonly job_id?: string
  readonly user_id?: string
  readonly vcs_origin?: string
  readonly vcs_ref?: string
  readonly ssh_rerun?: boolean
  readonly context_ids?: readonly string[]
}

/** The claims of a CircleCI job of `github.com/acme/rocket` unless stated otherwise. */
export function circleCiClaims(stated: CircleCiJob = {}): Claims {
  const job = {
    org_id: "6b2f1c1e-6a57-4b7e-9d0c-3f6f3b6c0a01",
    project_id: "f1d9f4b0-8c4a-4c39-9f63-7a2f8f1d2e02",
    pipeline_definition_id: "0d5b3c7a-2e41-5f0b-8a0e-6c9d4e5f7a03",
    pipeline_id: "b7e2a9c4-1f3d-4e5a-9b8c-2d1e0f3a4b04",
    workflow_id: "c8f3bad5-204e-4f6b-8c9d-3e2f104b5c05",
    job_id: "d904cbe6-315f-407c-9dae-4f30215c6d06",
    user_id: "ea15dcf7-4260-418d-8ebf-5041326d7e07",
    vcs_origin: "github.com/acme/rocket",
    vcs_ref: "refs/tags/v1.0.0",
    ssh_rerun: false,
    context_ids: [],
    ...stated,
  }
  const { org_id: org, user_id: user, ...own } = job
  const named = Object.entries(own).map(([name, value]) => [
    `oidc.circleci.com/${name.replaceAll("_", "-")}`,
    value,
  ])
  return {
    sub: `org/${org}/project/${own.project_id}/user/${user}/vcs-origin/${own.vcs_origin}/vcs-ref/${own.vcs_ref}`,
    ...Object.fromEntries(named),
  }
}

/** The claims of a person who signed in through Sigstore's Dex. */
export interface EmailClaims {
  readonly sub: string
  readonly email: string
  readonly email_verified: boolean
  readonly federated_claims: { readonly connector_id: string; readonly user_id: string }
}

/** The claims of a person with this address, signed in at Google unless stated otherwise. */
export function emailClaims(stated: Partial<EmailClaims> = {}): EmailClaims {
  return {
    sub: "CgsxMjM0NTY3ODkwMRImaHR0cHM6Ly9hY2NvdW50cy5nb29nbGUuY29t",
    email: "maintainer@acme.example",
    email_verified: true,
    federated_claims: { connector_id: "https://accounts.google.com", user_id: "12345678901" },
    ...stated,
  }
}
