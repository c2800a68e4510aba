import * as fc from "fast-check"
import { expect, test } from "vitest"

import type { Publisher } from "../../src/core/evidence.ts"
import {
  parseAttestation,
  parseProvenanceItem,
  readProvenanceObject,
} from "../../src/formats/pep740.ts"
import { provenance } from "../../src/world/sigstore/sign.ts"
import { managedSigner } from "../../src/world/sigstore/signer.ts"
import { publishStatement } from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { NOW, wheelSubject } from "../support/judge.ts"
import { hostileValue, isTaken, refusal, shape, withMember } from "./support.ts"

const world = createWorld({ now: NOW })
const signer = world.createSigner()
const statement = publishStatement(wheelSubject())
const attestation = world.signAttestation(statement, {
  signer,
  entries: ["hashedrekord/0.0.2"],
})
const managed = world.signAttestation(statement, { signer: managedSigner() })

const MATERIAL = "verification_material"

function wrap(text: string): string {
  return text.replaceAll(/.{60}/g, "$&\n")
}

test("an attestation is read", () => {
  const evidence = parseAttestation(shape(attestation), "rocket.whl.publish.attestation")
  expect(evidence).toMatchObject({
    form: "pep740-attestation",
    origin: "rocket.whl.publish.attestation",
    content: {
      kind: "dsse",
      payloadType: "application/vnd.in-toto+json",
      signatures: [{ sig: Buffer.from(attestation.envelope.signature, "base64"), keyid: "" }],
      statement: { predicate: { kind: "publish" }, subjects: [{ name: wheelSubject().name }] },
    },
    material: { kind: "certificate", leaf: signer.certificate, intermediates: [] },
    entries: [{ kind: "hashedrekord", version: "0.0.2" }],
    timestamps: [Buffer.from(attestation.verification_material?.timestamps?.[0] ?? "", "base64")],
  })
  expect(evidence).not.toHaveProperty("publisher")
})

test("an index's own attestation has no certificate", () => {
  const evidence = parseAttestation(shape(managed), "it")
  expect(evidence).toMatchObject({ material: { kind: "none" }, entries: [], timestamps: [] })
  const empty = { ...managed, [MATERIAL]: {} }
  expect(parseAttestation(shape(empty), "it").material).toEqual({ kind: "none" })
})

test("base64 in lines, as older clients wrote it, is read to the same bytes", () => {
  const wrapped = {
    ...attestation,
    [MATERIAL]: {
      ...attestation.verification_material,
      certificate: wrap(attestation.verification_material?.certificate ?? ""),
    },
    envelope: {
      statement: wrap(attestation.envelope.statement),
      signature: `${attestation.envelope.signature}\r\n`,
    },
  }
  expect(parseAttestation(shape(wrapped), "it")).toEqual(parseAttestation(shape(attestation), "it"))
})

test("members that an index adds are ignored", () => {
  const added = [["x"], ["envelope", "x"], [MATERIAL, "x"]].reduce(
    (value, path) => withMember(value, path, { any: "thing" }),
    attestation,
  )
  expect(parseAttestation(shape(added), "it")).toEqual(parseAttestation(shape(attestation), "it"))
})

const TWICE = Buffer.from('{"_type": "a", "_type": "b"}').toString("base64")

