import { generateKeyPairSync, sign as nodeSign } from "node:crypto"

import { describe, expect, test } from "vitest"

import { preAuthenticationEncoding } from "../../../src/core/dsse.ts"
import { decideVsa, type VsaFlags } from "../../../src/policy/slsa-verifier/vsa.ts"
import { createKeyPair, type KeyKind } from "../../../src/world/crypto/keys.ts"
import { signEnvelope } from "../../../src/world/sigstore/sign.ts"
import { managedSigner, verifierPem, type Signer } from "../../../src/world/sigstore/signer.ts"
import { createWorld } from "../../../src/world/world.ts"
import { NOW, wheelSubject } from "../../support/judge.ts"

const world = createWorld({ now: NOW })
const signer = managedSigner()
const DIGEST = `sha256:${wheelSubject().digest["sha256"]}`
const FLAGS: VsaFlags = {
  subjectDigests: [DIGEST],
  verifierId: "https://acme.example/verifier",
  resourceUri: "https://acme.example/rocket.whl",
  publicKeyId: "",
  verifiedLevels: ["SLSA_BUILD_LEVEL_3"],
}

// oxlint-disable-next-line typescript/no-explicit-any -- summaries are changed anywhere.
type Changeable = any

function summary(change: (statement: Changeable) => unknown = () => 0): object {
  const statement: Changeable = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [wheelSubject()],
    predicateType: "https://slsa.dev/verification_summary/v1",
    predicate: {
      verifier: { id: FLAGS.verifierId, version: { wheelproof: "1" } },
      timeVerified: "2026-06-01T12:00:00Z",
      resourceUri: FLAGS.resourceUri,
      policy: { uri: "https://acme.example/policy" },
      verificationResult: "PASSED",
      verifiedLevels: ["SLSA_BUILD_LEVEL_3", "ACME_REVIEWED"],
    },
  }
  change(statement)
  return statement
}

interface Ask {
  readonly statement?: object
  readonly flags?: Partial<VsaFlags>
  readonly by?: Signer
  readonly keyid?: string
  readonly payloadType?: string
  readonly pem?: string
  readonly alter?: (envelope: Changeable) => unknown
}

function ask(request: Ask = {}): string {
  const { statement = summary(), flags = {}, by = signer, keyid = "", alter } = request
  const envelope = signEnvelope(world, statement, {
    signer: by,
    keyid,
    ...(request.payloadType === undefined ? {} : { payloadType: request.payloadType }),
  })
  alter?.(envelope)
  const decision = decideVsa({
    envelope: Buffer.from(JSON.stringify(envelope)),
    publicKeyPem: request.pem ?? verifierPem(by),
    flags: { ...FLAGS, ...flags },
  })
  return decision.kind === "passed" ? "passed" : decision.errorClass
}

describe("the key", () => {
  test.each<KeyKind>(["p256", "p384", "p521", "ed25519", "rsa2048"])("of type %s", (kind) => {
    const by = managedSigner(createKeyPair(kind))
    expect(ask({ by })).toBe("passed")
    expect(ask({ by, pem: verifierPem(signer) })).toBe("ErrorNoValidSignature")
  })

  test.each<[string, Ask, string]>([
    ["named by its id", { keyid: "mine", flags: { publicKeyId: "mine" } }, "passed"],
    [
      "named by another id",
      { keyid: "yours", flags: { publicKeyId: "mine" } },
      "ErrorNoValidSignature",
    ],
    ["that is no key", { pem: "rocket" }, "ErrorInvalidPublicKey"],
    [
      "that can only agree on keys",
      { pem: x25519(), keyid: "mine", flags: { publicKeyId: "mine" } },
      "ErrorInvalidPublicKey",
    ],
    ["of a curve that is not used", { pem: secp256k1() }, "ErrorInvalidPublicKey"],
    [
      "of a curve that is not used, named by its id",
      { pem: secp256k1(), keyid: "mine", flags: { publicKeyId: "mine" } },
      "ErrorInvalidPublicKey",
    ],
    ["that is too short", { pem: rsa1024() }, "ErrorInvalidPublicKey"],
    ["that is no point of its curve", { pem: offCurve() }, "ErrorInvalidPublicKey"],
    [
      "with a signature that is cut off",
      { alter: (it) => (it.signatures[0].sig = "AAAA") },
      "ErrorNoValidSignature",
    ],
    ["with no signature", { alter: (it) => (it.signatures = []) }, "ErrorNoValidSignature"],
  ])("%s", (_what, request, expected) => {
    expect(ask(request)).toBe(expected)
  })
})

