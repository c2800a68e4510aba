import type { Repository } from "./github/state.ts"
import type { LocalWorld } from "./local-world.ts"
import { githubClaims, type GitHubClaims } from "./oidc/claims.ts"
import { jobEnvironment, tokenRequestEnvironment } from "./oidc/job-environment.ts"

const USER = "maintainer"

/** A project to work on in a local world: a repository, and the job of its workflow that publishes. */
export interface WorldProject {
  readonly claims: GitHubClaims
  /** What the job has in its environment, and what points clients at its accounts. */
  readonly environment: Readonly<Record<string, string>>
  /** Everything that a runner would set besides. */
  readonly jobEnvironment: Readonly<Record<string, string>>
}

/**
 * Sets up a project of these claims: its repository with the workflow's run and a token on GitHub, a user with a token and a trusted
 * publisher on the index, and the job that may ask for identity tokens. The publisher is for these projects of the index, else a pending
 * one for the repository's name. What is there already stays.
 */
export function addProject(
  world: LocalWorld,
  stated: Partial<GitHubClaims> = {},
  projects?: readonly string[],
): WorldProject {
  const claims = githubClaims(stated)
  const repository = ensureRepository(world, claims)
  ensureRun(world, repository, claims)
  return {
    claims,
    environment: {
      ...tokenRequestEnvironment(world.startJob(stated)),
      ...indexAccount(world, claims, projects),
      GITHUB_TOKEN: githubToken(world, claims.repository),
      GITHUB_REPOSITORY: claims.repository,
    },
    jobEnvironment: jobEnvironment(claims, world.urls.github),
  }
}

function ensureRepository({ github }: LocalWorld, claims: GitHubClaims): Repository {
  const { repository_owner: owner, repository_owner_id: ownerId, repository_id: id } = claims
  const name = claims.repository.slice(owner.length + 1)
  return (
    github.state.repositories.find(
      (repository) => repository.owner.login === owner && repository.name === name,
    ) ??
    github.addRepository({
      owner: { login: owner, id: Number(ownerId), type: "Organization" },
      name,
      id: Number(id),
      head: claims.sha,
    })
  )
}

function ensureRun({ github }: LocalWorld, repository: Repository, claims: GitHubClaims): void {
  const id = Number(claims.run_id)
  if (repository.runs.some((run) => run.id === id)) return
  const tag = /^refs\/tags\/(.+)$/.exec(claims.ref)?.[1]
  if (tag !== undefined && !repository.tags.some(({ name }) => name === tag)) {
    github.addTag(repository, { name: tag, commit: claims.sha })
  }
  const path = claims.workflow_ref.slice(claims.repository.length + 1).split("@")[0] ?? ""
  const workflow =
    repository.workflows.find((known) => known.path === path) ??
    github.addWorkflow(repository, { name: claims.workflow, path })
  github.addRun(repository, {
    id,
    workflowId: workflow.id,
    event: claims.event_name,
    headSha: claims.sha,
    headBranch: claims.ref.replace(/^refs\/(?:heads|tags)\//, ""),
    attempt: Number(claims.run_attempt),
  })
}

function githubToken({ github }: LocalWorld, repository: string): string {
  const known = github.state.tokens.find(
    ({ kind, repositories }) =>
      kind === "installation" && repositories?.length === 1 && repositories[0] === repository,
  )
  const permissions = { contents: "write", attestations: "write", actions: "read" } as const
  return (known ?? github.addToken({ permissions, repositories: [repository] })).token
}

function indexAccount(
  { index }: LocalWorld,
  claims: GitHubClaims,
  projects: readonly string[] | undefined,
): Record<string, string> {
  const known = index.state.tokens.find(
    ({ bearer }) => bearer.kind === "user" && bearer.name === USER,
  )
  const token = known?.token ?? index.addUser(USER)
  const { repository, repository_owner_id: ownerId, environment } = claims
  const workflow = /\/([^/@]+)@/.exec(claims.workflow_ref)?.[1] ?? ""
  const isRegistered = index.state.publishers.some(
    ({ publisher }) => publisher.kind === "GitHub" && publisher.repository === repository,
  )
  if (!isRegistered) {
    const scope = environment === undefined ? {} : { environment }
    const publisher = { kind: "GitHub" as const, repository, ownerId, workflow, ...scope }
    if (projects === undefined) {
      index.addPendingPublisher(publisher, repository.split("/")[1] ?? "", USER)
    } else {
      index.addPublisher(publisher, projects)
    }
  }
  return { TWINE_USERNAME: "__token__", TWINE_PASSWORD: token, UV_PUBLISH_TOKEN: token }
}
