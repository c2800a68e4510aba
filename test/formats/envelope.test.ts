import * as fc from "fast-check"
import { expect, test } from "vitest"

import { parseBareEnvelope, parseEnvelope } from "../../src/formats/envelope.ts"
import { slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { NOW, wheelSubject } from "../support/judge.ts"
import { hostileValue, isTaken, jsonBytes, refusal, shape, withMember } from "./support.ts"

const world = createWorld({ now: NOW })
const signer = world.createSigner()
const statement = slsaV1Statement([wheelSubject()])
const bare = world.signEnvelope(statement, { signer, keyid: "key 1" })
const keyed = world.signEnvelope(statement, { signer, withCertificate: false })
const [signature] = bare.signatures

test("an envelope is read, its payload byte by byte", () => {
  const raw = jsonBytes(bare)
  const content = parseEnvelope(shape(bare), raw)
  expect(content).toMatchObject({
    kind: "dsse",
    payloadType: "application/vnd.in-toto+json",
    signatures: [{ sig: Buffer.from(signature?.sig ?? "", "base64"), keyid: "key 1" }],
    statement: {
      type: "https://in-toto.io/Statement/v1",
      subjects: [{ name: wheelSubject().name }],
    },
  })
  expect(Buffer.from(content.payload)).toEqual(jsonBytes(statement))
  expect(content.raw).toBe(raw)
  expect(parseEnvelope(shape(keyed))).not.toHaveProperty("raw")
})

test.each([
  ["a certificate", bare, { kind: "certificate", leaf: signer.certificate, intermediates: [] }],
  ["none", keyed, { kind: "none" }],
  ["an empty one", withMember(bare, ["signatures", 0, "cert"], ""), { kind: "none" }],
  ["a null", withMember(bare, ["signatures", 0, "cert"], null), { kind: "none" }],
])("a bare envelope with %s in its signature is read", (_name, envelope, material) => {
  const evidence = parseBareEnvelope(shape(envelope), jsonBytes(envelope), "a.intoto.jsonl")
  expect(evidence).toMatchObject({
    form: "dsse-envelope",
    origin: "a.intoto.jsonl",
    entries: [],
    timestamps: [],
  })
  expect(evidence.material).toEqual(material)
  expect(evidence.content).toMatchObject({ raw: jsonBytes(envelope) })
})

const NOT_JSON = Buffer.from("{").toString("base64")
const TWICE = Buffer.from('{"_type": "a", "_type": "b"}').toString("base64")
const LATIN = Buffer.from('{"_type": "\u{e9}"}', "latin1").toString("base64")
const DEEP = Buffer.from(`{"_type": ${"[".repeat(65)}${"]".repeat(65)}}`).toString("base64")

test.each<[string, readonly (string | number)[], unknown, string]>([
  ["no payload", ["payload"], undefined, "it.payload is missing"],
  ["a payload that is no text", ["payload"], 5, "it.payload is not a string"],
  ["URL-safe base64", ["payload"], "e30_", "it.payload is not standard base64"],
  ["base64 without padding", ["payload"], "e30", "it.payload is not standard base64"],
  ["base64 in lines", ["payload"], "e3\n0=", "it.payload is not standard base64"],
  ["base64 with stray bits", ["payload"], "e31=", "it.payload is not standard base64"],
  ["an empty payload", ["payload"], "", "statement is not JSON"],
  ["a payload that is cut off", ["payload"], NOT_JSON, "statement is not JSON"],
  ["a member twice in the payload", ["payload"], TWICE, 'has the member "_type" twice'],
  ["a payload in Latin-1", ["payload"], LATIN, "statement is not UTF-8"],
  ["a payload nested deeply", ["payload"], DEEP, "statement is nested too deeply"],
  ["no payload type", ["payloadType"], undefined, "it.payloadType is missing"],
  ["a payload type that is no text", ["payloadType"], {}, "it.payloadType is not a string"],
  ["no signatures", ["signatures"], [], "an envelope has no signatures"],
  ["no member for signatures", ["signatures"], undefined, "an envelope has no signatures"],
  ["one signature without a list", ["signatures"], signature, "it.signatures is not an array"],
  ["a signature that is no object", ["signatures", 0], "x", "it.signatures[0] is not an object"],
  ["no sig", ["signatures", 0, "sig"], undefined, "it.signatures[0].sig is missing"],
  ["a broken sig", ["signatures", 0, "sig"], "A", "it.signatures[0].sig is not standard base64"],
  ["a keyid that is no text", ["signatures", 0, "keyid"], 5, "it.signatures[0].keyid is not a"],
  ["a certificate that is no text", ["signatures", 0, "cert"], 5, "signatures[0].cert is not a"],
  ["a certificate that is no PEM", ["signatures", 0, "cert"], "x", "is not one PEM block"],
  ["another member in a signature", ["signatures", 0, "x"], 1, 'has the unknown member "x"'],
  ["another member", ["x"], 1, 'it has the unknown member "x"'],
  [
    "two certificates",
    ["signatures"],
    [signature, signature],
    "an envelope has more than one certificate",
  ],
])("an envelope with %s is refused", (_name, path, value, message) => {
  const envelope = withMember(bare, path, value)
  expect(refusal(() => parseBareEnvelope(shape(envelope), jsonBytes(envelope), "it"))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: expect.stringContaining(message),
  })
})

test("a certificate that stands in a signature of a bundle's envelope is refused", () => {
  expect(refusal(() => parseEnvelope(shape(bare))).message).toBe(
    'it.signatures[0] has the unknown member "cert"',
  )
})

test("a certificate that stands in a signature has to be a text", () => {
  const envelope = withMember(bare, ["signatures", 0, "cert"], { pem: "x" })
  expect(refusal(() => parseEnvelope(shape(envelope), jsonBytes(envelope))).message).toBe(
    "it.signatures[0].cert is not a string",
  )
})

test("an envelope of too many signatures is refused", () => {
  const many = { ...keyed, signatures: Array.from({ length: 17 }, () => keyed.signatures[0]) }
  const most = { ...many, signatures: many.signatures.slice(1) }
  expect(parseEnvelope(shape(most)).signatures).toHaveLength(16)
  expect(refusal(() => parseEnvelope(shape(many)))).toEqual({
    code: "ERR_INPUT_TOO_LARGE",
    message: "it.signatures has over 16 elements",
  })
})

test("any value ends in an envelope or a WheelproofError", () => {
  fc.assert(
    fc.property(hostileValue(bare, keyed), (value) => {
      const whole = isTaken(() => parseBareEnvelope(shape(value), jsonBytes(value), "it"))
      const inner = isTaken(() => parseEnvelope(shape(value)))
      // What is taken within something is also taken alone, where a certificate may stand beside the signature.
      expect(whole || !inner).toBe(true)
    }),
  )
})
