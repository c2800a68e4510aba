import type {
  CircleBuild,
  GithubBuild,
  GitlabBuild,
  KeyHolder,
  Person,
} from "../../src/formats/build-context.ts"

const COMMIT = "4d329c75e7ec1725f7c9ce917a8799d408d06be3"
const WORKFLOW = "acme/rocket/.github/workflows/release.yml@refs/tags/v1.0.0"

/** The local world's usual job of GitHub Actions. */
export const GITHUB: GithubBuild = {
  kind: "github",
  server: "https://github.com",
  issuer: "https://token.actions.githubusercontent.com",
  repository: "acme/rocket",
  repositoryId: "851894824",
  ownerId: "180348046",
  ref: "refs/tags/v1.0.0",
  commit: COMMIT,
  workflowRef: WORKFLOW,
  jobWorkflowRef: WORKFLOW,
  trigger: "push",
  runId: "10818226125",
  runAttempt: "1",
  runner: "github-hosted",
  visibility: "public",
}

/** The local world's usual job of GitLab CI. */
export const GITLAB: GitlabBuild = {
  kind: "gitlab",
  server: "https://gitlab.com",
  issuer: "https://gitlab.com",
  project: "acme/rocket",
  projectId: "20",
  namespaceId: "72",
  ref: "refs/tags/v1.0.0",
  commit: COMMIT,
  configRefUri: "gitlab.com/acme/rocket//.gitlab-ci.yml@refs/tags/v1.0.0",
  configPath: ".gitlab-ci.yml",
  trigger: "push",
  jobId: "302",
  runner: "gitlab-hosted",
  visibility: "public",
}

/** The local world's usual job of CircleCI. */
export const CIRCLE: CircleBuild = {
  kind: "circleci",
  issuer: "https://oidc.circleci.com",
  projectId: "f1d9f4b0-8c4a-4c39-9f63-7a2f8f1d2e02",
  pipelineDefinitionId: "0d5b3c7a-2e41-5f0b-8a0e-6c9d4e5f7a03",
  workflowId: "c8f3bad5-204e-4f6b-8c9d-3e2f104b5c05",
  jobId: "d904cbe6-315f-407c-9dae-4f30215c6d06",
  repository: "github.com/acme/rocket",
  ref: "refs/tags/v1.0.0",
}

export const PERSON: Person = {
  kind: "person",
  issuer: "https://accounts.google.com",
  email: "maintainer@acme.example",
}

export const KEY: KeyHolder = { kind: "key" }
