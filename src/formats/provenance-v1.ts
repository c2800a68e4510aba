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
  type Source,
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
  const given = readGiven(external)
  const repository = agreeingRepository(given?.repository, workflow.repository)
  const source = findSource(resolvedDependencies, repository)
  return {
    ...definedOnly<Claim>({
      // SLSA v1, "RunDetails": a builder without an id is none.
      builder: details.object("builder").string("id"),
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

// What was asked to be built: the container-based builder's `source` is a resource descriptor, GitLab's an address; others name a
// repository and a ref by themselves.
function readGiven(external: Shape | undefined): Source | undefined {
  if (external === undefined) return undefined
  if (typeof external.raw("source") === "object") {
    const source = external.optionalObject("source")
    return readSource(source?.optionalString("uri"), source?.stringMap("digest") ?? new Map())
  }
  const repository = agreeingRepository(
    external.optionalText("source"),
    external.optionalText("repository"),
  )
  return repository === undefined
    ? undefined
    : { repository, ref: external.optionalText("ref"), commit: undefined }
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
  const run = invocation === undefined ? undefined : runOf(invocation)
  return run === undefined || invocation === undefined ? undefined : { ...run, uri: invocation }
}

function readInputs(external: Shape | undefined): Claim["inputs"] {
  const inputs = external?.optionalObject("inputs")
  if (inputs === undefined) return undefined
  return Object.fromEntries(inputs.names().map((name) => [name, inputs.raw(name)]))
}