test.each<[string, readonly (string | number)[], unknown, string]>([
  ["no version", ["version"], undefined, "unknown attestation version"],
  ["a later version", ["version"], 2, "unknown attestation version"],
  ["a version in a text", ["version"], "1", "unknown attestation version"],
  ["a version of true", ["version"], true, "unknown attestation version"],
  ["no envelope", ["envelope"], undefined, "it.envelope is missing"],
  ["an envelope that is a list", ["envelope"], [], "it.envelope is not an object"],
  ["no statement", ["envelope", "statement"], undefined, "it.envelope.statement is missing"],
  ["a statement that is none", ["envelope", "statement"], "e30=", "predicateType is missing"],
  ["a statement in JSON", ["envelope", "statement"], {}, "envelope.statement is not a string"],
  ["a member twice in it", ["envelope", "statement"], TWICE, 'has the member "_type" twice'],
  ["no signature", ["envelope", "signature"], undefined, "it.envelope.signature is missing"],
  ["a signature with spaces", ["envelope", "signature"], "AA ==", "is not standard base64"],
  ["a URL-safe signature", ["envelope", "signature"], "_w==", "is not standard base64"],
  ["material that is a list", [MATERIAL], [], "it.verification_material is not an object"],
  ["a certificate in PEM", [MATERIAL, "certificate"], "-----BEGIN", "is not standard base64"],
  ["a certificate that is no text", [MATERIAL, "certificate"], 5, "certificate is not a string"],
  ["entries that are an object", [MATERIAL, "transparency_entries"], {}, "is not an array"],
  [
    "a broken entry",
    [MATERIAL, "transparency_entries", 0, "canonicalizedBody"],
    "x",
    "transparency_entries[0].canonicalizedBody is not standard base64",
  ],
  ["a timestamp that is no text", [MATERIAL, "timestamps", 0], {}, "timestamps[0] is not a string"],
  ["a broken timestamp", [MATERIAL, "timestamps", 0], "x", "timestamps[0] is not standard base64"],
])("an attestation with %s is refused", (_name, path, value, message) => {
  expect(
    refusal(() => parseAttestation(shape(withMember(attestation, path, value)), "it")),
  ).toEqual({ code: "ERR_INPUT_MALFORMED", message: expect.stringContaining(message) })
})

test.each([
  ["transparency_entries", attestation.verification_material?.transparency_entries[0]],
  ["timestamps", "AA=="],
])("too many %s are refused", (name, element) => {
  const filled = (count: number): unknown =>
    withMember(
      attestation,
      [MATERIAL, name],
      Array.from({ length: count }, () => element),
    )
  expect(isTaken(() => parseAttestation(shape(filled(32)), "it"))).toBe(true)
  expect(refusal(() => parseAttestation(shape(filled(33)), "it"))).toEqual({
    code: "ERR_INPUT_TOO_LARGE",
    message: `it.verification_material.${name} has over 32 elements`,
  })
})

function publisherOf(publisher: unknown): Publisher | undefined {
  const [item] = readProvenanceObject(
    shape({ version: 1, attestation_bundles: [{ publisher, attestations: [attestation] }] }),
  )
  return item === undefined ? undefined : parseProvenanceItem(item, "it").publisher
}

test.each<[Record<string, unknown>, Publisher]>([
  [
    { kind: "GitHub", repository: "acme/rocket", workflow: "release.yml", environment: null },
    { kind: "GitHub", repository: "acme/rocket", workflow: "release.yml" },
  ],
  [
    { kind: "GitHub", repository: "acme/rocket", workflow: "release.yml", environment: "" },
    { kind: "GitHub", repository: "acme/rocket", workflow: "release.yml" },
  ],
  [
    { kind: "GitHub", repository: "acme/rocket", workflow: "a.yml", environment: "pypi", x: 1 },
    { kind: "GitHub", repository: "acme/rocket", workflow: "a.yml", environment: "pypi" },
  ],
  [
    { kind: "GitLab", repository: "acme/rocket", workflow_filepath: ".gitlab-ci.yml" },
    { kind: "GitLab", repository: "acme/rocket", workflow: ".gitlab-ci.yml" },
  ],
  [
    { kind: "GitLab", repository: "a/b", workflow_filepath: "c.yml", environment: "pypi" },
    { kind: "GitLab", repository: "a/b", workflow: "c.yml", environment: "pypi" },
  ],
  [
    { kind: "Google", email: "robot@acme.example" },
    { kind: "Google", email: "robot@acme.example" },
  ],
  [
    { kind: "CircleCI", project_id: "p", pipeline_definition_id: "d" },
    { kind: "CircleCI", projectId: "p", pipelineDefinitionId: "d" },
  ],
  [
    {
      kind: "CircleCI",
      project_id: "p",
      pipeline_definition_id: "d",
      vcs_origin: "o",
      vcs_ref: "r",
    },
    {
      kind: "CircleCI",
      projectId: "p",
      pipelineDefinitionId: "d",
      vcsOrigin: "o",
      vcsRef: "r",
    },
  ],
  [{ kind: "ActiveState" }, { kind: "unknown", name: "ActiveState" }],
  [{ kind: "github" }, { kind: "unknown", name: "github" }],
])("the publisher %j is read", (publisher, expected) => {
  expect(publisherOf(publisher)).toEqual(expected)
})

