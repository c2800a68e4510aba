/** slsa-verifier's error classes that we can raise, with the text each begins with (its `errors/errors.go`). */
const SLSA_ERRORS: Readonly<Record<SlsaErrorClass, string>> = {
  ErrorInvalidDssePayload: "invalid DSSE envelope payload",
  ErrorInvalidBuilderID: "builderID is invalid",
  ErrorInvalidBuildType: "buildType is invalid",
  ErrorMismatchBuilderID: "builderID does not match provenance",
  ErrorUntrustedReusableWorkflow: "untrusted reusable workflow",
  ErrorInvalidRef: "invalid ref",
  ErrorInvalidOIDCIssuer: "invalid OIDC issuer",
  ErrorMalformedURI: "URI is malformed",
  ErrorMismatchSource: "source used to generate the binary does not match provenance",
  ErrorMismatchBranch: "branch used to generate the binary does not match provenance",
  ErrorMismatchTag: "tag used to generate the binary does not match provenance",
  ErrorMismatchVersionedTag: "tag used to generate the binary does not match provenance",
  ErrorInvalidSemver: "invalid semantic version",
  ErrorMismatchWorkflowInputs: "workflow input does not match",
  ErrorMismatchHash: "artifact hash does not match provenance subject",
  ErrorInvalidHash: "invalid hash",
  ErrorInvalidFormat: "invalid format",
  ErrorNotPresent: "not present",
  ErrorNotSupported: "not supported",
  ErrorVerifierNotSupported: "no verifier support the builder",
  ErrorNoValidSignature: "no valid signature",
  ErrorInvalidPublicKey: "invalid public key",
  ErrorEmptyRequiredField: "empty value in required field",
  ErrorMissingSubjectDigest: "missing subject digest",
  ErrorMismatchVerifierID: "verifier ID does not match",
  ErrorMismatchResourceURI: "resource URI does not match",
  ErrorInvalidVerificationResult: "verificationResult is not PASSED",
  ErrorMismatchVerifiedLevels: "verified levels do not match",
  ErrorInvalidSLSALevel: "invalid SLSA level",
}

/** The name of one class. */
export type SlsaErrorClass =
  | "ErrorInvalidDssePayload"
  | "ErrorInvalidBuilderID"
  | "ErrorInvalidBuildType"
  | "ErrorMismatchBuilderID"
  | "ErrorUntrustedReusableWorkflow"
  | "ErrorInvalidRef"
  | "ErrorInvalidOIDCIssuer"
  | "ErrorMalformedURI"
  | "ErrorMismatchSource"
  | "ErrorMismatchBranch"
  | "ErrorMismatchTag"
  | "ErrorMismatchVersionedTag"
  | "ErrorInvalidSemver"
  | "ErrorMismatchWorkflowInputs"
  | "ErrorMismatchHash"
  | "ErrorInvalidHash"
  | "ErrorInvalidFormat"
  | "ErrorNotPresent"
  | "ErrorNotSupported"
  | "ErrorVerifierNotSupported"
  | "ErrorNoValidSignature"
  | "ErrorInvalidPublicKey"
  | "ErrorEmptyRequiredField"
  | "ErrorMissingSubjectDigest"
  | "ErrorMismatchVerifierID"
  | "ErrorMismatchResourceURI"
  | "ErrorInvalidVerificationResult"
  | "ErrorMismatchVerifiedLevels"
  | "ErrorInvalidSLSALevel"

/** A failure as slsa-verifier reports it. */
export interface SlsaFailure {
  readonly kind: "failed"
  readonly errorClass: SlsaErrorClass
  /** The class's text, then what was expected and found. */
  readonly message: string
}

/** Ends a decision. It never leaves this folder: the functions that others call return an {@link SlsaFailure}. */
export class Refusal extends Error {
  override readonly name = "Refusal"
  readonly errorClass: SlsaErrorClass

  constructor(errorClass: SlsaErrorClass, detail: string) {
    super(`${SLSA_ERRORS[errorClass]}: ${detail}`)
    this.errorClass = errorClass
  }
}

/** Runs a decision and turns its {@link Refusal} into a value. */
export function decided<Passed>(decide: () => Passed): Passed | SlsaFailure {
  try {
    return decide()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { kind: "failed", errorClass: error.errorClass, message: error.message }
  }
}
