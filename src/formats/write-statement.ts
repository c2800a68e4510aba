import { utf8 } from "../core/bytes.ts"
import { PUBLISH_V1 } from "../core/subject.ts"
import {
  type BuildContext,
  builderOf,
  type CircleBuild,
  type GithubBuild,
  type GitlabBuild,
  invocationOf,
  sourceOf,
} from "./build-context.ts"
import type { ChecksumLine } from "./checksums.ts"
import { PROVENANCE_V1 } from "./predicate.ts"

const STATEMENT_V1 = "https://in-toto.io/Statement/v1"

/** The build types of what we write. GitHub's own is GitHub's; docs/build-types.md specifies the others. */
const BUILD_TYPES = {
  github: "https://actions.github.io/buildtypes/workflow/v1",
  gitlab: "urn:wheelproof:build-type:gitlab-ci:v1",
  circleci: "urn:wheelproof:build-type:circleci:v1",
  local: "urn:wheelproof:build-type:local:v1",
} as const

/**
 * SLSA provenance v1 over these files (in-toto Statement v1). Only what the identity token says is in it: no event payload, no actor, no
 * address of a person. Same arguments, same bytes.
 */
export function writeProvenance(
  subjects: readonly ChecksumLine[],
  context: BuildContext,
): Uint8Array {
  const invocationId = invocationOf(context)
  return writeStatement(subjects, PROVENANCE_V1, {
    buildDefinition: { ...describeBuild(context), ...resolvedDependencies(context) },
    runDetails: {
      builder: { id: builderOf(context) },
      ...(invocationId === undefined ? {} : { metadata: { invocationId } }),
    },
  })
}

/** PyPI's publish attestation over one file (PyPI docs, "Publish attestation v1"): there is no predicate. */
export function writePublish(subject: ChecksumLine): Uint8Array {
  return writeStatement([subject], PUBLISH_V1, null)
}

function writeStatement(
  subjects: readonly ChecksumLine[],
  predicateType: string,
  predicate: unknown,
): Uint8Array {
  const subject = subjects.map(({ name, sha256 }) => ({ name, digest: { sha256 } }))
  return utf8(JSON.stringify({ _type: STATEMENT_V1, subject, predicateType, predicate }))
}

interface BuildDescription {
  readonly buildType: string
  readonly externalParameters: object
  readonly internalParameters?: object
}

function describeBuild(context: BuildContext): BuildDescription {
  switch (context.kind) {
    case "github":
      return describeGithub(context)
    case "gitlab":
      return describeGitlab(context)
    case "circleci":
      return describeCircle(context)
    case "person":
    case "key":
      return { buildType: BUILD_TYPES.local, externalParameters: {} }
  }
}

// actions.github.io/buildtypes/workflow/v1, member for member as GitHub's own action writes it.
function describeGithub(build: GithubBuild): BuildDescription {
  const { server, repository, workflowRef } = build
  const path = workflowRef.slice(repository.length + 1).replace(/@.*$/s, "")
  return {
    buildType: BUILD_TYPES.github,
    externalParameters: {
      workflow: { ref: build.ref, repository: `${server}/${repository}`, path },
    },
    internalParameters: {
      github: {
        event_name: build.trigger,
        repository_id: build.repositoryId,
        repository_owner_id: build.ownerId,
        runner_environment: build.runner,
      },
    },
  }
}

function describeGitlab(build: GitlabBuild): BuildDescription {
  return {
    buildType: BUILD_TYPES.gitlab,
    externalParameters: {
      workflow: {
        ref: build.ref,
        repository: `${build.server}/${build.project}`,
        path: build.configPath,
      },
    },
    internalParameters: {
      gitlab: {
        pipeline_source: build.trigger,
        project_id: build.projectId,
        namespace_id: build.namespaceId,
        runner_environment: build.runner,
      },
    },
  }
}

function describeCircle(build: CircleBuild): BuildDescription {
  return {
    buildType: BUILD_TYPES.circleci,
    externalParameters: {
      pipeline: {
        project_id: build.projectId,
        pipeline_definition_id: build.pipelineDefinitionId,
      },
    },
  }
}

function resolvedDependencies(context: BuildContext): object {
  const source = sourceOf(context)
  if (source === undefined) return {}
  const { repository, ref, commit } = source
  const uri = `git+${repository}${ref === undefined ? "" : `@${ref}`}`
  const digest = commit === undefined ? {} : { digest: { gitCommit: commit } }
  return { resolvedDependencies: [{ uri, ...digest }] }
}
