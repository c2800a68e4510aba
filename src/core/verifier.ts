import type { Artifact } from "./artifact.ts"
import {
  type Authentic,
  authenticate,
  type Authenticator,
  instancesFor,
  type VerifyPrehashed,
} from "./authenticate.ts"
import { encodeBase64 } from "./bytes.ts"
import { type Certificate, describeName, parseCertificate } from "./certificate.ts"
import { check, type Finding, type Outcome } from "./check.ts"
import type { Evidence } from "./evidence.ts"
import { checkExpectation, type Expectation } from "./expectation.ts"
import { type PublicKey, sha256Hex } from "./keys.ts"
import { judge } from "./judge.ts"
import { isCheckpointSigned } from "./log.ts"
import { BoundedMap } from "./memo.ts"
import { readSigner, type Signer } from "./signer.ts"
import type { TrustedInstance } from "./trust.ts"
import type { Rejected, Verified } from "./verdict.ts"

/** Whom a verifier trusts. */
export interface VerifierOptions {
  readonly instances: readonly TrustedInstance[]
  /** Managed keys. Where any is given, only evidence signed by one of them counts. */
  readonly keys?: readonly PublicKey[]
  /** Needed for signatures over files themselves; absent, those are refused. */
  readonly verifyPrehashed?: VerifyPrehashed
  /**
   * Whether the statement's content is judged too: that it is provenance, and agrees with the certificate. True unless said otherwise;
   * false is for tools whose task ends with the signature and the subject, such as Sigstore's conformance client.
   */
  readonly statementCounts?: boolean
}

/** Decides about evidence. Remembers certificates and checkpoints that it has seen, never verdicts. */
export interface Verifier {
  /** Decides whether `evidence` vouches for `artifact` and meets the expectation. Same arguments, same verdict. Throws as {@link checkExpectation}. */
  verify(artifact: Artifact, evidence: Evidence, expectation: Expectation): Verified | Rejected
  /** Checks signature, certificate, log and time alone; what the statement says is not looked at. */
  authenticate(evidence: Evidence, artifact?: Artifact): Outcome<Authentic>
}

/** Creates a verifier over a trust root. Pure: time comes from the evidence, trust from the arguments. */
export function createVerifier(options: VerifierOptions): Verifier {
  const { instances, keys = [] } = options
  const certificates = new BoundedMap<Certificate>(256)
  const checkpoints = new BoundedMap<boolean>(256)
  const parse = (der: Uint8Array): Certificate =>
    certificates.get(sha256Hex(der), () => parseCertificate(der))
  const tools: Authenticator = {
    verifyPrehashed: options.verifyPrehashed,
    isCheckpointSigned: (checkpoint, log) =>
      checkpoints.get(checkpointKey(log.logId, checkpoint), () =>
        isCheckpointSigned(checkpoint, log),
      ),
  }
  const authenticateEvidence = (evidence: Evidence, artifact?: Artifact): Outcome<Authentic> => {
    const signer = readSigner(evidence, keys, parse)
    if (!signer.ok) return signer
    return authenticateInAny(evidence, signer.value, artifact, instances, tools)
  }
  return {
    authenticate: authenticateEvidence,
    verify(artifact, evidence, expectation) {
      checkExpectation(expectation)
      const authentic = authenticateEvidence(evidence, artifact)
      if (!authentic.ok) return { kind: "rejected", reasons: [authentic.reason] }
      return judge(artifact, evidence, authentic.value, {
        expectation,
        statementCounts: options.statementCounts ?? true,
      })
    },
  }
}

function checkpointKey(
  logId: string,
  checkpoint: Parameters<Authenticator["isCheckpointSigned"]>[0],
): string {
  const signatures = checkpoint.signatures.map(
    ({ name, keyHint, signature }) => `${name} ${keyHint} ${encodeBase64(signature)}`,
  )
  return [logId, encodeBase64(checkpoint.signed), ...signatures].join("\n")
}

/** Tries the instances that may have made the evidence one by one; parts of two never add up. */
function authenticateInAny(
  evidence: Evidence,
  signer: Signer,
  artifact: Artifact | undefined,
  instances: readonly TrustedInstance[],
  tools: Authenticator,
): Outcome<Authentic> {
  const candidates =
    signer.kind === "certificate" ? instancesFor(signer.certificate, instances) : instances
  if (signer.kind === "certificate" && candidates.length === 0) {
    const reason = check("certificate-chain", evidence.origin, () =>
      unknownAuthority(signer.certificate, instances),
    )
    if (reason !== undefined) return { ok: false, reason }
  }
  let first: Outcome<Authentic> | undefined
  for (const instance of candidates) {
    const outcome = authenticate(evidence, signer, artifact, instance, tools)
    if (outcome.ok) return outcome
    first ??= outcome
  }
  return first ?? authenticate(evidence, signer, artifact, undefined, tools)
}

function unknownAuthority(
  certificate: Certificate,
  instances: readonly TrustedInstance[],
): Finding {
  const names = instances.map(({ name }) => name).join(", ")
  return {
    expected: `a certificate of ${names === "" ? "an instance of the trust root" : names}`,
    found: `a certificate issued by ${describeName(certificate.issuer)}, which is not in the trust root`,
  }
}
