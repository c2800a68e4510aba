import { WheelproofError } from "../core/errors.ts"
import type { Shape } from "../core/shape.ts"
import { splitAtRef } from "../core/workflow.ts"
import type {
  BuildContext,
  CircleBuild,
  GithubBuild,
  GitlabBuild,
  Person,
} from "../formats/build-context.ts"
import type { IssuerKind } from "./issuers.ts"
import type { VerifiedToken } from "./verify-token.ts"

/**
 * Reads the build that a verified identity token is of, from its claims and nothing else. Throws `ERR_IDENTITY` where a claim that is
 * needed is missing, is not of its form, or contradicts another.
 */
export function readBuild({ issuer, claims }: VerifiedToken): BuildContext {
  try {
    switch (issuer.kind ?? kindOf(claims)) {
      case "github":
        return readGithub(claims, issuer.issuer)
      case "gitlab":
        return readGitlab(claims, issuer.issuer)
      case "circleci":
        return readCircle(claims, issuer.issuer)
      case "person":
        return readPerson(claims, issuer.issuer)
    }
  } catch (cause) {
    if (!(cause instanceof WheelproofError) || cause.code === "ERR_IDENTITY") throw cause
    throw refused(cause.message)
  }
}

/** Each kind has a claim that no other has. */
const TELLING: readonly (readonly [claim: string, kind: IssuerKind])[] = [
  ["job_workflow_ref", "github"],
  ["ci_config_ref_uri", "gitlab"],
  ["oidc.circleci.com/project-id", "circleci"],
  ["email", "person"],
]

function kindOf(claims: Shape): IssuerKind {
  const telling = TELLING.find(([name]) => claims.has(name))
  if (telling !== undefined) return telling[1]
  throw refused("its claims are none of a build platform that is known, nor of a person")
}

const ID = /^[0-9]{1,20}$/
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/
const REPOSITORY = /^[\w.-]+\/[\w.-]+$/
const WORKFLOW = /^[\w.-]+\/[\w.-]+\/[^@\s]+@\S+$/
const REF = /^refs\/\S+$/
const WORD = /^[\w-]+$/

// GitHub, "OpenID Connect reference".
function readGithub(claims: Shape, issuer: string): GithubBuild {
  const repository = claim(claims, "repository", REPOSITORY)
  const workflowRef = claim(claims, "workflow_ref", WORKFLOW)
  if (!workflowRef.startsWith(`${repository}/`)) {
    throw refused(`workflow_ref is ${workflowRef}, which is not in the repository ${repository}`)
  }
  const jobWorkflowRef = claim(claims, "job_workflow_ref", WORKFLOW)
  checkPin(jobWorkflowRef, claims.optionalString("job_workflow_sha"))
  return {
    kind: "github",
    server: githubServer(issuer),
    issuer,
    repository,
    repositoryId: claim(claims, "repository_id", ID),
    ownerId: claim(claims, "repository_owner_id", ID),
    ref: claim(claims, "ref", REF),
    commit: claim(claims, "sha", COMMIT),
    workflowRef,
    jobWorkflowRef,
    trigger: claim(claims, "event_name", WORD),
    runId: claim(claims, "run_id", ID),
    runAttempt: claim(claims, "run_attempt", ID),
    runner: claim(claims, "runner_environment", WORD),
    visibility: claims.optionalString("repository_visibility"),
  }
}

// A workflow that is named by a commit was read from that commit.
function checkPin(jobWorkflowRef: string, commit: string | undefined): void {
  const { ref = "" } = splitAtRef(jobWorkflowRef)
  if (!COMMIT.test(ref) || commit === undefined || commit === ref) return
  throw refused(`job_workflow_ref is pinned to ${ref}, and job_workflow_sha is ${commit}`)
}

// Tenants of GitHub Enterprise Cloud have addresses of their own: token.actions.TENANT.ghe.com goes with TENANT.ghe.com.
function githubServer(issuer: string): string {
  const tenant = /^https:\/\/token\.actions\.([a-z0-9-]+\.ghe\.com)$/.exec(issuer)?.[1]
  return `https://${tenant ?? "github.com"}`
}

