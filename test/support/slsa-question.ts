import type { Identity } from "../../src/core/identity.ts"
import type { SlsaCommand } from "../../src/policy/slsa-verifier/builders.ts"
import { decideProvenance, type ProvenanceFlags } from "../../src/policy/slsa-verifier/verify.ts"
import { GENERATOR_IDENTITY } from "../../src/world/sigstore/identities.ts"
import { slsaV02Statement } from "../../src/world/sigstore/statements.ts"
import { wheel, wheelSubject } from "./judge.ts"

/** The source that is asked for. */
export const SOURCE: string = "github.com/acme/rocket"
/** The source as statements name it. */
export const URI: string = "git+https://github.com/acme/rocket"
/** The folder of the generator's workflows. */
export const WORKFLOWS: string =
  "https://github.com/slsa-framework/slsa-github-generator/.github/workflows"
/** A builder that delegators speak for. */
export const DELEGATE: string = `${WORKFLOWS}/builder_nodejs_slsa3.yml@refs/tags/v2.1.0`
/** A builder of GitHub attestations that is in the table. */
export const BCR: string =
  "https://github.com/bazel-contrib/publish-to-bcr/.github/workflows/publish.yaml"

/** A statement that a test changes anywhere. */
// oxlint-disable-next-line typescript/no-explicit-any -- that is what it is for.
export type Changeable = any

/** What to ask; what is left out is the generic generator's own. */
interface Ask {
  readonly identity?: Identity
  readonly statement?: object
  readonly flags?: Partial<ProvenanceFlags>
  readonly command?: SlsaCommand
  readonly testing?: boolean
  readonly payloadType?: string
}

/** The class of error, or the builder that passed. */
export function ask(request: Ask = {}): string {
  const {
    identity = GENERATOR_IDENTITY,
    statement = slsaV02Statement([wheelSubject()], identity),
    flags = {},
    command = "verify-artifact",
    testing = false,
    payloadType = "application/vnd.in-toto+json",
  } = request
  const decision = decideProvenance({
    command,
    identity,
    payloadType,
    payload: Buffer.from(JSON.stringify(statement)),
    artifactSha256: wheel().digests.sha256,
    flags: { sourceUri: SOURCE, workflowInputs: new Map(), ...flags },
    testing,
  })
  return decision.kind === "passed" ? decision.builderId : decision.errorClass
}

/** The generator's identity under another of the generator's workflows. */
export function signedBy(workflow: string, ref = "refs/tags/v2.1.0"): Identity {
  const uri = workflow.startsWith("https:") ? workflow : `${WORKFLOWS}/${workflow}`
  const value = `${uri}@${ref}`
  return { ...GENERATOR_IDENTITY, san: { kind: "uri", value }, buildSignerUri: value }
}

/** The generator's statement after a change. */
export function changed(change: (statement: Changeable) => unknown): object {
  const statement: Changeable = slsaV02Statement([wheelSubject()])
  change(statement)
  return statement
}

/** What is reported where the generic generator's provenance passes. */
export const PASSED: string = GENERATOR_IDENTITY.san.value