function signSideBySide(envelope: Changeable): void {
  const { privateKey: key } = signer.key
  const payload = Buffer.from(envelope.payload, "base64")
  const encoding = preAuthenticationEncoding(envelope.payloadType, payload)
  const signature = nodeSign("sha256", encoding, { key, dsaEncoding: "ieee-p1363" })
  envelope.signatures[0].sig = signature.toString("base64")
}

test("a signature of two numbers side by side, as key services write it, holds", () => {
  expect(ask({ alter: signSideBySide })).toBe("passed")
})

function rsa1024(): string {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 })
  return publicKey.export({ type: "spki", format: "pem" }).toString()
}

function offCurve(): string {
  const der = signer.key.publicKey.export({ type: "spki", format: "der" })
  der[der.length - 1] = der.readUInt8(der.length - 1) ^ 1
  return `-----BEGIN PUBLIC KEY-----\n${der.toString("base64")}\n-----END PUBLIC KEY-----\n`
}

function x25519(): string {
  const { publicKey } = generateKeyPairSync("x25519")
  return publicKey.export({ type: "spki", format: "pem" }).toString()
}

// A fixed point of secp256k1: its generator.
function secp256k1(): string {
  const der =
    "3056301006072a8648ce3d020106052b8104000a0342000479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
  return `-----BEGIN PUBLIC KEY-----\n${Buffer.from(der, "hex").toString("base64")}\n-----END PUBLIC KEY-----\n`
}

describe("the summary", () => {
  test.each<[string, (statement: Changeable) => unknown, string]>([
    ["of another statement type", (it) => (it["_type"] = "x"), "ErrorInvalidDssePayload"],
    [
      "of another predicate type",
      (it) => (it.predicateType = "https://slsa.dev/provenance/v1"),
      "ErrorInvalidDssePayload",
    ],
    [
      "about another file",
      (it) => (it.subject[0].digest.sha256 = "0"),
      "ErrorMissingSubjectDigest",
    ],
    ["about nothing", (it) => (it.subject = []), "ErrorInvalidDssePayload"],
    ["without a verifier", (it) => delete it.predicate.verifier, "ErrorEmptyRequiredField"],
    ["by another verifier", (it) => (it.predicate.verifier.id = "x"), "ErrorMismatchVerifierID"],
    ["without a resource", (it) => delete it.predicate.resourceUri, "ErrorEmptyRequiredField"],
    ["of another resource", (it) => (it.predicate.resourceUri = "x"), "ErrorMismatchResourceURI"],
    [
      "that failed",
      (it) => (it.predicate.verificationResult = "FAILED"),
      "ErrorInvalidVerificationResult",
    ],
    [
      "of a lower level",
      (it) => (it.predicate.verifiedLevels = ["SLSA_BUILD_LEVEL_2"]),
      "ErrorMismatchVerifiedLevels",
    ],
    [
      "of a level that is none",
      (it) => (it.predicate.verifiedLevels = ["SLSA_BUILD_LEVEL_X"]),
      "ErrorInvalidSLSALevel",
    ],
    [
      "of a level that is no text",
      (it) => (it.predicate.verifiedLevels = [3]),
      "ErrorInvalidDssePayload",
    ],
  ])("%s is refused", (_what, change, expected) => {
    expect(ask({ statement: summary(change) })).toBe(expected)
  })

  test.each<[string, Partial<VsaFlags>, string]>([
    ["no digest", { subjectDigests: [] }, "ErrorEmptyRequiredField"],
    ["a digest of no algorithm", { subjectDigests: ["abc"] }, "ErrorInvalidDssePayload"],
    [
      "a digest and one that is not there",
      { subjectDigests: [DIGEST, "sha1:00"] },
      "ErrorMissingSubjectDigest",
    ],
    ["a text among the levels", { verifiedLevels: ["ACME_REVIEWED"] }, "passed"],
    [
      "a text that is not among them",
      { verifiedLevels: ["ACME_AUDITED"] },
      "ErrorMismatchVerifiedLevels",
    ],
    ["nothing of the levels", { verifiedLevels: [] }, "passed"],
  ])("is asked for %s", (_what, flags, expected) => {
    expect(ask({ flags })).toBe(expected)
  })

  test("in an envelope of another type, or that is none, is refused", () => {
    expect(ask({ payloadType: "text/plain" })).toBe("ErrorInvalidDssePayload")
    expect(ask({ alter: (it) => delete it.payload })).toBe("ErrorInvalidDssePayload")
  })
})