// GitLab, "ID token authentication".
function readGitlab(claims: Shape, issuer: string): GitlabBuild {
  const project = claim(claims, "project_path", /^[\w.-]+(?:\/[\w.-]+)+$/)
  const configRefUri = claim(claims, "ci_config_ref_uri", /^[^/\s]+\/\S+@\S+$/)
  const host = configRefUri.slice(0, configRefUri.indexOf("/"))
  const definition = `${host}/${project}//`
  const { name } = splitAtRef(configRefUri)
  if (!name.startsWith(definition)) {
    throw refused(`ci_config_ref_uri is ${configRefUri}, which is not in the project ${project}`)
  }
  return {
    kind: "gitlab",
    server: `https://${host}`,
    issuer,
    project,
    projectId: claim(claims, "project_id", ID),
    namespaceId: claim(claims, "namespace_id", ID),
    ref: gitlabRef(claims),
    commit: claim(claims, "sha", COMMIT),
    configRefUri,
    configPath: name.slice(definition.length),
    trigger: claim(claims, "pipeline_source", WORD),
    jobId: claim(claims, "job_id", ID),
    runner: claim(claims, "runner_environment", WORD),
    visibility: claims.optionalString("project_visibility"),
  }
}

// Fulcio makes the full ref of these two, and knows branches and tags alone.
function gitlabRef(claims: Shape): string {
  const kind = claim(claims, "ref_type", /^(?:branch|tag)$/)
  return `refs/${kind === "branch" ? "heads" : "tags"}/${claim(claims, "ref", /^\S+$/)}`
}

function circleClaim(short: string): string {
  return `oidc.circleci.com/${short}`
}

// CircleCI, "OpenID Connect tokens".
function readCircle(claims: Shape, issuer: string): CircleBuild {
  // Somebody with a shell on the machine can make any file there.
  if (String(claims.raw(circleClaim("ssh-rerun"))) === "true") {
    throw refused("the job was rerun with SSH: whoever was on the machine may have made the files")
  }
  return {
    kind: "circleci",
    issuer,
    projectId: claim(claims, circleClaim("project-id"), UUID),
    pipelineDefinitionId: claim(claims, circleClaim("pipeline-definition-id"), UUID),
    workflowId: claim(claims, circleClaim("workflow-id"), UUID),
    jobId: claim(claims, circleClaim("job-id"), UUID),
    repository: optionalClaim(claims, circleClaim("vcs-origin"), /^[\w.-]+\/[\w./-]+$/),
    ref: optionalClaim(claims, circleClaim("vcs-ref"), REF),
  }
}

function readPerson(claims: Shape, issuer: string): Person {
  const email = claim(claims, "email", /^[^\s@]+@[^\s@]+$/)
  if (String(claims.raw("email_verified")) !== "true") {
    throw refused("its provider has not verified the e-mail address")
  }
  // Sigstore's sign-in passes on who knows the person; certificates name that one (Fulcio, `issuer-claim`).
  const federated = claims.optionalObject("federated_claims")?.optionalString("connector_id")
  return { kind: "person", issuer: federated ?? issuer, email }
}

function claim(claims: Shape, name: string, form: RegExp): string {
  return optionalClaim(claims, name, form) ?? refuseMissing(name)
}

const MAX_CLAIM_CHARS = 2_048
/** Nothing that hides, reorders or breaks a line: a claim goes into statements and reports. */
const TREACHEROUS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

function optionalClaim(claims: Shape, name: string, form: RegExp): string | undefined {
  const value = claims.optionalText(name)
  if (value === undefined || value === "") return undefined
  if (form.test(value) && value.length <= MAX_CLAIM_CHARS && !TREACHEROUS.test(value)) return value
  throw refused(`its claim ${name} is ${JSON.stringify(value.slice(0, 200))}`)
}

function refuseMissing(name: string): never {
  throw refused(`its claim ${name} is missing`)
}

function refused(problem: string): WheelproofError {
  return new WheelproofError("ERR_IDENTITY", `the identity token cannot be used: ${problem}`, {
    hint: "nothing is attested on claims that are missing or contradict each other",
  })
}
