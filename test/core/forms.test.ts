import { generateKeyPairSync } from "node:crypto"

import { expect, test } from "vitest"

import { parsePublicKey } from "../../src/core/keys.ts"
import type { TrustedInstance } from "../../src/core/trust.ts"
import { parseTrustedRoots } from "../../src/formats/trusted-root.ts"
import { GENERATOR_IDENTITY } from "../../src/world/sigstore/identities.ts"
import { createKeyPair, type KeyKind, sign } from "../../src/world/crypto/keys.ts"
import { provenance } from "../../src/world/sigstore/sign.ts"
import { managedSigner } from "../../src/world/sigstore/signer.ts"
import {
  publishStatement,
  slsaV02Statement,
  slsaV1Statement,
} from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { instancesOf, judge, NOW, WHEEL, wheelSubject } from "../support/judge.ts"

const world = createWorld({ now: NOW })
const v1 = slsaV1Statement([wheelSubject()])

test.each([
  ["v0.1, promise alone", { version: "v0.1", proof: false, entries: ["intoto/0.0.2"] }],
  ["v0.1, promise and a proof without checkpoint", { version: "v0.1", checkpoint: false }],
  ["v0.1 with the whole chain", { version: "v0.1", chain: "whole" }],
  ["v0.2", { version: "v0.2" }],
  ["v0.3, old media type", { version: "v0.3-parameter" }],
  ["v0.3", { version: "v0.3" }],
  ["v0.3 with intoto/0.0.2", { entries: ["intoto/0.0.2"] }],
  ["Rekor v2 with a timestamp", { entries: ["hashedrekord/0.0.2"] }],
  ["Rekor v2, dsse/0.0.2", { entries: ["dsse/0.0.2"] }],
  ["Rekor v1 and a timestamp", { timestamps: 1 }],
  ["Rekor v1 without promise, with a timestamp", { promise: false, timestamps: 1 }],
  ["both logs", { entries: ["dsse/0.0.1", "hashedrekord/0.0.2"] }],
] as const)("a bundle %s verifies", (_name, options) => {
  const { checks, proof } = judge(world, world.signPayload(v1, options))
  expect(checks).toEqual([])
  expect(proof?.crossChecked).toEqual([
    "builder",
    "source repository",
    "source ref",
    "workflow ref",
    "source commit",
    "workflow",
    "trigger",
    "run",
    "repository id",
    "owner id",
    "runner",
  ])
})

test.each(["p256", "p384", "p521", "rsa2048", "ed25519"] as const)(
  "a leaf key of type %s verifies",
  (kind) => {
    const bundle = world.signPayload(v1, { issue: { key: createKeyPair(kind) } })
    expect(judge(world, bundle).checks).toEqual([])
  },
)

test("the generic generator's v0.2 provenance verifies and is cross-checked", () => {
  const bundle = world.signPayload(slsaV02Statement([wheelSubject()]), {
    issue: { identity: GENERATOR_IDENTITY },
  })
  const { checks, proof } = judge(world, bundle)
  expect(checks).toEqual([])
  expect(proof?.crossChecked).toHaveLength(9)
})

test.each([
  ["v0.2", { version: "v0.2" }],
  ["v0.3", {}],
  ["Rekor v2", { entries: ["hashedrekord/0.0.2"] }],
  ["P-384", { issue: { key: createKeyPair("p384") } }],
] as const)("a file's own signature (%s) verifies by digest", (_name, options) => {
  const { checks, proof } = judge(world, world.signMessage(WHEEL, options))
  expect(checks).toEqual([])
  expect(proof?.notes.join()).toContain("it says who signed, not how the file was built")
})

test("the first entry of a log verifies, and one whose index no double holds", () => {
  const first = createWorld({ now: NOW, rekor: { firstLogIndex: 0 } })
  expect(judge(first, first.signPayload(v1)).checks).toEqual([])
  const key = createKeyPair()
  const far = createWorld({ now: NOW, rekor: { key } })
  const bundle = far.signPayload(v1)
  const [entry] = bundle.verificationMaterial.tlogEntries
  if (entry?.inclusionPromise === undefined) throw new Error("there is no promise")
  entry.logIndex = String(2n ** 53n + 1n)
  const logId = Buffer.from(entry.logId.keyId, "base64").toString("hex")
  const promised = `{"body":"${entry.canonicalizedBody}","integratedTime":${entry.integratedTime},"logID":"${logId}","logIndex":${entry.logIndex}}`
  entry.inclusionPromise.signedEntryTimestamp = sign(key, Buffer.from(promised)).toString("base64")
  const { checks, proof } = judge(far, bundle)
  expect(checks).toEqual([])
  expect(proof?.logEntries).toMatchObject([{ logIndex: "9007199254740993" }])
})

