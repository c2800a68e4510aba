import type { Identity } from "../../core/identity.ts"

const REPOSITORY = "https://github.com/acme/rocket"
const COMMIT = "4d329c75e7ec1725f7c9ce917a8799d408d06be3"
const REF = "refs/tags/v1.0.0"
const WORKFLOW = `${REPOSITORY}/.github/workflows/release.yml@${REF}`
const GENERATOR =
  "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/tags/v2.1.0"

/** An identity with all that a GitHub job without an environment has. */
export type GitHubIdentity = Required<Omit<Identity, "deploymentEnvironment">>

/** A GitHub job of `release.yml` in `acme/rocket`, started by pushing the tag `v1.0.0`. */
export const GITHUB_IDENTITY: GitHubIdentity = {
  san: { kind: "uri", value: WORKFLOW },
  issuer: "https://token.actions.githubusercontent.com",
  buildSignerUri: WORKFLOW,
  buildSignerDigest: COMMIT,
  runnerEnvironment: "github-hosted",
  sourceRepository: REPOSITORY,
  sourceCommit: COMMIT,
  sourceRef: REF,
  sourceRepositoryId: "851894824",
  ownerUri: "https://github.com/acme",
  ownerId: "180348046",
  buildConfigUri: WORKFLOW,
  buildConfigDigest: COMMIT,
  trigger: "push",
  runUri: `${REPOSITORY}/actions/runs/10818226125/attempts/1`,
  visibility: "public",
  tokenSubject: `repo:acme/rocket:ref:${REF}`,
  workflowName: "Release",
}

/** The same run calling the generic SLSA generator, whose reusable workflow then signs. */
export const GENERATOR_IDENTITY: GitHubIdentity = {
  ...GITHUB_IDENTITY,
  san: { kind: "uri", value: GENERATOR },
  buildSignerUri: GENERATOR,
  buildSignerDigest: "f7dd8c54c2067bafc12ca7a55595d5ee9b75204a",
}

/** A person who signed in with an address at an OIDC provider. */
export const EMAIL_IDENTITY: Identity = {
  san: { kind: "email", value: "maintainer@acme.example" },
  issuer: "https://accounts.google.com",
}
