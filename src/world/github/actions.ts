import type { RouteHandler } from "../http/handler.ts"
import { aboutRepository, type RepositoryCall } from "./access.ts"
import { json, notFound } from "./answer.ts"
import type { GitHubContext } from "./context.ts"
import { accountJson, repositoryUrl } from "./repositories.ts"

/** Runs and workflows, as far as provenance asks for them (GitHub REST, "Workflow runs", "Workflows"). */
export function actionRoutes(context: GitHubContext): Readonly<Record<string, RouteHandler>> {
  const base = "/repos/:owner/:name/actions"
  return {
    [`GET ${base}/runs/:id`]: aboutRepository(context, { actions: "read" }, getRun),
    [`GET ${base}/workflows/:workflow`]: aboutRepository(context, { actions: "read" }, getWorkflow),
  }
}

function getRun({ repository, params, origin }: RepositoryCall): Response {
  const run = repository.runs.find(({ id }) => String(id) === params["id"])
  if (run === undefined) return notFound()
  const workflow = repository.workflows.find(({ id }) => id === run.workflowId)
  const base = repositoryUrl(origin, repository)
  return json({
    id: run.id,
    name: workflow?.name ?? null,
    path: workflow?.path ?? "",
    workflow_id: run.workflowId,
    workflow_url: `${base}/actions/workflows/${run.workflowId}`,
    url: `${base}/actions/runs/${run.id}`,
    html_url: `${origin}/${repository.owner.login}/${repository.name}/actions/runs/${run.id}`,
    event: run.event,
    status: "in_progress",
    conclusion: null,
    head_branch: run.headBranch,
    head_sha: run.headSha,
    run_attempt: run.attempt,
    actor: accountJson(run.actor, origin),
    triggering_actor: accountJson(run.actor, origin),
    referenced_workflows: run.referencedWorkflows,
  })
}

// A workflow is named by its id or by the name of its file.
function getWorkflow({ repository, params, origin }: RepositoryCall): Response {
  const wanted = params["workflow"] ?? ""
  const workflow = repository.workflows.find(
    ({ id, path }) => String(id) === wanted || path.split("/").at(-1) === wanted,
  )
  if (workflow === undefined) return notFound()
  const { id, name, path } = workflow
  const url = `${repositoryUrl(origin, repository)}/actions/workflows/${id}`
  return json({ id, name, path, state: "active", url })
}
