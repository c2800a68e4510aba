import type { GitHubClaims } from "./claims.ts"

/** Where a job of GitHub Actions asks for tokens. */
export interface TokenRequest {
  readonly url: string
  readonly token: string
}

/** The two variables that a job with `id-token: write` has; clients add `&audience=` to the address. */
export function tokenRequestEnvironment({ url, token }: TokenRequest): Record<string, string> {
  return { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token }
}

/** What else a runner sets for the job of these claims (GitHub, "Default environment variables"). In a reusable workflow they speak of the caller. */
export function jobEnvironment(claims: GitHubClaims, apiUrl: string): Record<string, string> {
  return {
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_ACTOR: claims.actor,
    GITHUB_ACTOR_ID: claims.actor_id,
    GITHUB_API_URL: apiUrl,
    GITHUB_BASE_REF: claims.base_ref,
    GITHUB_EVENT_NAME: claims.event_name,
    GITHUB_HEAD_REF: claims.head_ref,
    GITHUB_JOB: "release",
    GITHUB_REF: claims.ref,
    GITHUB_REF_NAME: claims.ref.replace(/^refs\/(?:heads|tags|pull)\//, ""),
    GITHUB_REF_PROTECTED: claims.ref_protected,
    GITHUB_REF_TYPE: claims.ref_type,
    GITHUB_REPOSITORY: claims.repository,
    GITHUB_REPOSITORY_ID: claims.repository_id,
    GITHUB_REPOSITORY_OWNER: claims.repository_owner,
    GITHUB_REPOSITORY_OWNER_ID: claims.repository_owner_id,
    GITHUB_RUN_ATTEMPT: claims.run_attempt,
    GITHUB_RUN_ID: claims.run_id,
    GITHUB_RUN_NUMBER: claims.run_number,
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_SHA: claims.sha,
    GITHUB_WORKFLOW: claims.workflow,
    GITHUB_WORKFLOW_REF: claims.workflow_ref,
    GITHUB_WORKFLOW_SHA: claims.workflow_sha,
    RUNNER_ENVIRONMENT: claims.runner_environment,
  }
}
