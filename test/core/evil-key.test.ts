import { describe, expect, test } from "vitest"

import { parsePublicKey, type PublicKey } from "../../src/core/keys.ts"
import { createVerifier } from "../../src/core/verifier.ts"
import { createKeyPair, type KeyPair } from "../../src/world/crypto/keys.ts"
import { managedSigner, verifierPem } from "../../src/world/sigstore/signer.ts"
import { slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import {
  evidenceOf,
  instancesOf,
  judge,
  NOW,
  WHEEL,
  wheel,
  wheelSubject,
} from "../support/judge.ts"

const world = createWorld({ now: NOW })
const stranger = createWorld({ now: NOW })
const v1 = slsaV1Statement([wheelSubject()])
const keyOf = ({ publicKey }: KeyPair): PublicKey =>
  parsePublicKey(publicKey.export({ format: "der", type: "spki" }), "key")

describe("a signature", () => {
  test.each([
    ["by another key", (sig: Buffer) => Buffer.concat([sig.subarray(0, -4), Buffer.alloc(4, 9)])],
    ["that is empty", () => Buffer.alloc(0)],
    ["in raw form, r and s side by side", () => Buffer.alloc(64, 1)],
  ])("%s is refused", (_what, change) => {
    const bundle = world.signPayload(v1)
    const [signature] = bundle.dsseEnvelope?.signatures ?? []
    if (signature === undefined) throw new Error("there is no signature")
    signature.sig = change(Buffer.from(signature.sig, "base64")).toString("base64")
    expect(["signature", "evidence-malformed"]).toContain(judge(world, bundle).checks[0])
  })

  test("over another payload is refused", () => {
    const bundle = world.signPayload(v1)
    const other = world.signPayload({ ...v1, predicateType: "https://slsa.dev/provenance/v1 " })
    if (bundle.dsseEnvelope === undefined || other.dsseEnvelope === undefined) throw new Error()
    bundle.dsseEnvelope.payload = other.dsseEnvelope.payload
    expect(judge(world, bundle).checks).toEqual(["signature"])
  })

  test("beside a certificate of somebody else's is refused in a bundle", () => {
    const bundle = world.signPayload(v1)
    const [own] = bundle.dsseEnvelope?.signatures ?? []
    Object.assign(own ?? {}, { cert: verifierPem(stranger.createSigner()) })
    expect(judge(world, bundle).checks).toEqual(["evidence-malformed"])
  })

  test("beside a second one is refused in a bundle", () => {
    const bundle = world.signPayload(v1)
    const other = world.signPayload(v1)
    bundle.dsseEnvelope?.signatures.push(...(other.dsseEnvelope?.signatures ?? []))
    expect(["signature", "evidence-malformed"]).toContain(judge(world, bundle).checks[0])
  })
})

describe("a managed key", () => {
  const signer = managedSigner()
  const document = world.signEnvelope(v1, { signer })

  test("that was not given is refused", () => {
    expect(judge(world, document).checks).toEqual(["key-known"])
    const bundle = world.signPayload(v1, { signer, entries: [] })
    const { checks, reasons } = judge(world, bundle)
    expect(checks).toEqual(["key-known"])
    expect(reasons[0]?.found).toContain("wheelproof-test-key")
  })

  test("that did not sign is refused", () => {
    expect(judge(world, document, { keys: [keyOf(createKeyPair())] }).checks).toEqual(["signature"])
  })

  test("does not vouch for what a certificate signed", () => {
    expect(judge(world, world.signPayload(v1), { keys: [keyOf(signer.key)] }).checks).toEqual([
      "key-known",
    ])
  })

  test("does not make a foreign log's entry true", () => {
    const bundle = stranger.signPayload(v1, { signer })
    expect(judge(world, bundle, { keys: [keyOf(signer.key)] }).checks).toEqual(["log-known"])
  })
})

describe("a signature over a file", () => {
  test("that names another file's digest is refused", () => {
    const bundle = world.signMessage(Buffer.from("another file"))
    expect(judge(world, bundle).checks).toEqual(["signature"])
    const lying = world.signMessage(WHEEL)
    if (lying.messageSignature?.messageDigest === undefined) throw new Error("no digest")
    lying.messageSignature.messageDigest.digest = Buffer.alloc(32, 1).toString("base64")
    expect(judge(world, lying).checks).toEqual(["message-digest"])
  })

  test("is refused where nothing can check it", () => {
    const evidence = evidenceOf(world.signMessage(WHEEL))
    const verifier = createVerifier({ instances: instancesOf(world) })
    expect(verifier.verify(wheel(), evidence, {})).toMatchObject({
      kind: "rejected",
      reasons: [{ check: "signature" }],
    })
    expect(verifier.authenticate(evidence)).toMatchObject({ ok: false })
  })

  test("is no statement of an expected type", () => {
    const expectation = { predicate: "https://slsa.dev/provenance/v1" }
    expect(judge(world, world.signMessage(WHEEL), { expectation }).checks).toEqual([
      "predicate-type",
    ])
  })

  test.each(["rsa2048", "ed25519"] as const)(
    "by a key of type %s, which is over the whole file, is refused",
    (kind) => {
      const bundle = world.signMessage(WHEEL, { issue: { key: createKeyPair(kind) } })
      const { checks, reasons } = judge(world, bundle)
      expect(checks).toEqual(["signature"])
      expect(reasons[0]?.found).toContain(`by a key of type ${kind.replace("2048", "")} cannot be`)
    },
  )
})

test("a certificate counts for nothing where no instance is trusted", () => {
  const checks = ["certificate-chain"]
  expect(judge(world, world.signPayload(v1), { instances: [] }).checks).toEqual(checks)
  expect(judge(stranger, world.signPayload(v1)).checks).not.toEqual([])
  const bare = world.signPayload(v1, { entries: [] })
  expect(judge(world, bare, { instances: [] }).checks).toEqual(checks)
})
