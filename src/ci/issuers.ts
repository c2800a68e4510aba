import { WheelproofError } from "../core/errors.ts"

/** Whose tokens say what: the claims differ. */
export type IssuerKind = "github" | "gitlab" | "circleci" | "person"

/** An issuer that was named by the user: its tokens are accepted, and its keys looked up where they say. */
export interface ConfiguredIssuer {
  /** The issuer as tokens name it. */
  readonly issuer: string
  /** The address that discovery starts from; the issuer's own unless it is another. */
  readonly keysAt: URL
}

/** An issuer whose tokens may be accepted, if its keys say so. */
export interface AcceptedIssuer extends ConfiguredIssuer {
  /** Undefined where the claims have to tell. */
  readonly kind: IssuerKind | undefined
}

interface KnownIssuer {
  readonly kind: IssuerKind
  readonly issuer: string
  /** Whether one path segment more names an enterprise or organisation: those have issuers of their own. */
  readonly withTenants?: true
}

/** The issuers that the public-good Fulcio takes and whose claims we can read (Fulcio, `config/identity/config.yaml`). */
const KNOWN: readonly KnownIssuer[] = [
  { kind: "github", issuer: "https://token.actions.githubusercontent.com", withTenants: true },
  { kind: "gitlab", issuer: "https://gitlab.com" },
  { kind: "circleci", issuer: "https://oidc.circleci.com" },
  { kind: "circleci", issuer: "https://oidc.circleci.com/org", withTenants: true },
  { kind: "person", issuer: "https://oauth2.sigstore.dev/auth" },
  { kind: "person", issuer: "https://accounts.google.com" },
]

/**
 * The issuer that a token names, if its tokens may be accepted at all: one that is known, or that the user or the signing config names. Throws
 * `ERR_IDENTITY` for every other: who may sign is not for the token to say.
 */
export function acceptIssuer(
  issuer: string,
  configured: readonly ConfiguredIssuer[],
): AcceptedIssuer {
  const own = configured.find((candidate) => candidate.issuer === issuer)
  const known = KNOWN.find((candidate) => isIssuer(issuer, candidate))
  if (own !== undefined) return { ...own, kind: known?.kind }
  const keysAt = URL.parse(issuer)
  if (known !== undefined && keysAt !== null) return { issuer, keysAt, kind: known.kind }
  throw new WheelproofError(
    "ERR_IDENTITY",
    `the identity token was issued by ${issuer}, which is not an issuer that is accepted`,
    {
      hint: "the issuers of GitHub Actions, GitLab, CircleCI and Sigstore's sign-in are; name another one that you trust with --oidc-issuer",
    },
  )
}

function isIssuer(issuer: string, known: KnownIssuer): boolean {
  if (issuer === known.issuer) return true
  if (known.withTenants !== true || !issuer.startsWith(`${known.issuer}/`)) return false
  return /^[A-Za-z0-9][A-Za-z0-9-]*$/.test(issuer.slice(known.issuer.length + 1))
}

/** Reads `ISSUER` or `ISSUER=URL`. Throws `ERR_USAGE`. */
export function parseConfiguredIssuer(text: string): ConfiguredIssuer {
  const at = text.indexOf("=http")
  const issuer = at === -1 ? text : text.slice(0, at)
  const keysAt = URL.parse(at === -1 ? text : text.slice(at + 1))
  if (keysAt !== null && URL.canParse(issuer)) return { issuer, keysAt }
  throw new WheelproofError("ERR_USAGE", `--oidc-issuer ${text} is not an address`, {
    hint: "write the issuer as tokens name it, and where its keys are only if that is elsewhere: ISSUER or ISSUER=URL",
  })
}
