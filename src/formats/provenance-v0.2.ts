import type { Claim } from "../core/claim.ts"
import type { Shape } from "../core/shape.ts"
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
 * Reads SLSA provenance v0.2 (slsa.dev/provenance/v0.2) as the SLSA generators, npm and Konflux write it. Throws
 * `ERR_INPUT_MALFORMED` for members of the wrong type and for a statement that contradicts itself.
 */
export function readProvenanceV02(predicate: Shape): Claim {
  const invocation = predicate.optionalObject("invocation")
  const configSource = invocation?.optionalObject("configSource")
  const context = readGithubContext(invocation?.optionalObject("environment"))
  const resolvedDependencies = readDependencies(predicate, "materials")
  const configured = readSource(
    configSource?.optionalString("uri"),
    configSource?.stringMap("digest") ?? new Map(),
  )
  const material = findSource(resolvedDependencies, configured?.repository)
  return {
    ...definedOnly<Claim>({
      builder: predicate.optionalObject("builder")?.optionalString("id"),
      buildType: predicate.optionalString("buildType"),
      sourceRepository: agreeingRepository(
        configured?.repository,
        material?.repository,
        context.repository,
      ),
      sourceRef: agreeing("the source ref", configured?.ref, material?.ref, context.ref),
      sourceCommit: agreeing(
        "the source commit",
        configured?.commit,
        material?.commit,
        context.commit,
      ),
      workflow: configSource?.optionalString("entryPoint"),
      trigger: context.eventName,
      run: agreeingRun(readRun(predicate.optionalObject("metadata")), context.run),
      repositoryId: context.repositoryId,
      ownerId: context.ownerId,
      inputs: context.inputs,
      runner: undefined,
      workflowRef: undefined,
      resolvedDependencies,
    }),
    resolvedDependencies,
  }
}

// The GitHub generators write `RUN-ATTEMPT`; Go's JSON of the early ones spelled the member with a capital D.
function readRun(metadata: Shape | undefined): Claim["run"] {
  const id = agreeing(
    "the run",
    metadata?.optionalString("buildInvocationId"),
    metadata?.optionalString("buildInvocationID"),
  )
  const match = id === undefined ? null : /^([0-9]+)-([0-9]+)$/.exec(id)
  return match === null ? undefined : { id: match[1] ?? "", attempt: match[2] ?? "" }
}
