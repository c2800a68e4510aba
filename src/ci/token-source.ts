import { WheelproofError } from "../core/errors.ts"
import type { HttpClient, HttpLimits } from "../io/http.ts"
import { type Environment, PLATFORM_NAMES, platformOf } from "./environment.ts"
import { requestGithubToken } from "./github-token.ts"

/** Where an identity token may come from. */
export interface TokenSources {
  readonly environment: Environment
  /** One that the user gave; then nothing else is asked. */
  readonly given: string | undefined
  /** Lets a person sign in; absent where nobody is there. */
  readonly signIn: (() => Promise<string>) | undefined
}

/** An identity token, and how to get another when its certificate has run out. */
export interface IdentityToken {
  readonly token: string
  readonly from: "given" | "github-actions" | "variable" | "sign-in"
  /** Absent for a token that was given once. */
  readonly renew?: () => Promise<string>
}

/** The variable that GitLab, CircleCI and users put a token in. */
const TOKEN_VARIABLE = "SIGSTORE_ID_TOKEN"

/**
 * Gets an identity token: the one that was given, else the runner's of GitHub Actions, else the variable that GitLab and CircleCI fill, else by
 * letting a person sign in. Throws `ERR_IDENTITY` and says what the platform needs.
 */
export async function obtainToken(
  { environment, given, signIn }: TokenSources,
  audience: string,
  http: HttpClient,
  limits: Omit<HttpLimits, "maxBytes">,
): Promise<IdentityToken> {
  const platform = platformOf(environment)
  const variable = environment[TOKEN_VARIABLE]?.trim() ?? ""
  if (given !== undefined) return { token: given.trim(), from: "given" }
  if (platform === "github" && (variable === "" || mayAsk(environment))) {
    const renew = (): Promise<string> => requestGithubToken(environment, audience, http, limits)
    return { token: await renew(), from: "github-actions", renew }
  }
  if (variable !== "") return { token: variable, from: "variable" }
  if (platform === "gitlab" || platform === "circleci") throw missing(platform)
  if (signIn !== undefined) return { token: await signIn(), from: "sign-in", renew: signIn }
  throw new WheelproofError("ERR_IDENTITY", "there is no identity to sign with", {
    hint: `run this on a build platform, put an identity token for the audience sigstore in ${TOKEN_VARIABLE}, sign in at a terminal, or sign with a key of your own by --key`,
  })
}

function mayAsk(environment: Environment): boolean {
  return (environment["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "") !== ""
}

const NEEDS = {
  gitlab: `give the job \`id_tokens: {${TOKEN_VARIABLE}: {aud: sigstore}}\``,
  circleci: `put \`circleci run oidc get --claims '{"aud":"sigstore"}' --root-issuer\` into ${TOKEN_VARIABLE} before`,
} as const

function missing(platform: keyof typeof NEEDS): WheelproofError {
  return new WheelproofError(
    "ERR_IDENTITY",
    `this job of ${PLATFORM_NAMES[platform]} has no identity token in ${TOKEN_VARIABLE}`,
    { hint: NEEDS[platform] },
  )
}
