import { describe, expect, test } from "vitest"

import { createKeyPair } from "../../src/world/keys.ts"
import type { EntryKind } from "../../src/world/log-signature.ts"
import { BUNDLE_MEDIA_TYPES, type SignOptions } from "../../src/world/sign.ts"
import { slsaV1Statement, subjectOf } from "../../src/world/statements.ts"
import { createWorld } from "../../src/world/world.ts"
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
