import type { Identity } from "../../core/identity.ts"
import { GENERATOR_IDENTITY, GITHUB_IDENTITY } from "./identities.ts"
import { digest } from "../crypto/keys.ts"

const GITHUB_BUILD_TYPE = "https://actions.github.io/buildtypes/workflow/v1"
const GENERATOR_BUILD_TYPE = "https://github.com/slsa-framework/slsa-github-generator/generic@v1"

/** A subject of a statement as JSON. */
export interface SubjectJson {
  name: string
  digest: Record<string, string>
}

/** An in-toto statement as JSON; the predicate is as free as its type allows. */
export interface StatementJson<Predicate = unknown> {
  _type: string
  subject: SubjectJson[]
  predicateType: string
  predicate: Predicate
}

/** The subject that names these bytes. */
export function subjectOf(name: string, bytes: Uint8Array): SubjectJson {
  return { name, digest: { sha256: digest("sha256", bytes).toString("hex") } }
}

/** SLSA provenance v1 of GitHub's build type, as `actions/attest-build-provenance` writes it for this identity. */
export function slsaV1Statement(
  subject: SubjectJson[],
  identity: Identity = GITHUB_IDENTITY,
): StatementJson<SlsaV1PredicateJson> {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject,
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: slsaV1Predicate(identity),
  }
}

/** SLSA provenance v0.2 as the generic generator writes it for this identity. */
export function slsaV02Statement(
  subject: SubjectJson[],
  identity: Identity = GENERATOR_IDENTITY,
): StatementJson<SlsaV02PredicateJson> {
  return {
    _type: "https://in-toto.io/Statement/v0.1",
    subject,
    predicateType: "https://slsa.dev/provenance/v0.2",
    predicate: slsaV02Predicate(identity),
  }
}

/** PyPI's publish attestation (PEP 740): one subject, no predicate. */
export function publishStatement(subject: SubjectJson): StatementJson<null> {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [subject],
    predicateType: "https://docs.pypi.org/attestations/publish/v1",
    predicate: null,
  }
}

function slsaV1Predicate(identity: Identity): SlsaV1PredicateJson {
  const { repository, ref, commit, workflowPath } = source(identity)
  return {
    buildDefinition: {
      buildType: GITHUB_BUILD_TYPE,
      externalParameters: { workflow: { ref, repository, path: workflowPath } },
      internalParameters: {
        github: {
          event_name: identity.trigger ?? "",
          repository_id: identity.sourceRepositoryId ?? "",
          repository_owner_id: identity.ownerId ?? "",
          runner_environment: identity.runnerEnvironment ?? "",
        },
      },
      resolvedDependencies: [{ uri: `git+${repository}@${ref}`, digest: { gitCommit: commit } }],
    },
    runDetails: {
      builder: { id: identity.buildSignerUri ?? identity.san.value },
      metadata: { invocationId: identity.runUri ?? "" },
    },
  }
}

function slsaV02Predicate(identity: Identity): SlsaV02PredicateJson {
  const { repository, ref, commit, workflowPath, runId, attempt } = source(identity)
  const uri = `git+${repository}@${ref}`
  const name = repository.replace("https://github.com/", "")
  return {
    builder: { id: identity.buildSignerUri ?? identity.san.value },
    buildType: GENERATOR_BUILD_TYPE,
    invocation: {
      configSource: { uri, digest: { sha1: commit }, entryPoint: workflowPath },
      environment: {
        github_actor: "maintainer",
        github_actor_id: "32398091",
        github_base_ref: "",
        github_event_name: identity.trigger ?? "",
        github_event_payload: { ref, repository: { full_name: name } },
        github_head_ref: "",
        github_ref: ref,
        github_ref_type: ref.startsWith("refs/tags/") ? "tag" : "branch",
        github_repository_id: identity.sourceRepositoryId ?? "",
        github_repository_owner: name.split("/")[0] ?? "",
        github_repository_owner_id: identity.ownerId ?? "",
        github_run_attempt: attempt,
        github_run_id: runId,
        github_run_number: "7",
        github_sha1: commit,
      },
    },
    metadata: {
      buildInvocationID: `${runId}-${attempt}`,
      completeness: { parameters: true, environment: false, materials: false },
      reproducible: false,
    },
    materials: [{ uri, digest: { sha1: commit } }],
  }
}

function source(
  identity: Identity,
): Record<"repository" | "ref" | "commit" | "workflowPath" | "runId" | "attempt", string> {
  const repository = identity.sourceRepository ?? ""
  const config = identity.buildConfigUri ?? identity.san.value
  const [, runId = "", attempt = ""] =
    /\/runs\/(\d+)\/attempts\/(\d+)$/.exec(identity.runUri ?? "") ?? []
  return {
    repository,
    ref: identity.sourceRef ?? "",
    commit: identity.sourceCommit ?? "",
    workflowPath: config.replace(`${repository}/`, "").replace(/@.*$/, ""),
    runId,
    attempt,
  }
}

/** The predicate of {@link slsaV1Statement}. */
export interface SlsaV1PredicateJson {
  buildDefinition: {
    buildType: string
    externalParameters: { workflow: { ref: string; repository: string; path: string } }
    internalParameters: { github: Record<string, string> }
    resolvedDependencies: { uri: string; digest: Record<string, string> }[]
  }
  runDetails: { builder: { id: string }; metadata: { invocationId: string } }
}

/** The predicate of {@link slsaV02Statement}. */
export interface SlsaV02PredicateJson {
  builder: { id: string }
  buildType: string
  invocation: {
    configSource: { uri: string; digest: Record<string, string>; entryPoint: string }
    environment: Record<string, unknown>
  }
  metadata: Record<string, unknown>
  materials: { uri: string; digest: Record<string, string> }[]
}
