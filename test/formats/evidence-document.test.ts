import * as fc from "fast-check"
import { compress } from "snappyjs"
import { expect, test } from "vitest"

import { parseEvidenceDocument } from "../../src/formats/evidence-document.ts"
import { provenance } from "../../src/world/sigstore/sign.ts"
import { publishStatement, slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { NOW, WHEEL, wheelSubject } from "../support/judge.ts"
import { hostileBytes, jsonBytes, withMember } from "./support.ts"

const world = createWorld({ now: NOW })
const signer = world.createSigner()
const v1 = slsaV1Statement([wheelSubject()])
const bundle = world.signPayload(v1, { signer })
const message = world.signMessage(WHEEL, { signer })
const envelope = world.signEnvelope(v1, { signer })
const attestation = world.signAttestation(publishStatement(wheelSubject()), { signer })
const index = provenance([attestation, attestation])
const github = { attestations: [{ repository_id: 1, bundle }, { bundle: message }] }

/** What a document is read as: each attestation's form and origin, or message and origin. */
function outline(document: unknown): readonly (readonly [string, string])[] {
  return outlineOf(jsonBytes(document))
}

function outlineOf(bytes: Uint8Array): readonly (readonly [string, string])[] {
  return parseEvidenceDocument(bytes, "file").map((parsed) =>
    parsed.kind === "evidence"
      ? [parsed.evidence.form, parsed.evidence.origin]
      : [parsed.message, parsed.origin],
  )
}

test.each([
  ["a bundle", bundle, [["sigstore-bundle-v0.3", "file"]]],
  ["a file's signature", message, [["sigstore-bundle-v0.3", "file"]]],
  ["a bare envelope", envelope, [["dsse-envelope", "file"]]],
  ["an attestation", attestation, [["pep740-attestation", "file"]]],
  [
    "a provenance object",
    index,
    [
      ["pep740-attestation", "file, attestation 1"],
      ["pep740-attestation", "file, attestation 2"],
    ],
  ],
  [
    "an answer of GitHub",
    github,
    [
      ["sigstore-bundle-v0.3", "file, attestation 1"],
      ["sigstore-bundle-v0.3", "file, attestation 2"],
    ],
  ],
])("%s is told by its members", (_name, document, expected) => {
  expect(outline(document)).toEqual(expected)
})

test("a compressed bundle is read like one that is not", () => {
  const plain = jsonBytes(bundle)
  const packed = compress(plain)
  expect(outlineOf(packed)).toEqual([["sigstore-bundle-v0.3", "file"]])
  expect(parseEvidenceDocument(packed, "file")).toEqual(parseEvidenceDocument(plain, "file"))
})

test("a compressed envelope is hashed as it was before", () => {
  const plain = jsonBytes(envelope)
  expect(parseEvidenceDocument(compress(plain), "file")).toEqual(
    parseEvidenceDocument(plain, "file"),
  )
})

test("the publisher of a provenance object goes with each attestation", () => {
  const publishers = parseEvidenceDocument(jsonBytes(index), "file").map((parsed) =>
    parsed.kind === "evidence" ? parsed.evidence.publisher : undefined,
  )
  const publisher = { kind: "GitHub", repository: "acme/rocket", workflow: "release.yml" }
  expect(publishers).toEqual([publisher, publisher])
})

test("the bytes of an envelope are kept as they stood", () => {
  const bytes = Buffer.from(`\n${JSON.stringify(envelope, undefined, 2)}\n`)
  expect(parseEvidenceDocument(bytes, "file")).toMatchObject([
    { evidence: { content: { raw: bytes } } },
  ])
})

test.each([{ version: 1, attestation_bundles: [] }, { attestations: [] }])(
  "%j holds no attestation",
  (document) => {
    expect(outline(document)).toEqual([])
  },
)

test.each([
  ["nothing", "", "file is not JSON"],
  ["a cut off document", '{"mediaType": "x"', "file is not JSON"],
  ["a list", "[]", "file is not an object"],
  ["null", "null", "file is not an object"],
  ["an empty object", "{}", "file is no form of evidence that is known here"],
  ["a package's metadata", '{"name": "rocket"}', "file is no form of evidence that is known here"],
  ["a payload alone", '{"payload": "e30="}', "file is no form of evidence that is known here"],
  ["a member twice", '{"payload": 1, "payload": 2}', 'file has the member "payload" twice'],
  ["deep nesting", "[".repeat(65), "file is nested too deeply"],
  ["a byte order mark", "\u{feff}{}", "file is not JSON"],
  ["JSON Lines", '{"a": 1}\n{"a": 1}', "file is not JSON"],
  ["too many values", `[${"0,".repeat(200_001)}`, "file has too many values"],
  ["a wrong version", '{"attestation_bundles": []}', "unknown provenance object version"],
  ["attestations that are a text", '{"attestations": "x"}', "file.attestations is not an array"],
  ["a broken bundle", '{"mediaType": "x"}', 'unknown bundle media type "x"'],
  ["a bundle of no type", '{"verificationMaterial": {}}', "file.mediaType is missing"],
])("%s is malformed: a finding, not an error", (_name, text, expected) => {
  expect(outlineOf(Buffer.from(text))).toEqual([[expect.stringContaining(expected), "file"]])
})

test.each([
  ["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0x22]), "file is not UTF-8"],
  ["a document too large", Buffer.alloc(16_777_217), "file is over 16777216 bytes"],
])("%s is malformed", (_name, bytes, expected) => {
  expect(outlineOf(bytes)).toEqual([[expected, "file"]])
})

test.each([
  ["a text", "x", "file.attestation_bundles[0].attestations[0] is not an object"],
  ["a null", null, "file.attestation_bundles[0].attestations[0] is not an object"],
  ["an attestation of another version", { version: 2 }, "unknown attestation version"],
])("%s among attestations of an index does not hide the others", (_name, broken, expected) => {
  const path = ["attestation_bundles", 0, "attestations", 0]
  expect(outline(withMember(index, path, broken))).toEqual([
    [expected, "file, attestation 1"],
    ["pep740-attestation", "file, attestation 2"],
  ])
})

test("a broken publisher takes the attestations beside it, and no others", () => {
  const [whole] = index.attestation_bundles
  const document = { version: 1, attestation_bundles: [{ ...whole, publisher: {} }, whole] }
  expect(outline(document).map(([what]) => what)).toEqual([
    "file.attestation_bundles[0].publisher.kind is missing",
    "file.attestation_bundles[0].publisher.kind is missing",
    "pep740-attestation",
    "pep740-attestation",
  ])
})

test.each([
  ["a text", "x", "file.attestations[0] is not an object"],
  ["a null", null, "file.attestations[0] is not an object"],
  ["no bundle", {}, "file, attestation 1 has no bundle"],
  [
    "a bundle's address",
    { bundle: null, bundle_url: "https://x.org" },
    "file, attestation 1 only names the address of its bundle; download that and name the file",
  ],
  ["a broken bundle", { bundle: {} }, "file.attestations[0].bundle.mediaType is missing"],
])("%s among attestations of GitHub does not hide the others", (_name, broken, expected) => {
  expect(outline(withMember(github, ["attestations", 0], broken))).toEqual([
    [expected, "file, attestation 1"],
    ["sigstore-bundle-v0.3", "file, attestation 2"],
  ])
})

test("too many attestations are malformed", () => {
  const document = { attestations: Array.from({ length: 1025 }, () => ({})) }
  expect(outline(document)).toEqual([["file.attestations has over 1024 elements", "file"]])
})

test("a mistake of the caller is not taken for a finding", () => {
  const nothing: unknown = undefined
  expect(() => parseEvidenceDocument(nothing as Uint8Array, "file")).toThrow(TypeError)
})

test("any bytes end in evidence or findings, never in an error", () => {
  fc.assert(
    fc.property(hostileBytes(bundle, message, envelope, attestation, index, github), (bytes) => {
      for (const [what, origin] of outlineOf(bytes)) {
        expect(what).not.toBe("")
        expect(origin).toMatch(/^file/)
      }
    }),
    { numRuns: 300 },
  )
})
