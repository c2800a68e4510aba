import { CHECKS } from "../../core/checks.ts"
import { equalBytes } from "../../core/bytes.ts"
import { WheelproofError } from "../../core/errors.ts"
import type { Evidence } from "../../core/evidence.ts"
import type { Expectation } from "../../core/expectation.ts"
import type { Proof, Reason } from "../../core/verdict.ts"
import type { Verifier } from "../../core/verifier.ts"
import { parseEvidenceDocument } from "../../formats/evidence-document.ts"
import type { PlannedStatement } from "./plan.ts"

/** An attestation, and what verifying it proved. */
export interface Proven {
  readonly evidence: Evidence
  readonly proof: Proof
}

/** Parses and verifies a bundle as a user will, against what was planned. Throws `ERR_SIGNING`. */
export type Prove = (bundle: string, statement: PlannedStatement) => Proven

/**
 * Makes a prover: a bundle is verified from the bytes that will be written, that it holds, speaks for the file, and says what was planned. Everything
 * that a service answered goes through here.
 */
export function createProver(verifier: Verifier, expectation: Expectation): Prove {
  return (bundle, { payload, subject }) => {
    const [parsed] = parseEvidenceDocument(Buffer.from(bundle), "the attestation")
    if (parsed?.kind !== "evidence") throw unproven(parsed?.message ?? "it holds no attestation")
    const { evidence } = parsed
    if (evidence.content.kind !== "dsse" || !equalBytes(evidence.content.payload, payload)) {
      throw unproven("it is of another statement")
    }
    const artifact = { digests: { sha256: subject.sha256 }, name: subject.name }
    const verdict = verifier.verify(artifact, evidence, expectation)
    if (verdict.kind === "verified") return { evidence, proof: verdict.proof }
    throw unproven(describe(verdict.reasons[0]))
  }
}

function describe({ check, expected, found }: Reason): string {
  return `${CHECKS[check].holds}: expected ${expected}, found ${found} [${check}]`
}

function unproven(problem: string): WheelproofError {
  return new WheelproofError(
    "ERR_SIGNING",
    `what the signing services answered does not verify: ${problem}`,
    {
      hint: "nothing was written; run it again later, and if it stays the same, tell the operator of the services",
    },
  )
}
