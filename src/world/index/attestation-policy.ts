import type { Identity } from "../../core/identity.ts"

/** A publisher as provenance objects have it. */
type PublisherJson = Readonly<Record<string, string | null>>

/**
 * Why a certificate is not the publisher's, in the words of `pypi_attestations` (`_impl.py`, the publishers' policies); nothing where it is.
 * The comparison is exact, also in case. It looks at the top-level workflow and not at the one that asked for the certificate.
 */
export function checkIdentity(signer: Identity, publisher: PublisherJson): string | undefined {
  const kind = publisher["kind"]
  if (kind === "GitHub") {
    return checkForge(signer, {
      issuer: "https://token.actions.githubusercontent.com",
      repository: `https://github.com/${publisher["repository"] ?? ""}`,
      config: `/.github/workflows/${publisher["workflow"] ?? ""}`,
      shown: `${publisher["workflow"] ?? ""} @ ${publisher["repository"] ?? ""}`,
      bothRefs: false,
    })
  }
  if (kind === "GitLab") {
    return checkForge(signer, {
      issuer: "https://gitlab.com",
      repository: `https://gitlab.com/${publisher["repository"] ?? ""}`,
      config: `//${publisher["workflow_filepath"] ?? ""}`,
      shown: `${publisher["workflow_filepath"] ?? ""} @ ${publisher["repository"] ?? ""}`,
      bothRefs: true,
    })
  }
  return checkEmail(signer, publisher["email"] ?? "")
}

interface Forge {
  readonly issuer: string
  readonly repository: string
  /** The workflow file's path below the repository's address. */
  readonly config: string
  readonly shown: string
  /** Whether commit and ref must both be in the certificate, or one of them. */
  readonly bothRefs: boolean
}

function checkForge(signer: Identity, forge: Forge): string | undefined {
  const { issuer, repository, config, shown, bothRefs } = forge
  return (
    equal("OIDCIssuerV2", "1.3.6.1.4.1.57264.1.8", signer.issuer, issuer) ??
    equal(
      "OIDCSourceRepositoryURI",
      "1.3.6.1.4.1.57264.1.12",
      signer.sourceRepository,
      repository,
    ) ??
    checkConfig(signer, `${repository}${config}`, shown, bothRefs)
  )
}

function equal(
  name: string,
  oid: string,
  found: string | undefined,
  expected: string,
): string | undefined {
  if (found === undefined) return `Certificate does not contain ${name} (${oid}) extension`
  if (found === expected) return undefined
  return `Certificate's ${name} does not match (got '${found}', expected '${expected}')`
}

function checkConfig(
  { buildConfigUri, sourceCommit, sourceRef }: Identity,
  config: string,
  shown: string,
  bothRefs: boolean,
): string | undefined {
  const refs = [sourceCommit, sourceRef].filter((ref) => ref !== undefined)
  if (refs.length === 0 || (bothRefs && refs.length < 2)) {
    return "Certificate must contain either Source Repository Digest or Source Repository Ref"
  }
  const isExpected = refs.some((ref) => buildConfigUri === `${config}@${ref}`)
  if (isExpected) return undefined
  return `Certificate's Build Config URI (${buildConfigUri ?? "None"}) does not match expected Trusted Publisher (${shown})`
}

function checkEmail({ san, issuer }: Identity, email: string): string | undefined {
  if (san.value !== email) {
    return `Certificate's SANs do not match ${email}; actual SANs: {'${san.value}'}`
  }
  return equal("OIDCIssuer", "1.3.6.1.4.1.57264.1.1", issuer, "https://accounts.google.com")
}
