import * as fc from "fast-check"
import { expect, test } from "vitest"

import type { Evidence } from "../../src/core/evidence.ts"
import { parseBundle } from "../../src/formats/bundle.ts"
import { parseBareEnvelope } from "../../src/formats/envelope.ts"
import { writeBundle } from "../../src/formats/write-bundle.ts"
import { managedSigner } from "../../src/world/sigstore/signer.ts"
import { slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { instancesOf, judge, NOW, WHEEL, wheelSubject } from "../support/judge.ts"
import { hostileValue, isTaken, jsonBytes, shape } from "./support.ts"

const world = createWorld({ now: NOW })
const signer = world.createSigner()
const v1 = slsaV1Statement([wheelSubject()])

function read(bundle: unknown): Evidence {
  return parseBundle(shape(bundle), "it")
}

function rewritten(evidence: Evidence): unknown {
  return JSON.parse(writeBundle(evidence) ?? "null")
}

test.each([
  ["v0.3", {}],
  ["with a key id", { keyid: "key 1" }],
  ["with a timestamp and both logs", { entries: ["dsse/0.0.1", "hashedrekord/0.0.2"] }],
  ["with two timestamps", { timestamps: 2 }],
  ["without an entry", { entries: [], timestamps: 1 }],
  ["without promise", { promise: false }],
  ["without proof", { proof: false }],
  ["without checkpoint", { checkpoint: false }],
  ["v0.1", { version: "v0.1" }],
  ["v0.2", { version: "v0.2" }],
] as const)("a bundle %s is written as v0.3 and read back the same", (_name, options) => {
  const evidence = read(world.signPayload(v1, { signer, ...options }))
  expect(read(rewritten(evidence))).toEqual({ ...evidence, form: "sigstore-bundle-v0.3" })
})

test("what is written is one line, and what was signed is still signed", () => {
  const bundle = world.signPayload(v1, { signer, entries: ["hashedrekord/0.0.2"] })
  const text = writeBundle(read(bundle)) ?? ""
  expect(text).not.toContain("\n")
  expect(judge(world, Buffer.from(text), { instances: instancesOf(world) }).checks).toEqual([])
})

test("a bare envelope with its certificate becomes a bundle", () => {
  const envelope = world.signEnvelope(v1, { signer })
  const evidence = parseBareEnvelope(shape(envelope), jsonBytes(envelope), "it")
  expect(read(rewritten(evidence))).toMatchObject({
    form: "sigstore-bundle-v0.3",
    material: { kind: "certificate", leaf: signer.certificate },
    entries: [],
    timestamps: [],
  })
})

const bundle = world.signPayload(v1, { signer })
const twice = {
  ...bundle,
  dsseEnvelope: {
    ...bundle.dsseEnvelope,
    signatures: [...(bundle.dsseEnvelope?.signatures ?? []), { sig: "AA==" }],
  },
}

test.each([
  ["a file's signature", world.signMessage(WHEEL, { signer })],
  ["a managed key", world.signPayload(v1, { signer: managedSigner() })],
  ["two signatures", twice],
])("%s does not fit and is not written", (_name, document) => {
  expect(writeBundle(read(document))).toBeUndefined()
})

test("whatever is read is written and read back the same, or not written", () => {
  fc.assert(
    fc.property(hostileValue(bundle, twice), (value) => {
      fc.pre(isTaken(() => read(value)))
      const evidence = read(value)
      const text = writeBundle(evidence)
      const { content, material } = evidence
      const whole = { ...evidence, form: "sigstore-bundle-v0.3" }
      expect(text === undefined ? whole : read(JSON.parse(text))).toEqual(whole)
      expect(text === undefined).toBe(
        content.kind !== "dsse" || content.signatures.length !== 1 || material.kind === "key",
      )
    }),
    { maxSkipsPerRun: 1000 },
  )
})
