import { pythonList, pythonText } from "./python-text.ts"

/** Who may upload by trusted publishing (Warehouse, `oidc/models`). */
export type Publisher =
  | {
      readonly kind: "GitHub"
      /** `owner/name`. */
      readonly repository: string
      readonly ownerId: string
      /** The file's name below `.github/workflows/`. */
      readonly workflow: string
      readonly environment?: string
    }
  | {
      readonly kind: "GitLab"
      /** `group/project`. */
      readonly project: string
      readonly workflowFile: string
      readonly environment?: string
      /** `gitlab.com`, unless an organisation registered its own instance. */
      readonly host?: string
    }
  | { readonly kind: "Google"; readonly email: string; readonly sub?: string }
  | {
      readonly kind: "ActiveState"
      readonly organization: string
      readonly project: string
      readonly actorId: string
    }

/** A publisher with the projects it is for: existing ones, or a pending one that its first token creates. */
export type RegisteredPublisher = {
  readonly id: string
  readonly publisher: Publisher
  /** Names as they were registered. */
  readonly projects: string[]
  /** The project that does not exist yet, and the user who registered the publisher. */
  pending?: { readonly project: string; readonly user: string }
}

/** Claims of a token whose signature held. */
export type Claims = Readonly<Record<string, unknown>>

/** Whether the claims fit a publisher: nothing, or PyPI's reason why not. */
type ClaimFinding = string | undefined

const NOT_FOUND = "Publisher with matching claims was not found"

/** The publisher of these claims, or PyPI's reason why there is none. */
export function findPublisher(
  registered: readonly RegisteredPublisher[],
  kind: Publisher["kind"],
  claims: Claims,
): { readonly found: RegisteredPublisher } | { readonly reason: string } {
  const fitting = registered.filter(
    ({ publisher }) => publisher.kind === kind && isLookedUp(publisher, claims),
  )
  const found = mostSpecific(fitting, claims)
  const missing = REQUIRED[kind].find((name) => isAbsent(claims[name]))
  if (found === undefined) {
    const isLookUp = missing !== undefined && LOOKED_UP.has(missing)
    return { reason: isLookUp ? missingClaim(missing) : NOT_FOUND }
  }
  const reason =
    missing === undefined ? checkClaims(found.publisher, claims) : missingClaim(missing)
  return reason === undefined ? { found } : { reason }
}

function missingClaim(name: string): string {
  return `Missing claim ${pythonText(name)}`
}

/** What provenance objects say of a publisher (PEP 740); nothing for kinds that cannot attest. */
export function attestationIdentity(
  publisher: Publisher,
): Readonly<Record<string, string | null>> | undefined {
  switch (publisher.kind) {
    case "GitHub":
      return {
        environment: publisher.environment ?? null,
        kind: "GitHub",
        repository: publisher.repository,
        workflow: publisher.workflow,
      }
    case "GitLab":
      return {
        environment: publisher.environment ?? null,
        kind: "GitLab",
        repository: publisher.project,
        workflow_filepath: publisher.workflowFile,
      }
    case "Google":
      return { email: publisher.email, kind: "Google" }
    case "ActiveState":
      return undefined
  }
}

const REQUIRED: Readonly<Record<Publisher["kind"], readonly string[]>> = {
  GitHub: [
    "repository",
    "repository_owner",
    "repository_owner_id",
    "job_workflow_ref",
    "jti",
    "event_name",
    "ref",
    "sha",
  ],
  GitLab: ["sub", "project_path", "ci_config_ref_uri", "jti", "ref_path", "sha"],
  Google: ["email", "email_verified"],
  ActiveState: ["organization", "project", "actor_id", "builder"],
}

/** Those without which nothing can be looked up; the others are asked for of a publisher that was found. */
const LOOKED_UP: ReadonlySet<string> = new Set([
  "repository",
  "repository_owner_id",
  "job_workflow_ref",
  "project_path",
  "ci_config_ref_uri",
  "email",
])

// GitHub leaves the ref of some events empty; there, as in Python, only null is absent.
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null
}