test.each([
  [undefined, "publisher is missing"],
  ["GitHub", "publisher is not an object"],
  [{}, "publisher.kind is missing"],
  [{ kind: 5 }, "publisher.kind is not a string"],
  [{ kind: "GitHub", workflow: "x" }, "publisher.repository is missing"],
  [{ kind: "GitHub", repository: "x" }, "publisher.workflow is missing"],
  [{ kind: "GitHub", repository: "x", workflow: "y", environment: 5 }, "environment is not a"],
  [{ kind: "GitLab", repository: "x", workflow: "y" }, "publisher.workflow_filepath is missing"],
  [{ kind: "Google" }, "publisher.email is missing"],
  [{ kind: "CircleCI", project_id: "p" }, "publisher.pipeline_definition_id is missing"],
  [{ kind: "CircleCI", pipeline_definition_id: "d" }, "publisher.project_id is missing"],
])("the publisher %j is refused", (publisher, message) => {
  expect(refusal(() => publisherOf(publisher))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: expect.stringContaining(message),
  })
})

const BUNDLES = "attestation_bundles"
const object = provenance([attestation, managed])

test("a provenance object is read into its attestations, each with its publisher", () => {
  const both = { ...object, [BUNDLES]: [...object[BUNDLES], ...object[BUNDLES]] }
  expect(readProvenanceObject(shape(both))).toHaveLength(4)
  expect(readProvenanceObject(shape({ version: 1 }))).toEqual([])
})

test.each<[string, readonly (string | number)[], unknown, string]>([
  ["no version", ["version"], undefined, "unknown provenance object version"],
  ["a later version", ["version"], 2, "unknown provenance object version"],
  ["bundles that are an object", [BUNDLES], {}, "it.attestation_bundles is not an array"],
  ["a bundle that is a text", [BUNDLES, 0], "x", "it.attestation_bundles[0] is not an object"],
  ["attestations that are a text", [BUNDLES, 0, "attestations"], "x", "is not an array"],
])("a provenance object with %s is refused", (_name, path, value, message) => {
  expect(refusal(() => readProvenanceObject(shape(withMember(object, path, value))))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: expect.stringContaining(message),
  })
})

test("attestations without end are refused", () => {
  const many = Array.from({ length: 1025 }, () => 0)
  const path = [BUNDLES, 0, "attestations"]
  expect(refusal(() => readProvenanceObject(shape(withMember(object, path, many))))).toEqual({
    code: "ERR_INPUT_TOO_LARGE",
    message: "it.attestation_bundles[0].attestations has over 1024 elements",
  })
})

test("any value ends in an attestation, or a provenance object, or a WheelproofError", () => {
  fc.assert(
    fc.property(hostileValue(attestation, managed, object), (value) => {
      const alone = isTaken(() => parseAttestation(shape(value), "it"))
      const items = isTaken(() => readProvenanceObject(shape(value)))
        ? readProvenanceObject(shape(value))
        : []
      const parsed = items.filter((item) => isTaken(() => parseProvenanceItem(item, "it")))
      expect(Object.hasOwn(Object(value), "envelope") || !alone).toBe(true)
      expect(parsed.length).toBeLessThanOrEqual(2)
    }),
  )
})
