import { malformed } from "../../core/errors.ts"
import type { SubjectAlternativeName } from "../../core/identity.ts"
import type { CertificateExtension } from "../crypto/certificate.ts"
import { member } from "./envelope.ts"
import { fulcioExtension } from "./fulcio-extensions.ts"
import type { VerifiedToken } from "./fulcio-issuers.ts"

/** Whom a token names, and what the certificate says of them. */
export interface Principal {
  /** What the proof of possession is a signature over. */
  readonly challenge: string
  readonly name: SubjectAlternativeName
  readonly extensions: readonly CertificateExtension[]
}

/** Reads a claim as text. */
type Claim = (name: string) => string

/** Extension numbers and their texts; an empty text is no extension. */
type Extensions = Readonly<Record<number, string>>

/** What Fulcio makes of a token. Throws `ERR_INPUT_MALFORMED` where a claim is missing. */
export function principalOf(token: VerifiedToken): Principal {
  const { claims, provider } = token
  const subject = typeof claims.sub === "string" ? claims.sub : ""
  if (provider.kind === "email") return emailPrincipal(claims, provider.issuerClaim, subject)
  const { name, extensions } = ciIdentity(token, provider.ciProvider)
  const own = { ...extensions, 1: token.issuer, 8: token.issuer, 24: subject }
  return { challenge: subject, name: { kind: "uri", value: toUrl(name) }, extensions: render(own) }
}

// Fulcio, `pkg/identity/email`.
function emailPrincipal(
  claims: VerifiedToken["claims"],
  issuerClaim: readonly string[],
  subject: string,
): Principal {
  const { email, email_verified: verified } = claims
  if (typeof email !== "string" || email === "") throw malformed("token missing email claim")
  if (verified !== true && verified !== "true" && verified !== "True") {
    throw malformed("email_verified claim was false")
  }
  if (!/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(email)) throw malformed("email address is not valid")
  const connector = member(claims, ...issuerClaim)
  if (typeof connector !== "string") throw malformed("the token names no federated issuer")
  return {
    challenge: email,
    name: { kind: "email", value: email },
    extensions: render({ 1: connector, 8: connector, 24: subject }),
  }
}

interface CiIdentity {
  readonly name: string
  readonly extensions: Extensions
}

type CiProvider = "github-workflow" | "gitlab-pipeline" | "circleci-job"

function ciIdentity(token: VerifiedToken, provider: CiProvider): CiIdentity {
  switch (provider) {
    case "github-workflow":
      return githubIdentity(claimReader(token, "https://github.com"))
    case "gitlab-pipeline":
      return gitlabIdentity(claimReader(token, "https://gitlab.com"))
    case "circleci-job":
      return circleCiIdentity((name) => text(token.claims[`oidc.circleci.com/${name}`]))
  }
}

// Fulcio, `config/identity/config.yaml`, github-workflow.
function githubIdentity(claim: Claim): CiIdentity {
  const url = claim("url")
  const repository = `${url}/${claim("repository")}`
  const signer = `${url}/${claim("job_workflow_ref")}`
  return {
    name: signer,
    extensions: {
      2: claim("event_name"),
      3: claim("sha"),
      4: claim("workflow"),
      5: claim("repository"),
      6: claim("ref"),
      9: signer,
      10: claim("job_workflow_sha"),
      11: claim("runner_environment"),
      12: repository,
      13: claim("sha"),
      14: claim("ref"),
      15: claim("repository_id"),
      16: `${url}/${claim("repository_owner")}`,
      17: claim("repository_owner_id"),
      18: `${url}/${claim("workflow_ref")}`,
      19: claim("workflow_sha"),
      20: claim("event_name"),
      21: `${repository}/actions/runs/${claim("run_id")}/attempts/${claim("run_attempt")}`,
      22: claim("repository_visibility"),
      23: claim("environment"),
    },
  }
}

// Fulcio, `config/identity/config.yaml`, gitlab-pipeline.
function gitlabIdentity(claim: Claim): CiIdentity {
  const url = claim("url")
  const project = `${url}/${claim("project_path")}`
  const config = `https://${claim("ci_config_ref_uri")}`
  const kind = claim("ref_type") === "branch" ? "heads" : "tags"
  return {
    name: config,
    extensions: {
      9: config,
      10: claim("ci_config_sha"),
      11: claim("runner_environment"),
      12: project,
      13: claim("sha"),
      14: `refs/${kind}/${claim("ref")}`,
      15: claim("project_id"),
      16: `${url}/${claim("namespace_path")}`,
      17: claim("namespace_id"),
      18: config,
      19: claim("ci_config_sha"),
      20: claim("pipeline_source"),
      21: `${project}/-/jobs/${claim("job_id")}`,
      22: claim("project_visibility"),
      23: claim("environment"),
    },
  }
}

// Fulcio, `config/identity/config.yaml`, circleci-job: two slashes in the address of the run, and two quotes for a usual runner.
function circleCiIdentity(claim: Claim): CiIdentity {
  const api = "https://circleci.com/api/v2"
  const project = `${api}/projects/${claim("project-id")}`
  const definition = `${project}/pipeline-definitions/${claim("pipeline-definition-id")}`
  const workflow = `https://app.circleci.com//workflow/${claim("workflow-id")}`
  return {
    name: definition,
    extensions: {
      9: definition,
      11: claim("ssh-rerun") === "true" ? "ssh-rerun" : '""',
      12: claim("vcs-origin"),
      14: claim("vcs-ref"),
      18: `${api}/pipeline/${claim("pipeline-id")}/config`,
      21: `${workflow}/job/${claim("job-id")}`,
    },
  }
}

// A claim of the token wins over the defaults of Fulcio's configuration; what neither has is an error.
function claimReader({ claims, issuer }: VerifiedToken, url: string): Claim {
  const values: Readonly<Record<string, unknown>> = { url, environment: "", ...claims }
  return (name) => {
    if (Object.hasOwn(values, name)) return text(values[name])
    throw malformed(`value <${name}> not present in either claims or defaults. Issuer: ${issuer}`)
  }
}

/** A claim as Go's `%v` writes it; a missing one of CircleCI's is empty. */
function text(value: unknown): string {
  if (value === undefined) return ""
  if (value === null) return "<nil>"
  if (Array.isArray(value)) return `[${value.map(text).join(" ")}]`
  return typeof value === "string" ? value : JSON.stringify(value)
}

function render(texts: Extensions): CertificateExtension[] {
  return Object.entries(texts)
    .filter(([, value]) => value !== "")
    .map(([number, value]) => fulcioExtension(Number(number), value))
}

// Go's `net/url` escapes on the way into the certificate what may not stand in a URI.
function toUrl(value: string): string {
  if (/[\0- \x7f]/.test(value.slice(0, 1))) throw malformed("the subject is not a URL")
  return value.replaceAll(/[^\x21-\x7e]|["<>\\^`{|}]/gu, encodeURIComponent)
}