test("a PEP 740 attestation and provenance object verify", () => {
  const attestation = world.signAttestation(publishStatement(wheelSubject()))
  expect(judge(world, attestation).checks).toEqual([])
  const { checks, proof } = judge(world, provenance([attestation]))
  expect(checks).toEqual([])
  expect(proof?.publisher).toEqual({
    kind: "GitHub",
    repository: "acme/rocket",
    workflow: "release.yml",
  })
})

test("an answer of GitHub's attestations API verifies", () => {
  const answer = { attestations: [{ repository_id: 1, bundle: world.signPayload(v1) }] }
  expect(judge(world, answer).checks).toEqual([])
})

test.each(["rsa4096", "p256", "p384", "p521", "ed25519"] as const)(
  "a managed key of type %s: envelope and attestation verify, and time is called unproven",
  (kind: KeyKind) => {
    const signer = managedSigner(createKeyPair(kind))
    const key = parsePublicKey(signer.key.publicKey.export({ format: "der", type: "spki" }), "key")
    const other = parsePublicKey(
      generateKeyPairSync("ed25519").publicKey.export({ format: "der", type: "spki" }),
      "key",
    )
    for (const document of [
      world.signEnvelope(v1, { signer }),
      world.signAttestation(publishStatement(wheelSubject()), { signer }),
      world.signPayload(v1, { signer, entries: [] }),
    ]) {
      const { checks, proof } = judge(world, document, { keys: [other, key] })
      expect(checks).toEqual([])
      expect(proof?.key).toBe(key.fingerprint)
      expect(proof?.notes.join()).toContain("the time of signing is unproven")
    }
  },
)

test("a managed key's bundle with a log entry verifies, and its time is proved", () => {
  const signer = managedSigner()
  const key = parsePublicKey(signer.key.publicKey.export({ format: "der", type: "spki" }), "key")
  const { checks, proof } = judge(world, world.signPayload(v1, { signer }), { keys: [key] })
  expect(checks).toEqual([])
  expect(proof?.times).toHaveLength(1)
})

test("an instance without logs, such as GitHub's private one, rests on its timestamp authority", () => {
  const instances = instancesOf(world).map((instance) => ({
    ...instance,
    logs: [],
    certificateLogs: [],
    logsSignatures: false,
    logsCertificates: false,
  }))
  const bundle = world.signPayload(v1, { entries: [], timestamps: 1, issue: { timestamps: [] } })
  const { checks, proof } = judge(world, bundle, { instances })
  expect(checks).toEqual([])
  expect(proof?.notes.join()).toContain("has no public log")
  expect(proof?.notes.join()).toContain("has no certificate log")
})

test("an instance whose logs have keys of an unknown kind is not one without logs", () => {
  const root = world.trustedRoot()
  const unknown =
    "302a300506032b656f0321000000000000000000000000000000000000000000000000000000000000000000"
  const rawBytes = Buffer.from(unknown, "hex").toString("base64")
  for (const log of [...root.tlogs, ...root.ctlogs]) log.publicKey.rawBytes = rawBytes
  const [instance] = parseTrustedRoots(Buffer.from(JSON.stringify(root)), "world")
  const instances = instance === undefined ? [] : [instance]
  const logged = { ...instance, logs: instancesOf(world)[0]?.logs } as TrustedInstance
  expect(instance).toMatchObject({ logs: [], logsSignatures: true, logsCertificates: true })
  const bare = world.signPayload(v1, { entries: [], timestamps: 1 })
  expect(judge(world, bare, { instances }).checks).toEqual(["certificate-transparency"])
  const secret = world.signPayload(v1, { issue: { timestamps: [] } })
  expect(judge(world, secret, { instances: [logged] }).checks).toEqual(["certificate-transparency"])
  const published = instancesOf(world).map((usual) => ({ ...usual, logs: [] }))
  expect(judge(world, bare, { instances: published }).checks).toEqual(["log-entry-present"])
})

test("every expectation that is met is listed as compared", () => {
  const expectation = {
    source: "github.com/acme/rocket",
    sourceRef: "refs/tags/v1.0.0",
    sourceCommit: "4d329c75e7ec1725f7c9ce917a8799d408d06be3",
    workflow: "release.yml",
    builder: "https://github.com/acme/rocket/.github/workflows/release.yml",
    identity: "https://github.com/acme/rocket/.github/workflows/release.yml@refs/tags/v1.0.0",
    issuer: "https://token.actions.githubusercontent.com",
    repositoryId: "851894824",
    ownerId: "180348046",
    trigger: "push",
    denySelfHostedRunners: true,
    predicate: "https://slsa.dev/provenance/v1",
  }
  const { checks, proof } = judge(world, world.signPayload(v1), { expectation })
  expect(checks).toEqual([])
  expect(proof?.compared).toHaveLength(12)
  expect(proof?.notCompared).toEqual([])
})

test("without expectations the report lists what could have been compared", () => {
  const { proof } = judge(world, world.signPayload(v1))
  expect(proof?.compared).toEqual([])
  expect(proof?.notCompared).toContainEqual({ field: "source", value: "github.com/acme/rocket" })
})
