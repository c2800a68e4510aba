import { verify, X509Certificate } from "node:crypto"

import { describe, expect, test } from "vitest"

import { createKeyPair } from "../../../src/world/crypto/keys.ts"
import type { EntryKind } from "../../../src/world/sigstore/log-signature.ts"
import { IN_TOTO, preAuthenticationEncoding } from "../../../src/world/sigstore/envelope.ts"
import {
  EMAIL_IDENTITY,
  GENERATOR_IDENTITY,
  GITHUB_IDENTITY,
} from "../../../src/world/sigstore/identities.ts"
import {
  BUNDLE_MEDIA_TYPES,
  provenance,
  toAttestation,
  type SignOptions,
} from "../../../src/world/sigstore/sign.ts"
import { managedSigner } from "../../../src/world/sigstore/signer.ts"
import {
  publishStatement,
  slsaV02Statement,
  slsaV1Statement,
  subjectOf,
} from "../../../src/world/sigstore/statements.ts"
import { createWorld } from "../../../src/world/world.ts"
import { verifyIndependently } from "./sigstore-verify.ts"

const NOW = Date.UTC(2026, 5, 1, 12)
const world = createWorld({ now: NOW })
const file = Buffer.from("a wheel")
const statement = slsaV1Statement([subjectOf("rocket-1.0.0-py3-none-any.whl", file)])

describe("an independent verifier accepts", () => {
  const versions: (keyof typeof BUNDLE_MEDIA_TYPES)[] = ["v0.1", "v0.2", "v0.3-parameter", "v0.3"]
  test.each(versions)("a message in a bundle %s", (version) => {
    const bundle = world.signMessage(file, { version })
    expect(() => verifyIndependently(bundle, world.trustedRoot(), { artifact: file })).not.toThrow()
  })

  const envelopes: [EntryKind, SignOptions][] = [
    ["dsse/0.0.1", {}],
    ["intoto/0.0.2", { version: "v0.2" }],
    ["hashedrekord/0.0.2", {}],
  ]
  test.each(envelopes)("an envelope logged as %s", (kind, options) => {
    const bundle = world.signPayload(statement, { ...options, entries: [kind] })
    expect(() => verifyIndependently(bundle, world.trustedRoot())).not.toThrow()
  })

  test("a message in Rekor v2", () => {
    const bundle = world.signMessage(file, { entries: ["hashedrekord/0.0.2"] })
    expect(() => verifyIndependently(bundle, world.trustedRoot(), { artifact: file })).not.toThrow()
  })

  test("timestamps beside a Rekor v1 entry", () => {
    const bundle = world.signPayload(statement, { timestamps: 1 })
    const thresholds = { timestampThreshold: 1 }
    expect(() => verifyIndependently(bundle, world.trustedRoot(), thresholds)).not.toThrow()
  })

  test("timestamps alone, as GitHub's private instance has them", () => {
    const bundle = world.signPayload(statement, { entries: [], timestamps: 1 })
    const thresholds = { tlogThreshold: 0, timestampThreshold: 1 }
    expect(() => verifyIndependently(bundle, world.trustedRoot(), thresholds)).not.toThrow()
  })

  test("a promise without proof", () => {
    const promised = world.signPayload(statement, {
      version: "v0.1",
      entries: ["dsse/0.0.1"],
      proof: false,
    })
    expect(promised.verificationMaterial.tlogEntries[0]?.inclusionProof).toBeUndefined()
    expect(() => verifyIndependently(promised, world.trustedRoot())).not.toThrow()
  })

  test.each(["p384", "rsa2048"] as const)("a signer with a key of kind %s", (kind) => {
    const signer = world.createSigner({ key: createKeyPair(kind), signatureHash: "sha256" })
    const bundle = world.signPayload(statement, { signer })
    expect(() => verifyIndependently(bundle, world.trustedRoot())).not.toThrow()
  })
})

