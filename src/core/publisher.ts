import { check, type Finding } from "./check.ts"
import type { Publisher } from "./evidence.ts"
import type { Identity } from "./identity.ts"
import type { Reason } from "./verdict.ts"

const GITHUB_ISSUER = "https://token.actions.githubusercontent.com"

/**
 * Compares the publisher that an index names with the certificate, by the rules that PyPI itself applies at upload
 * (pypi-attestations, publisher policies). The certificate decides; the index's word is only ever refused here, never believed.
 */
export function checkPublisher(
  publisher: Publisher,
  identity: Identity,
  origin: string,
): Reason | undefined {
  if (publisher.kind === "unknown") {
    return check("publisher-kind", origin, () => ({
      expected: "a publisher of kind GitHub, GitLab, Google or CircleCI",
      found: `a publisher of kind ${publisher.name}`,
    }))
  }
  return check("publisher-claim", origin, () => compare(publisher, identity))
}

function compare(
  publisher: Exclude<Publisher, { kind: "unknown" }>,
  identity: Identity,
): Finding | undefined {
  switch (publisher.kind) {
    case "GitHub": {
      const repository = `https://github.com/${publisher.repository}`
      const workflow = `${repository}/.github/workflows/${publisher.workflow}`
      return (
        equal("issuer", identity.issuer, GITHUB_ISSUER) ??
        equal("source repository", identity.sourceRepository, repository) ??
        configFinding(identity, workflow)
      )
    }
    case "GitLab": {
      const repository = `https://gitlab.com/${publisher.repository}`
      return (
        equal("issuer", identity.issuer, "https://gitlab.com") ??
        equal("source repository", identity.sourceRepository, repository) ??
        configFinding(identity, `${repository}//${publisher.workflow}`)
      )
    }
    case "Google":
      return (
        equal("issuer", identity.issuer, "https://accounts.google.com") ??
        equal("identity", identity.san.value, publisher.email)
      )
    case "CircleCI":
      return circleFinding(publisher, identity)
  }
}

function circleFinding(
  publisher: Extract<Publisher, { kind: "CircleCI" }>,
  identity: Identity,
): Finding | undefined {
  const pipeline = `https://circleci.com/api/v2/projects/${publisher.projectId}/pipeline-definitions/${publisher.pipelineDefinitionId}`
  return (
    equal("issuer", identity.issuer, "https://oidc.circleci.com") ??
    equal("pipeline", identity.buildSignerUri, pipeline) ??
    (publisher.vcsOrigin === undefined
      ? undefined
      : equal("source repository", identity.sourceRepository, publisher.vcsOrigin)) ??
    (publisher.vcsRef === undefined
      ? undefined
      : equal("source ref", identity.sourceRef, publisher.vcsRef))
  )
}

// The build config URI ends in the ref or in the commit that the workflow was read from.
function configFinding(identity: Identity, workflow: string): Finding | undefined {
  const { buildConfigUri, sourceRef, sourceCommit } = identity
  const allowed = [sourceRef, sourceCommit]
    .filter((ref) => ref !== undefined)
    .map((ref) => `${workflow}@${ref}`)
  if (buildConfigUri !== undefined && allowed.includes(buildConfigUri)) return undefined
  return {
    expected: `the certificate's workflow, ${buildConfigUri ?? "which it does not name"}`,
    found: `the publisher's workflow ${workflow}`,
  }
}

function equal(what: string, proved: string | undefined, named: string): Finding | undefined {
  if (proved === named) return undefined
  return {
    expected: `the certificate's ${what}, ${proved ?? "which it does not name"}`,
    found: `the publisher's ${what} ${named}`,
  }
}