/** PyPI's look-up, which is exact; what may differ in case is only compared so afterwards. */
function isLookedUp(publisher: Publisher, claims: Claims): boolean {
  switch (publisher.kind) {
    case "GitHub":
      return (
        claims["repository"] === publisher.repository &&
        claims["repository_owner_id"] === publisher.ownerId &&
        workflowName(text(claims["job_workflow_ref"])) === publisher.workflow
      )
    case "GitLab":
      return (
        claims["project_path"] === publisher.project &&
        configFile(text(claims["ci_config_ref_uri"])) === publisher.workflowFile
      )
    case "Google":
      return (
        claims["email"] === publisher.email &&
        (publisher.sub === undefined || claims["sub"] === publisher.sub)
      )
    case "ActiveState":
      return (
        claims["organization"] === publisher.organization &&
        claims["project"] === publisher.project &&
        claims["actor_id"] === publisher.actorId
      )
  }
}

function workflowName(workflowRef: string): string | undefined {
  return /[^/]+\.(?:yml|yaml)(?=@)/.exec(workflowRef)?.[0]
}

function configFile(configRef: string): string | undefined {
  return /\/\/(.+?\.(?:yml|yaml))@/.exec(configRef)?.[1]
}

/** Of several, the one for the token's environment; else the one for any. */
function mostSpecific(
  fitting: readonly RegisteredPublisher[],
  claims: Claims,
): RegisteredPublisher | undefined {
  const environment = text(claims["environment"])
  const named = fitting.find(
    ({ publisher }) => environment !== "" && isSameEnvironment(publisher, environment),
  )
  return named ?? fitting.find(({ publisher }) => environmentOf(publisher) === "")
}

function environmentOf(publisher: Publisher): string {
  return "environment" in publisher ? (publisher.environment ?? "") : ""
}

function isSameEnvironment(publisher: Publisher, environment: string): boolean {
  const own = environmentOf(publisher)
  return publisher.kind === "GitHub"
    ? own.toLowerCase() === environment.toLowerCase()
    : own === environment
}

function checkClaims(publisher: Publisher, claims: Claims): ClaimFinding {
  switch (publisher.kind) {
    case "GitHub":
      return checkGitHub(publisher, claims)
    case "GitLab":
      return checkGitLab(publisher, claims)
    case "Google":
      return claims["email_verified"] === true ? undefined : failed("email_verified")
    case "ActiveState":
      return claims["builder"] === "pypi-publisher" ? undefined : failed("builder")
  }
}

function checkGitHub(
  publisher: Extract<Publisher, { kind: "GitHub" }>,
  claims: Claims,
): ClaimFinding {
  const [owner = ""] = publisher.repository.split("/")
  if (claims["repository_owner"] !== owner) return failed("repository_owner")
  const workflow = `${publisher.repository}/.github/workflows/${publisher.workflow}`
  return (
    checkWorkflow("job_workflow_ref", workflow, ["ref", "sha"], claims) ??
    (claims["event_name"] === "pull_request_target"
      ? "Publishing from a workflow invoked via 'pull_request_target' is not supported."
      : undefined)
  )
}

function checkGitLab(
  publisher: Extract<Publisher, { kind: "GitLab" }>,
  claims: Claims,
): ClaimFinding {
  const subject = `project_path:${publisher.project}`
  const [start = "", path = ""] = text(claims["sub"]).split(":")
  if (`${start}:${path}`.toLowerCase() !== subject.toLowerCase()) return failed("sub")
  const config = `${publisher.host ?? "gitlab.com"}/${publisher.project}//${publisher.workflowFile}`
  return checkWorkflow("ci_config_ref_uri", config, ["ref_path", "sha"], claims)
}

/** The workflow claim is the publisher's file at the token's own ref or commit; a reusable workflow of another repository never is. */
function checkWorkflow(
  name: string,
  workflow: string,
  refs: readonly string[],
  claims: Claims,
): ClaimFinding {
  const allowed = refs
    .map((ref) => text(claims[ref]))
    .filter((ref) => ref !== "")
    .map((ref) => `${workflow}@${ref}`)
  if (allowed.length === 0) return `The ${refs.join(" and ")} claims are empty`
  const claimed = text(claims[name])
  if (claimed === "") return `The ${name} claim is empty`
  if (allowed.includes(claimed)) return undefined
  return `The ${name} claim does not match, expecting one of ${pythonList(allowed.toSorted())}, got ${pythonText(claimed)}`
}

function failed(claim: string): string {
  return `Check failed for required claim ${pythonText(claim)}`
}

function text(value: unknown): string {
  return typeof value === "string" ? value : ""
}
