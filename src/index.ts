/**
 * wheelproof as a library. Everything that is listed here is API; nothing else is.
 *
 * @example
 * ```ts
 * import { isVerified, verify } from "wheelproof"
 *
 * const report = await verify("dist/*.whl", {
 *   expectation: { source: "github.com/pypa/sampleproject" },
 * })
 * if (!isVerified(report)) throw new Error("not everything is verified")
 * ```
 *
 * @module
 */
export {
  digest,
  inspect,
  seal,
  showTrust,
  type TrustOptions,
  verify,
  type VerifyOptions,
} from "./app/library.ts"
export { type FileResult, isVerified, type Report, type TrustSummary } from "./app/report.ts"
export type { Inspection, Section } from "./app/inspect.ts"
export type { Produced, TrustView } from "./app/use-cases.ts"
export type { Artifact } from "./core/artifact.ts"
export { type CheckId, CHECKS, type CheckText } from "./core/checks.ts"
export type { Claim } from "./core/claim.ts"
export { type FileDigests, parseSha256, type Sha256 } from "./core/digest.ts"
export { type ErrorCode, WheelproofError } from "./core/errors.ts"
export type { Evidence, EvidenceForm, Publisher } from "./core/evidence.ts"
export type { Expectation } from "./core/expectation.ts"
export type { Identity } from "./core/identity.ts"
export { parsePublicKeyPem, type PublicKey } from "./core/keys.ts"
export type { TrustedInstance } from "./core/trust.ts"
export type { Proof, Reason, Rejected, Undecided, Verdict, Verified } from "./core/verdict.ts"
export { createVerifier, type Verifier, type VerifierOptions } from "./core/verifier.ts"
export type { ChecksumLine } from "./formats/checksums.ts"
export { parseEvidenceDocument, type ParsedEvidence } from "./formats/evidence-document.ts"
export { parseTrustedRoots } from "./formats/trusted-root.ts"
