import { Buffer } from "node:buffer"
import { createPublicKey, type KeyObject, verify as verifySignature } from "node:crypto"

import { preAuthenticationEncoding } from "../../core/dsse.ts"
import { WheelproofError } from "../../core/errors.ts"
import { parseJson } from "../../core/json.ts"
import { parsePublicKeyPem } from "../../core/keys.ts"
import { LIMITS } from "../../core/limits.ts"
import { Shape } from "../../core/shape.ts"
import { STATEMENT_TYPES } from "../../core/statement.ts"
import { decided, Refusal, type SlsaFailure } from "./errors.ts"
import { checkLevels } from "./levels.ts"
import { opensshFingerprint } from "./openssh-key.ts"

const VSA = "https://slsa.dev/verification_summary/v1"
const IN_TOTO = "application/vnd.in-toto+json"

/** What is expected of a verification summary. */
export interface VsaFlags {
  /** Each `algorithm:value`; one at least. */
  readonly subjectDigests: readonly string[]
  readonly verifierId: string
  readonly resourceUri: string
  /** `""` for the key's own OpenSSH fingerprint. */
  readonly publicKeyId: string
  readonly verifiedLevels: readonly string[]
}

/** A verification summary, and by whose key it should be. */
export interface VsaQuestion {
  /** The envelope's file. */
  readonly envelope: Uint8Array
  readonly publicKeyPem: string
  readonly flags: VsaFlags
}

/** The summary holds; `payload` is what was signed. */
export interface VsaPassed {
  readonly kind: "passed"
  readonly payload: Uint8Array
}

/** Decides about a verification summary attestation (SLSA VSA v1) as slsa-verifier's `verify-vsa` does. */
export function decideVsa(question: VsaQuestion): VsaPassed | SlsaFailure {
  return decided(() => {
    try {
      return decide(question)
    } catch (error) {
      // What cannot be read is no payload.
      if (error instanceof WheelproofError) throw invalid(error.message)
      throw error
    }
  })
}

function decide({ envelope, publicKeyPem, flags }: VsaQuestion): VsaPassed {
  const document = new Shape(parseJson(envelope, "the VSA"), "the VSA")
  const payloadType = document.string("payloadType")
  const payload = document.base64("payload")
  if (payloadType !== IN_TOTO) throw invalid(`the payload type is ${payloadType}`)
  checkSignature(
    document,
    publicKeyPem,
    preAuthenticationEncoding(payloadType, payload),
    flags.publicKeyId,
  )
  const statement = new Shape(parseJson(payload, "statement"), "statement")
  if (!STATEMENT_TYPES.has(statement.string("_type")))
    throw invalid("the statement is of another type")
  if (statement.string("predicateType") !== VSA)
    throw invalid("the predicate is no verification summary")
  checkDigests(statement, flags.subjectDigests)
  checkPredicate(statement.object("predicate"), flags)
  return { kind: "passed", payload }
}

function checkSignature(document: Shape, pem: string, signed: Uint8Array, keyId: string): void {
  const key = parseKey(pem)
  const wanted = keyId === "" ? opensshFingerprint(key) : keyId
  const valid = document
    .shapes("signatures", LIMITS.signatures)
    .filter((signature) => ["", wanted].includes(signature.optionalString("keyid") ?? ""))
    .some((signature) => isValid(key, signed, signature.base64("sig")))
  if (!valid) throw new Refusal("ErrorNoValidSignature", `none by the key ${wanted}`)
}

// slsa-verifier takes what its libraries take, and the two runtimes' differ; here the keys are those that evidence is signed with.
function parseKey(pem: string): KeyObject {
  try {
    const { spki } = parsePublicKeyPem(pem, "the file")
    return createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" })
  } catch (error) {
    throw new Refusal(
      "ErrorInvalidPublicKey",
      error instanceof WheelproofError ? error.message : "the file is not a usable public key",
    )
  }
}

const CURVE_HASH: Readonly<Record<string, string>> = {
  prime256v1: "sha256",
  secp384r1: "sha384",
  secp521r1: "sha512",
}

// ECDSA signatures come as DER, or as r and s side by side (IEEE P1363), as key services write them.
function isValid(key: KeyObject, signed: Uint8Array, signature: Uint8Array): boolean {
  try {
    if (key.asymmetricKeyType === "ed25519") return verifySignature(null, signed, key, signature)
    const curve = key.asymmetricKeyDetails?.namedCurve
    const hash = curve === undefined ? "sha256" : (CURVE_HASH[curve] ?? "sha256")
    if (verifySignature(hash, signed, key, signature)) return true
    return (
      key.asymmetricKeyType === "ec" &&
      verifySignature(hash, signed, { key, dsaEncoding: "ieee-p1363" }, signature)
    )
  } catch {
    return false
  }
}

function checkDigests(statement: Shape, expected: readonly string[]): void {
  if (expected.length === 0)
    throw new Refusal("ErrorEmptyRequiredField", "no subject digest is expected")
  const found = statement
    .shapes("subject", LIMITS.subjects)
    .flatMap((subject) =>
      [...subject.stringMap("digest")].map(([name, value]) => `${name}:${value}`),
    )
  if (found.length === 0) throw invalid("the statement has no digests")
  for (const digest of expected) {
    if (!digest.includes(":")) throw invalid(`${digest} is not algorithm:value`)
    if (!found.includes(digest)) {
      throw new Refusal(
        "ErrorMissingSubjectDigest",
        `expected ${digest}, found ${found.join(", ")}`,
      )
    }
  }
}

function checkPredicate(predicate: Shape, flags: VsaFlags): void {
  const verifier = predicate.optionalObject("verifier")
  verifier?.stringMap("version")
  const verifierId = verifier?.optionalString("id") ?? ""
  if (verifierId === "") throw new Refusal("ErrorEmptyRequiredField", "the VSA names no verifier")
  if (verifierId !== flags.verifierId) {
    throw new Refusal(
      "ErrorMismatchVerifierID",
      `expected ${flags.verifierId}, found ${verifierId}`,
    )
  }
  const resource = predicate.optionalString("resourceUri") ?? ""
  if (resource === "") throw new Refusal("ErrorEmptyRequiredField", "the VSA names no resource")
  if (resource !== flags.resourceUri) {
    throw new Refusal(
      "ErrorMismatchResourceURI",
      `expected ${flags.resourceUri}, found ${resource}`,
    )
  }
  const result = predicate.optionalString("verificationResult") ?? ""
  if (result !== "PASSED")
    throw new Refusal("ErrorInvalidVerificationResult", `found ${JSON.stringify(result)}`)
  const levels = predicate.list("verifiedLevels", LIMITS.subjects).map(({ value, path }) => {
    if (typeof value === "string") return value
    throw invalid(`${path} is not a string`)
  })
  checkLevels(flags.verifiedLevels, levels)
}

function invalid(detail: string): Refusal {
  return new Refusal("ErrorInvalidDssePayload", detail)
}