describe("other forms of evidence", () => {
  const payload = Buffer.from(JSON.stringify(statement))
  const signed = preAuthenticationEncoding(IN_TOTO, payload)

  test("a PEP 740 attestation is what its bundle is, turned over", () => {
    const bundle = world.signPayload(publishStatement(subjectOf("a.tar.gz", file)), {
      timestamps: 1,
    })
    const attestation = toAttestation(bundle)
    const material = attestation.verification_material
    expect(attestation.version).toBe(1)
    expect(material?.transparency_entries).toBe(bundle.verificationMaterial.tlogEntries)
    expect(material?.certificate).toBe(bundle.verificationMaterial.certificate?.rawBytes)
    expect(material?.timestamps).toHaveLength(1)
    const back = {
      ...bundle,
      dsseEnvelope: {
        payload: attestation.envelope.statement,
        payloadType: IN_TOTO,
        signatures: [{ sig: attestation.envelope.signature }],
      },
    }
    expect(() => verifyIndependently(back, world.trustedRoot())).not.toThrow()
    const old = toAttestation(world.signPayload(statement, { version: "v0.1", chain: "whole" }))
    expect(old.verification_material?.certificate).toMatch(/^MII/)
  })

  test("a provenance object names a publisher", () => {
    const attestation = world.signAttestation(publishStatement(subjectOf("a.tar.gz", file)))
    const object = provenance([attestation])
    expect(object.attestation_bundles[0]?.publisher["repository"]).toBe("acme/rocket")
    expect(object.attestation_bundles[0]?.attestations).toEqual([attestation])
  })

  test("a bare envelope, with its certificate and without", () => {
    const signer = world.createSigner()
    const [signature] = world.signEnvelope(statement, { signer }).signatures
    const key = new X509Certificate(signature?.cert ?? "").publicKey
    const sig = Buffer.from(signature?.sig ?? "", "base64")
    expect(verify("sha256", signed, key, sig)).toBe(true)
    const [bare] = world.signEnvelope(payload, { signer, withCertificate: false }).signatures
    expect(Object.keys(bare ?? {})).toEqual(["sig", "keyid"])
  })

  test.each(["rsa2048", "p256", "p384", "p521", "ed25519"] as const)(
    "a managed key of kind %s signs without certificate and log",
    (kind) => {
      const signer = managedSigner(createKeyPair(kind))
      const attestation = world.signAttestation(statement, { signer })
      const signature = Buffer.from(attestation.envelope.signature, "base64")
      const hash = kind === "ed25519" ? null : signer.hash
      expect(verify(hash, signed, signer.key.publicKey, signature)).toBe(true)
      expect(attestation.verification_material).toBeUndefined()
      expect(world.signEnvelope(statement, { signer }).signatures[0]?.cert).toBeUndefined()
    },
  )

  test("a bundle of a managed key names it by a hint and is logged with it", () => {
    const signer = managedSigner(createKeyPair(), { hint: "key-1", signatureHash: "sha256" })
    const entries: EntryKind[] = ["hashedrekord/0.0.1", "hashedrekord/0.0.2"]
    const bundle = world.signMessage(file, { signer, entries })
    expect(bundle.verificationMaterial.publicKey).toEqual({ hint: "key-1" })
    const bodies = bundle.verificationMaterial.tlogEntries.map(({ canonicalizedBody }) =>
      Buffer.from(canonicalizedBody, "base64").toString(),
    )
    expect(bodies[0]).toContain(Buffer.from("-----BEGIN PUBLIC KEY").toString("base64"))
    expect(bodies[1]).toContain('"verifier":{"keyDetails":"PKIX_ECDSA_P256_SHA_256","publicKey"')
    const { hint: _, ...nameless } = signer
    const [unnamed] = [world.signMessage(file, { signer: nameless }).verificationMaterial]
    expect(unnamed.publicKey?.hint).toMatch(/^[\w+/]{43}=$/)
  })

  test("one signer signs many, with one certificate", () => {
    const signer = world.createSigner({ identity: EMAIL_IDENTITY })
    const bundles = [1, 2].map((number) => world.signPayload({ number }, { signer }))
    const certificates = bundles.map((bundle) => bundle.verificationMaterial.certificate?.rawBytes)
    expect(new Set(certificates).size).toBe(1)
  })

  test("only envelopes go into entries about envelopes", () => {
    expect(() => world.signMessage(file, { entries: ["dsse/0.0.1"] })).toThrow("for envelopes")
  })
})

describe("a trusted root", () => {
  const end = NOW - 86_400_000
  test.each([
    ["rekorV1", "inclusion promise could not be verified"],
    ["ctLog", "SCT"],
    ["certificateAuthority", "certificate chain"],
  ] as const)("that retired its %s is of no use for what came later", (part, reason) => {
    const bundle = world.signPayload(statement)
    const trusted = world.trustedRoot({ [part]: { end } })
    expect(() => verifyIndependently(bundle, trusted)).toThrow(reason)
  })

  test("may lack a start", () => {
    const trusted = world.trustedRoot({ rekorV2: { start: null }, rekorV1: { start: NOW, end } })
    expect(trusted.tlogs.map(({ publicKey }) => publicKey.validFor)).toEqual([
      { start: "2026-06-01T12:00:00.000Z", end: "2026-05-31T12:00:00.000Z" },
      {},
    ])
    expect(trusted.tlogs.map(({ publicKey }) => publicKey.keyDetails)).toEqual([
      "PKIX_ECDSA_P256_SHA_256",
      "PKIX_ED25519",
    ])
  })
})

describe("sample statements", () => {
  test("of GitHub's build type say what the certificate says", () => {
    const { buildDefinition, runDetails } = statement.predicate
    const { workflow } = buildDefinition.externalParameters
    expect(`${workflow.repository}/${workflow.path}@${workflow.ref}`).toBe(
      GITHUB_IDENTITY.san.value,
    )
    expect(runDetails.builder.id).toBe(GITHUB_IDENTITY.buildSignerUri)
    expect(runDetails.metadata.invocationId).toBe(GITHUB_IDENTITY.runUri)
    expect(buildDefinition.internalParameters.github["repository_id"]).toBe(
      GITHUB_IDENTITY.sourceRepositoryId,
    )
  })

  test("of the generic generator name it as builder", () => {
    const { predicate } = slsaV02Statement([subjectOf("a", file)])
    expect(predicate.builder.id).toBe(GENERATOR_IDENTITY.san.value)
    expect(predicate.invocation.configSource).toEqual({
      uri: `git+${GENERATOR_IDENTITY.sourceRepository}@refs/tags/v1.0.0`,
      digest: { sha1: GENERATOR_IDENTITY.sourceCommit },
      entryPoint: ".github/workflows/release.yml",
    })
    expect(predicate.invocation.environment["github_run_id"]).toBe("10818226125")
  })

  test("for another identity follow it as far as it speaks", () => {
    const { predicate } = slsaV1Statement([], EMAIL_IDENTITY)
    expect(predicate.runDetails.builder.id).toBe("maintainer@acme.example")
    expect(slsaV02Statement([], EMAIL_IDENTITY).predicate.metadata["buildInvocationID"]).toBe("-")
  })
})
