import { circleCiClaims, emailClaims, githubClaims, gitlabClaims, type Claims } from "./claims.ts"

/** Whose tokens the local issuer mints. */
export type ProviderName = "github" | "gitlab" | "circleci" | "email"

/** What is known of a provider of tokens. */
export type Provider = {
  /** The issuer as the real one names itself. */
  readonly issuer: string
  /** Seconds that tokens live, and seconds before their making from which they hold. */
  readonly lifetime: number
  readonly early: number
  /** The claims of a usual job. */
  readonly claims: () => Claims
} & (
  | {
      readonly kind: "ci-provider"
      /** How Fulcio calls the rules by which its claims become extensions. */
      readonly ciProvider: "github-workflow" | "gitlab-pipeline" | "circleci-job"
    }
  | {
      readonly kind: "email"
      /** The path to the claim that names the issuer for the certificate. */
      readonly issuerClaim: readonly string[]
    }
)

/** The providers by name (Fulcio, `config/identity/config.yaml`). */
export const PROVIDERS: Readonly<Record<ProviderName, Provider>> = {
  github: {
    issuer: "https://token.actions.githubusercontent.com",
    kind: "ci-provider",
    ciProvider: "github-workflow",
    lifetime: 300,
    early: 600,
    claims: () => ({ ...githubClaims() }),
  },
  gitlab: {
    issuer: "https://gitlab.com",
    kind: "ci-provider",
    ciProvider: "gitlab-pipeline",
    lifetime: 3_600,
    early: 5,
    claims: () => ({ ...gitlabClaims() }),
  },
  circleci: {
    issuer: "https://oidc.circleci.com",
    kind: "ci-provider",
    ciProvider: "circleci-job",
    lifetime: 3_600,
    early: 0,
    claims: () => circleCiClaims(),
  },
  email: {
    issuer: "https://oauth2.sigstore.dev/auth",
    kind: "email",
    issuerClaim: ["federated_claims", "connector_id"],
    lifetime: 300,
    early: 0,
    claims: () => ({ ...emailClaims() }),
  },
}

/** The names of all providers. */
export const PROVIDER_NAMES: readonly ProviderName[] = ["github", "gitlab", "circleci", "email"]

/** Whether there is a provider of this name. */
export function isProviderName(name: string): name is ProviderName {
  return Object.hasOwn(PROVIDERS, name)
}
