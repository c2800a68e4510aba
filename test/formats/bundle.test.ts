import * as fc from "fast-check"
import { expect, test } from "vitest"

import { parseBundle } from "../../src/formats/bundle.ts"
import { BUNDLE_MEDIA_TYPES } from "../../src/world/sigstore/sign.ts"
import { managedSigner } from "../../src/world/sigstore/signer.ts"
import { slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import type { BundleJson } from "../../src/world/sigstore/wire.ts"
import { createWorld } from "../../src/world/world.ts"
import { NOW, WHEEL, wheel, wheelSubject } from "../support/judge.ts"
import { hostileValue, isTaken, refusal, shape, withMember } from "./support.ts"

const world = createWorld({ now: NOW })
const signer = world.createSigner()
const v1 = slsaV1Statement([wheelSubject()])
const bundle = world.signPayload(v1, { signer, timestamps: 1 })
const old = world.signPayload(v1, { signer, version: "v0.1", chain: "whole" })
const message = world.signMessage(WHEEL, { signer })
const managed = world.signPayload(v1, { signer: managedSigner(), entries: [] })

const MATERIAL = "verificationMaterial"
const ENTRIES = [MATERIAL, "tlogEntries"]

test.each([
  ["v0.1", "sigstore-bundle-v0.1"],
  ["v0.2", "sigstore-bundle-v0.2"],
  ["v0.3-parameter", "sigstore-bundle-v0.3"],
  ["v0.3", "sigstore-bundle-v0.3"],
] as const)("a bundle %s is read as %s", (version, form) => {
  const evidence = parseBundle(shape(world.signPayload(v1, { signer, version })), "a.sigstore.json")
  expect(evidence).toMatchObject({
    form,
    origin: "a.sigstore.json",
    content: { kind: "dsse", statement: { subjects: [{ name: wheelSubject().name }] } },
    material: { kind: "certificate", leaf: signer.certificate, intermediates: [] },
    timestamps: [],
  })
  expect(evidence.entries).toHaveLength(1)
})

test("a whole chain is read, the leaf apart", () => {
  const { intermediate, root } = world.certificateAuthority
  expect(parseBundle(shape(old), "it").material).toEqual({
    kind: "certificate",
    leaf: signer.certificate,
    intermediates: [intermediate, root].map((der) => Buffer.from(der)),
  })
})

test("timestamps and the hint of a managed key are read", () => {
  const [stamp] = bundle.verificationMaterial.timestampVerificationData?.rfc3161Timestamps ?? []
  expect(parseBundle(shape(bundle), "it").timestamps).toEqual([
    Buffer.from(stamp?.signedTimestamp ?? "", "base64"),
  ])
  const hint = managed.verificationMaterial.publicKey?.hint
  expect(parseBundle(shape(managed), "it").material).toEqual({ kind: "key", hint })
  const unhinted = withMember(managed, [MATERIAL, "publicKey", "hint"], undefined)
  expect(parseBundle(shape(unhinted), "it").material).toEqual({ kind: "key", hint: "" })
})

test.each([
  ["SHA2_256", "sha256"],
  ["SHA2_384", "sha384"],
  ["SHA2_512", "sha512"],
])("a file's signature with a digest by %s is read", (name, algorithm) => {
  const { content } = parseBundle(
    shape(withMember(message, ["messageSignature", "messageDigest", "algorithm"], name)),
    "it",
  )
  expect(content).toEqual({
    kind: "message",
    signature: Buffer.from(message.messageSignature?.signature ?? "", "base64"),
    digest: { algorithm, value: wheel().digests.sha256 },
  })
})

test("a file's signature without a digest is read", () => {
  const bare = withMember(message, ["messageSignature", "messageDigest"], undefined)
  expect(parseBundle(shape(bare), "it").content).toMatchObject({ digest: undefined })
})

const LEAF = { rawBytes: "AA==" }

test.each<[string, BundleJson, readonly (string | number)[], unknown, string]>([
  ["no media type", bundle, ["mediaType"], undefined, "it.mediaType is missing"],
  ["a media type that is no text", bundle, ["mediaType"], 3, "it.mediaType is not a string"],
  ["a later version", bundle, ["mediaType"], "x;version=0.4", "unknown bundle media type"],
  [
    "a media type with a space",
    bundle,
    ["mediaType"],
    BUNDLE_MEDIA_TYPES["v0.1"].replace(";", "; "),
    "unknown bundle media type",
  ],
  [
    "a media type in upper case",
    bundle,
    ["mediaType"],
    BUNDLE_MEDIA_TYPES["v0.3"].toUpperCase(),
    "unknown bundle media type",
  ],
  ["a media type of Object", bundle, ["mediaType"], "constructor", "unknown bundle media type"],
  ["another member", bundle, ["x"], 1, 'it has the unknown member "x"'],
  ["no material", bundle, [MATERIAL], undefined, "it.verificationMaterial is missing"],
  ["a list for material", bundle, [MATERIAL], [], "it.verificationMaterial is not an object"],
  ["another member in it", bundle, [MATERIAL, "x"], 1, 'Material has the unknown member "x"'],
  ["no content", bundle, ["dsseEnvelope"], undefined, "neither envelope nor message signature"],
  [
    "two contents",
    bundle,
    ["messageSignature"],
    message.messageSignature,
    "holds an envelope and a message signature",
  ],
  ["no signer", bundle, [MATERIAL, "certificate"], undefined, "a bundle names no signer"],
  [
    "a key beside a certificate",
    bundle,
    [MATERIAL, "publicKey"],
    { hint: "x" },
    "more than one kind of signer",
  ],
  [
    "a chain beside a certificate",
    bundle,
    [MATERIAL, "x509CertificateChain"],
    { certificates: [LEAF] },
    "more than one kind of signer",
  ],
  [
    "a chain in v0.3",
    old,
    ["mediaType"],
    BUNDLE_MEDIA_TYPES["v0.3"],
    "a v0.3 bundle holds a certificate chain",
  ],
  [
    "an empty chain",
    old,
    [MATERIAL, "x509CertificateChain", "certificates"],
    [],
    "a bundle's certificate chain is empty",
  ],
  [
    "a chain with another member",
    old,
    [MATERIAL, "x509CertificateChain", "x"],
    1,
    'x509CertificateChain has the unknown member "x"',
  ],
  [
    "a certificate of a chain with another member",
    old,
    [MATERIAL, "x509CertificateChain", "certificates", 0, "x"],
    1,
    'certificates[0] has the unknown member "x"',
  ],
  [
    "a certificate of a chain that is none",
    old,
    [MATERIAL, "x509CertificateChain", "certificates", 1, "rawBytes"],
    "AAAA",
    "a chain's certificate: ",
  ],
  [
    "a certificate with another member",
    bundle,
    [MATERIAL, "certificate", "x"],
    1,
    'certificate has the unknown member "x"',
  ],
  [
    "a certificate in lines",
    bundle,
    [MATERIAL, "certificate", "rawBytes"],
    "AA\n==",
    "certificate.rawBytes is not standard base64",
  ],
  ["a certificate that is no object", bundle, [MATERIAL, "certificate"], "AA==", "not an object"],
  [
    "a key with another member",
    managed,
    [MATERIAL, "publicKey", "rawBytes"],
    "AA==",
    'publicKey has the unknown member "rawBytes"',
  ],
  ["entries that are no list", bundle, ENTRIES, {}, "tlogEntries is not an array"],
  ["an entry that is no object", bundle, ENTRIES, [1], "tlogEntries[0] is not an object"],
  [
    "a broken entry",
    bundle,
    [...ENTRIES, 0, "logId"],
    undefined,
    "tlogEntries[0].logId is missing",
  ],
  [
    "a timestamp with another member",
    bundle,
    [MATERIAL, "timestampVerificationData", "rfc3161Timestamps", 0, "x"],
    1,
    'rfc3161Timestamps[0] has the unknown member "x"',
  ],
  [
    "timestamps of another kind",
    bundle,
    [MATERIAL, "timestampVerificationData", "x"],
    [],
    'timestampVerificationData has the unknown member "x"',
  ],
  [
    "a broken timestamp",
    bundle,
    [MATERIAL, "timestampVerificationData", "rfc3161Timestamps", 0, "signedTimestamp"],
    "*",
    "signedTimestamp is not standard base64",
  ],
  ["no signature", message, ["messageSignature", "signature"], undefined, "signature is missing"],
  [
    "a signature with another member",
    message,
    ["messageSignature", "x"],
    1,
    'messageSignature has the unknown member "x"',
  ],
  [
    "a digest by another algorithm",
    message,
    ["messageSignature", "messageDigest", "algorithm"],
    "SHA1",
    'unknown hash algorithm "SHA1"',
  ],
  [
    "a digest with another member",
    message,
    ["messageSignature", "messageDigest", "x"],
    1,
    'messageDigest has the unknown member "x"',
  ],
  [
    "a digest in hex",
    message,
    ["messageSignature", "messageDigest", "digest"],
    "ab",
    "digest is not standard base64",
  ],
])("a bundle with %s is refused", (_name, valid, path, value, text) => {
  expect(refusal(() => parseBundle(shape(withMember(valid, path, value)), "it"))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: expect.stringContaining(text),
  })
})

