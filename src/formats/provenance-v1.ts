import type { Claim } from "../core/claim.ts"
import type { Shape } from "../core/shape.ts"
import { runOf, splitAtRef } from "../core/workflow.ts"
import { agreeingRun, readGithubContext } from "./github-context.ts"
import {
  agreeing,
  agreeingRepository,
  definedOnly,
  findSource,
  readDependencies,
  readSource,
} from "./source-uri.ts"

/**
 * Reads SLSA provenance v1 (slsa.dev/provenance/v1) by the shapes that its build types share: GitHub's `externalParameters.workflow`
 * and `internalParameters.github` or our `gitlab`, the delegators' `GITHUB_…` variables, the container-based builder's `source`. Known shapes are read
 * whatever the build type is called, so that an unknown name hides nothing. Throws `ERR_INPUT_MALFORMED`.
 */
export function readProvenanceV1(predicate: Shape): Claim {
  const definition = predicate.object("buildDefinition")
  const details = predicate.object("runDetails")
  const external = definition.optionalObject("externalParameters")
  const internal = definition.optionalObject("internalParameters")
  const github = internal?.optionalObject("github")
  const gitlab = internal?.optionalObject("gitlab")
  const context = readGithubContext(internal)
  const workflow = readWorkflow(external?.optionalObject("workflow"), context.workflowRef)
  const resolvedDependencies = readDependencies(definition, "resolvedDependencies")
  const parameter = external?.optionalObject("source")
  const given = readSource(
    parameter?.optionalString("uri"),
    parameter?.stringMap("digest") ?? new Map(),
  )
  const repository = agreeingRepository(given?.repository, workflow.repository)
  const source = findSource(resolvedDependencies, repository)
  return {
    ...definedOnly<Claim>({
      builder: details.object("builder").optionalString("id"),
      buildType: definition.optionalString("buildType"),
      sourceRepository: agreeingRepository(repository, source?.repository, context.repository),
      sourceRef: agreeing("the source ref", given?.ref, source?.ref, context.ref),
      sourceCommit: agreeing("the source commit", given?.commit, source?.commit, context.commit),
      workflow: workflow.path,
      workflowRef: workflow.ref,
      trigger: agreeing(
        "the trigger",
        github?.optionalString("event_name"),
        gitlab?.optionalString("pipeline_source"),
        context.eventName,
      ),
      run: agreeingRun(readRun(details.optionalObject("metadata")), context.run),
      runner: agreeing(
        "the runner",
        github?.optionalString("runner_environment"),
        gitlab?.optionalString("runner_environment"),
      ),
      repositoryId: agreeing(
        "the repository id",
        github?.optionalString("repository_id"),
        gitlab?.optionalString("project_id"),
        context.repositoryId,
      ),
      ownerId: agreeing(
        "the owner id",
        github?.optionalString("repository_owner_id"),
        gitlab?.optionalString("namespace_id"),
        context.ownerId,
      ),
      inputs: readInputs(external) ?? context.inputs,
      resolvedDependencies,
    }),
    resolvedDependencies,
  }
}

interface Workflow {
  readonly repository: string | undefined
  readonly path: string | undefined
  readonly ref: string | undefined
}

// GitHub's build types name the workflow in parts; the delegators as `owner/name/path@ref` of the runner's variable.
function readWorkflow(parameter: Shape | undefined, workflowRef: string | undefined): Workflow {
  if (parameter !== undefined) {
    return {
      repository: parameter.optionalString("repository"),
      path: parameter.optionalString("path"),
      ref: parameter.optionalString("ref"),
    }
  }
  const { name, ref } = splitAtRef(workflowRef ?? "")
  const match = /^([^/]+\/[^/]+)\/(.+)$/.exec(name)
  if (match === null) return { repository: undefined, path: undefined, ref: undefined }
  return { repository: `https://github.com/${match[1] ?? ""}`, path: match[2], ref }
}

function readRun(metadata: Shape | undefined): Claim["run"] {
  const invocation = agreeing(
    "the run",
    metadata?.optionalString("invocationId"),
    metadata?.optionalString("invocationID"),
  )
  return invocation === undefined ? undefined : runOf(invocation)
}

function readInputs(external: Shape | undefined): Claim["inputs"] {
  const inputs = external?.optionalObject("inputs")
  if (inputs === undefined) return undefined
  return Object.fromEntries(inputs.names().map((name) => [name, inputs.raw(name)]))
}
