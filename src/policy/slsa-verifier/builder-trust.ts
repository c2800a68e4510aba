import type { Identity } from "../../core/identity.ts"
import { type BuilderId, matchFull, matchLoose, parseBuilderId } from "./builder-id.ts"
import { DEFAULT_BUILDERS, DELEGATORS, GENERATOR_WORKFLOWS, type SlsaCommand } from "./builders.ts"
import { sourceName } from "./certificate-workflow.ts"
import { Refusal } from "./errors.ts"
import { checkBuilderTag, checkJreleaserTag, checkTestingTag } from "./refs.ts"

const GITHUB_ISSUER = "https://token.actions.githubusercontent.com"
const TESTING_REPOSITORIES = [
  "slsa-framework/slsa-github-generator",
  "slsa-framework/example-package",
]

/** The builder that the certificate shows, and whether it speaks for a delegate. */
export interface TrustedBuilder {
  readonly id: { readonly name: string; readonly version: string }
  readonly isDelegator: boolean
}

/** Decides whether the certificate's signer is a builder to trust: the one named, or one of the command's defaults. */
export function trustBuilder(
  identity: Identity,
  builderId: string | undefined,
  command: SlsaCommand,
  testing: boolean,
): TrustedBuilder {
  if (identity.issuer !== GITHUB_ISSUER) {
    throw new Refusal(
      "ErrorInvalidOIDCIssuer",
      `expected ${GITHUB_ISSUER}, found ${identity.issuer ?? "none"}`,
    )
  }
  const id = splitSubject(identity)
  const defaults = DEFAULT_BUILDERS[command]
  const isNamed = builderId !== undefined && builderId !== ""
  if (!isNamed && !defaults.includes(id.name)) {
    throw new Refusal("ErrorUntrustedReusableWorkflow", `${id.name} with no --builder-id`)
  }
  const isDelegator = DELEGATORS.includes(id.name) && defaults.includes(id.name)
  if (isNamed && !isDelegator) matchNamed(builderId, id)
  checkBuilderRef(id.version, identity, testing)
  return { id, isDelegator }
}

// The workflow is before the last `@` of the subject's path; for a reusable workflow it is the called one.
function splitSubject({ san }: Identity): TrustedBuilder["id"] {
  if (san.kind !== "uri" || !URL.canParse(san.value)) {
    throw new Refusal(
      "ErrorInvalidFormat",
      `the certificate's subject ${san.value} is not a workflow`,
    )
  }
  const at = san.value.lastIndexOf("@")
  const [name, version] = [san.value.slice(0, Math.max(at, 0)), san.value.slice(at + 1)]
  if (name !== "" && version !== "") return { name, version }
  throw new Refusal("ErrorMalformedURI", `the certificate's subject ${san.value} has no ref`)
}

function matchNamed(builderId: string, id: TrustedBuilder["id"]): void {
  try {
    matchLoose(builderId, id, true)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new Refusal(
      "ErrorUntrustedReusableWorkflow",
      `expected ${builderId}, found ${id.name}@${id.version}`,
    )
  }
}

function checkBuilderRef(ref: string, identity: Identity, testing: boolean): void {
  if (testing && TESTING_REPOSITORIES.includes(sourceName(identity) ?? "")) {
    if (ref !== "refs/heads/main") checkTestingTag(ref)
    return
  }
  checkBuilderTag(ref)
}

/** What deciding about the predicate's own builder id needs. */
export interface PredicateBuilder {
  readonly trusted: TrustedBuilder
  /** The id in the predicate. */
  readonly claimed: string
  /** The source URI in the predicate. */
  readonly sourceUri: string
  readonly builderId: string | undefined
  readonly testing: boolean
}

/** Checks the builder id that the predicate names, and returns the one to report. */
export function checkPredicateBuilder(request: PredicateBuilder): string {
  const { trusted, claimed } = request
  if (trusted.isDelegator) return checkDelegate(request)
  // The signer's own name, in full.
  const name = `${trusted.id.name}@${trusted.id.version}`
  matchFull(name, parseBuilderId(claimed), false)
  return name
}

function checkDelegate({ claimed, sourceUri, builderId, testing }: PredicateBuilder): string {
  const id = parseDelegate(claimed)
  const isTest =
    testing &&
    sourceUri.split("@", 1)[0] === "git+https://github.com/slsa-framework/example-package"
  if (id.name.startsWith("https://github.com/jreleaser/release-action"))
    checkJreleaserTag(id.version)
  else if (!(isTest && id.version === "refs/heads/main")) checkBuilderTag(id.version)
  if (builderId !== undefined) {
    matchLoose(builderId, id, true)
  } else if (!id.name.startsWith(GENERATOR_WORKFLOWS)) {
    throw new Refusal("ErrorInvalidBuilderID", `${id.name} needs to be named with --builder-id`)
  }
  return claimed
}

function parseDelegate(claimed: string): BuilderId & { readonly version: string } {
  const [name = "", version = "", ...rest] = claimed.split("@")
  if (name !== "" && version !== "" && rest.length === 0) return { name, version }
  throw new Refusal("ErrorInvalidBuilderID", `${JSON.stringify(claimed)} is not name@ref`)
}