test.each<[string, BundleJson, readonly string[], unknown, number]>([
  ["entries", bundle, ENTRIES, bundle.verificationMaterial.tlogEntries[0], 32],
  [
    "certificates",
    old,
    [MATERIAL, "x509CertificateChain", "certificates"],
    old.verificationMaterial.x509CertificateChain?.certificates[1],
    10,
  ],
  [
    "timestamps",
    bundle,
    [MATERIAL, "timestampVerificationData", "rfc3161Timestamps"],
    { signedTimestamp: "AA==" },
    32,
  ],
])("too many %s are refused", (_name, valid, path, element, most) => {
  const filled = (count: number): BundleJson =>
    withMember(
      valid,
      path,
      Array.from({ length: count }, () => element),
    )
  expect(isTaken(() => parseBundle(shape(filled(most)), "it"))).toBe(true)
  expect(refusal(() => parseBundle(shape(filled(most + 1)), "it"))).toEqual({
    code: "ERR_INPUT_TOO_LARGE",
    message: `it.${path.join(".")} has over ${most} elements`,
  })
})

test("any value ends in evidence or a WheelproofError", () => {
  fc.assert(
    fc.property(hostileValue(bundle, old, message, managed), (value) => {
      const read = (): string => parseBundle(shape(value), "it").form
      expect(isTaken(read) ? read() : "sigstore-bundle-").toMatch(/^sigstore-bundle-/)
    }),
  )
})
