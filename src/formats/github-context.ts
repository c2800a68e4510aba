import type { Shape } from "../core/shape.ts"

/** What a map of GitHub's context variables says, in whichever case its builder wrote the names. */
export interface GithubContext {
  readonly eventName: string | undefined
  readonly ref: string | undefined
  readonly commit: string | undefined
  readonly runId: string | undefined
  readonly runAttempt: string | undefined
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
    nonEmpty(context?.optionalText(`github_${name}`)) ??
    nonEmpty(context?.optionalText(`GITHUB_${name.toUpperCase()}`))
  return {
    eventName: text("event_name"),
    ref: text("ref"),
    commit: text("sha1") ?? text("sha"),
    runId: text("run_id"),
    runAttempt: text("run_attempt"),
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

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text
}
