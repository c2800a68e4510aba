import type { Claim } from "../core/claim.ts"
import type { Shape } from "../core/shape.ts"
import { agreeing } from "./source-uri.ts"

/** What a map of GitHub's context variables says, in whichever case its builder wrote the names. */
export interface GithubContext {
  readonly eventName: string | undefined
  readonly ref: string | undefined
  readonly commit: string | undefined
  readonly repository: string | undefined
  readonly run: Claim["run"]
  readonly repositoryId: string | undefined
  readonly ownerId: string | undefined
  /** `owner/name/path@ref`. */
  readonly workflowRef: string | undefined
  /** The inputs of a `workflow_dispatch` event. */
  readonly inputs: Readonly<Record<string, unknown>> | undefined
}

/** Reads `github_…` (generic and Go generators) or `GITHUB_…` (delegators, container-based builder, npm) variables. */
export function readGithubContext(context: Shape | undefined): GithubContext {
  const text = (name: string): string | undefined =>
    agreeing(
      `the variable ${name}`,
      nonEmpty(context?.optionalText(`github_${name}`)),
      nonEmpty(context?.optionalText(`GITHUB_${name.toUpperCase()}`)),
    )
  const runId = text("run_id")
  const repository = text("repository")
  return {
    eventName: text("event_name"),
    ref: text("ref"),
    commit: agreeing("the commit", text("sha1"), text("sha")),
    repository: repository === undefined ? undefined : `https://github.com/${repository}`,
    run: runId === undefined ? undefined : { id: runId, attempt: text("run_attempt") ?? "1" },
    repositoryId: text("repository_id"),
    ownerId: text("repository_owner_id"),
    workflowRef: text("workflow_ref"),
    inputs: readInputs(
      context?.optionalObject("github_event_payload") ??
        context?.optionalObject("GITHUB_EVENT_PAYLOAD"),
    ),
  }
}

function readInputs(payload: Shape | undefined): Readonly<Record<string, unknown>> | undefined {
  const inputs = payload?.optionalObject("inputs")
  if (inputs === undefined) return undefined
  return Object.fromEntries(inputs.names().map((name) => [name, inputs.raw(name)]))
}

/** The run that both name. Throws `ERR_INPUT_MALFORMED` where they name two. */
export function agreeingRun(first: Claim["run"], second: Claim["run"]): Claim["run"] {
  agreeing("the run", textOf(first), textOf(second))
  return first ?? second
}

function textOf(run: Claim["run"]): string | undefined {
  return run === undefined ? undefined : `${run.id} attempt ${run.attempt}`
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text
}
