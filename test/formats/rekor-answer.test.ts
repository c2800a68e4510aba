import * as fc from "fast-check"
import { expect, test } from "vitest"

import type { LogEntry } from "../../src/core/evidence.ts"
import { leafHash } from "../../src/core/merkle.ts"
import { parseLogEntry } from "../../src/formats/log-entry.ts"
import {
  parseRekorEntries,
  parseRekorUuids,
  verifierOfBody,
} from "../../src/formats/rekor-answer.ts"
import { verifierPem } from "../../src/world/sigstore/signer.ts"
import { slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { NOW, WHEEL, wheelSubject } from "../support/judge.ts"
import {
  hostileBytes,
  hostileValue,
  isTaken,
  jsonBytes,
  refusal,
  shape,
  withMember,
} from "./support.ts"

const world = createWorld({ now: NOW })
const signer = world.createSigner()
const TREE = "0123456789abcdef"
const HASH = "ab".repeat(32)

function nameOf(body: Uint8Array): string {
  return `${TREE}${Buffer.from(leafHash(body)).toString("hex")}`
}

const BODY = jsonBytes({ apiVersion: "0.0.1", kind: "dsse", spec: {} })
const UUID = nameOf(BODY)

const item = {
  body: BODY.toString("base64"),
  integratedTime: NOW / 1000,
  logID: "cd".repeat(32),
  logIndex: 7,
  verification: {
    signedEntryTimestamp: "AQID",
    inclusionProof: {
      checkpoint: "a note",
      hashes: [HASH],
      logIndex: 5,
      rootHash: HASH,
      treeSize: 9,
    },
  },
}

const answer = { [UUID]: item }

test("an entry is read under its name", () => {
  expect(parseRekorEntries(jsonBytes(answer))).toEqual([
    {
      uuid: UUID,
      entry: {
        logIndex: 7n,
        logId: "cd".repeat(32),
        kind: "dsse",
        version: "0.0.1",
        integratedTime: NOW / 1000,
        signedEntryTimestamp: Buffer.of(1, 2, 3),
        inclusionProof: {
          logIndex: 5n,
          treeSize: 9n,
          rootHash: Buffer.from(HASH, "hex"),
          hashes: [Buffer.from(HASH, "hex")],
          checkpoint: "a note",
        },
        body: BODY,
      },
    },
  ])
})

test("an entry without promise, proof or tree id is read", () => {
  const bare = { [UUID.slice(16)]: { ...item, verification: {} } }
  expect(parseRekorEntries(jsonBytes([bare]))).toMatchObject([
    {
      uuid: UUID.slice(16),
      entry: { signedEntryTimestamp: undefined, inclusionProof: undefined },
    },
  ])
  const path = [UUID, "verification", "inclusionProof", "checkpoint"]
  const [unsigned] = parseRekorEntries(jsonBytes(withMember(answer, path, undefined)))
  expect(unsigned?.entry.inclusionProof).toMatchObject({ checkpoint: undefined })
})

test.each([
  ["{}", []],
  ["[]", []],
  ["[{}]", []],
])("%s holds no entries", (text, entries) => {
  expect(parseRekorEntries(Buffer.from(text))).toEqual(entries)
})

function listOf(length: number): Uint8Array {
  return jsonBytes(Array.from({ length }, () => answer))
}

test("an answer's list of over a hundred is refused, not cut off", () => {
  expect(parseRekorEntries(listOf(100))).toHaveLength(100)
  expect(refusal(() => parseRekorEntries(listOf(101)))).toMatchObject({
    code: "ERR_INPUT_TOO_LARGE",
  })
})

const NO_KIND = jsonBytes({ apiVersion: "0.0.1" })
const NOT_JSON = Buffer.from("x")
const PROOF = [UUID, "verification", "inclusionProof"]

test.each<[string, unknown, string]>([
  ["null", null, "log entry is not an object"],
  ["a text", "x", "log entry is not an object"],
  ["a list of lists", [[]], "log entry is not an object"],
  ["an entry that is no object", { [UUID]: 5 }, `log entry.${UUID} is not an object`],
  ["a null", { [UUID]: null }, `log entry.${UUID} is missing`],
  ["another entry's name", { [`${TREE}${HASH}`]: item }, `entry ${TREE}${HASH} is not that entry`],
  ["a name cut short", { [UUID.slice(17)]: item }, "is not that entry"],
  ["no name", { "": item }, "is not that entry"],
  ["a name with more before it", { [`ff${UUID}`]: item }, "is not that entry"],
  ["a name with an escape", { [`\u{1b}[2J${UUID.slice(16)}`]: item }, "is not that entry"],
  ["no body", withMember(answer, [UUID, "body"], undefined), "body is missing"],
  ["a broken body", withMember(answer, [UUID, "body"], "e30"), "body is not standard base64"],
  [
    "a body that is no JSON",
    { [nameOf(NOT_JSON)]: { ...item, body: NOT_JSON.toString("base64") } },
    "log entry body is not JSON",
  ],
  [
    "a body without a kind",
    { [nameOf(NO_KIND)]: { ...item, body: NO_KIND.toString("base64") } },
    "log entry body.kind is missing",
  ],
  ["no verification", withMember(answer, [UUID, "verification"], undefined), "is missing"],
  ["no log id", withMember(answer, [UUID, "logID"], undefined), "logID is missing"],
  ["a short log id", withMember(answer, [UUID, "logID"], "cd"), "the log's answer has no log id"],
  [
    "a log id in upper case",
    withMember(answer, [UUID, "logID"], "CD".repeat(32)),
    "the log's answer has no log id",
  ],
  ["no index", withMember(answer, [UUID, "logIndex"], undefined), "logIndex is missing"],
  ["a negative index", withMember(answer, [UUID, "logIndex"], -1), "not a 64-bit unsigned"],
  ["no time", withMember(answer, [UUID, "integratedTime"], undefined), "Time is missing"],
  [
    "a time that no calendar has",
    withMember(answer, [UUID, "integratedTime"], 253_402_300_800),
    "an integrated time is out of range",
  ],
  [
    "a broken promise",
    withMember(answer, [UUID, "verification", "signedEntryTimestamp"], "*"),
    "signedEntryTimestamp is not standard base64",
  ],
  ["a proof that is a list", withMember(answer, PROOF, []), "inclusionProof is not an object"],
  [
    "a root in base64",
    withMember(answer, [...PROOF, "rootHash"], Buffer.alloc(32).toString("base64")),
    "the log's answer has a hash that is not SHA-256",
  ],
  [
    "a hash that is a number",
    withMember(answer, [...PROOF, "hashes"], [5]),
    "the log's answer has a hash that is not SHA-256",
  ],
  [
    "a hash that has no text form",
    withMember(answer, [...PROOF, "hashes"], [{ toString: 0, valueOf: 0 }]),
    "the log's answer has a hash that is not SHA-256",
  ],
  [
    "a hash within a list",
    withMember(answer, [...PROOF, "hashes"], [[HASH]]),
    "the log's answer has a hash that is not SHA-256",
  ],
  ["no tree size", withMember(answer, [...PROOF, "treeSize"], undefined), "treeSize is missing"],
  ["a checkpoint that is no text", withMember(answer, [...PROOF, "checkpoint"], 5), "not a string"],
])("an answer with %s is refused", (_name, value, message) => {
  expect(refusal(() => parseRekorEntries(jsonBytes(value)))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: expect.stringContaining(message),
  })
})

test.each([
  ["nothing", Buffer.alloc(0), "the log's answer is not JSON"],
  ["a page of HTML", Buffer.from("<html>"), "the log's answer is not JSON"],
  ["not UTF-8", Buffer.from([0x7b, 0xff]), "the log's answer is not UTF-8"],
  ["a name twice", Buffer.from(`{"a": {}, "a": {}}`), 'has the member "a" twice'],
])("an answer of %s is refused", (_name, bytes, message) => {
  for (const parse of [parseRekorEntries, parseRekorUuids]) {
    expect(refusal(() => parse(bytes))).toEqual({
      code: "ERR_INPUT_MALFORMED",
      message: expect.stringContaining(message),
    })
  }
})

test("a proof of more hashes than any tree needs, and too large an answer, are refused", () => {
  const hashes = Array.from({ length: 65 }, () => HASH)
  const long = jsonBytes(withMember(answer, [...PROOF, "hashes"], hashes))
  expect(refusal(() => parseRekorEntries(long)).code).toBe("ERR_INPUT_TOO_LARGE")
  const large = Buffer.alloc(16_777_217, " ")
  expect(refusal(() => parseRekorEntries(large)).code).toBe("ERR_INPUT_TOO_LARGE")
})

test("the answer to a search is a list of at most a hundred names", () => {
  expect(parseRekorUuids(Buffer.from("[]"))).toEqual([])
  expect(parseRekorUuids(jsonBytes([HASH, `${TREE}${HASH}`]))).toEqual([HASH, `${TREE}${HASH}`])
  const tooMany = jsonBytes(Array.from({ length: 101 }, () => HASH))
  expect(refusal(() => parseRekorUuids(tooMany))).toMatchObject({ code: "ERR_INPUT_TOO_LARGE" })
})

test.each([
  [{}, "is not a list"],
  [null, "is not a list"],
  ["x", "is not a list"],
  [[5], "is not an entry's name"],
  [[""], "is not an entry's name"],
  [[HASH.toUpperCase()], "is not an entry's name"],
  [[`${HASH}ab`], "is not an entry's name"],
  [[`../${HASH}`], "is not an entry's name"],
  [[`${HASH}\n`], "is not an entry's name"],
])("the answer %j to a search is refused", (value, message) => {
  expect(refusal(() => parseRekorUuids(jsonBytes(value)))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: expect.stringContaining(message),
  })
})

test("any bytes end in entries, or names, or a WheelproofError", () => {
  fc.assert(
    fc.property(hostileBytes(answer, [answer, answer], [HASH]), (bytes) => {
      const entries = (): number => parseRekorEntries(bytes).length
      const names = (): number => parseRekorUuids(bytes).length
      expect(isTaken(entries) ? entries() : 0).toBeLessThan(200)
      expect(isTaken(names) ? names() : 0).toBeLessThan(200)
    }),
  )
})

function entryOf(kind: "dsse/0.0.1" | "intoto/0.0.1" | "intoto/0.0.2"): LogEntry {
  const bundle = world.signPayload(slsaV1Statement([wheelSubject()]), { signer, entries: [kind] })
  return parseLogEntry(shape(bundle.verificationMaterial.tlogEntries[0]))
}

function withSpec(kind: string, spec: unknown): LogEntry {
  return { ...entryOf("dsse/0.0.1"), kind, body: jsonBytes({ apiVersion: "0.0.1", kind, spec }) }
}

test.each(["dsse/0.0.1", "intoto/0.0.1"] as const)(
  "the verifier of an entry of kind %s is its certificate",
  (kind) => {
    expect(verifierOfBody(entryOf(kind))).toBe(verifierPem(signer))
  },
)

test("other entries have no verifier that is read", () => {
  const signature = { verifier: "AA==" }
  const { tlogEntries } = world.signMessage(WHEEL, { signer }).verificationMaterial
  expect(verifierOfBody(parseLogEntry(shape(tlogEntries[0])))).toBeUndefined()
  expect(verifierOfBody(entryOf("intoto/0.0.2"))).toBeUndefined()
  expect(verifierOfBody(withSpec("dsse", {}))).toBeUndefined()
  expect(verifierOfBody(withSpec("dsse", { signatures: [signature] }))).toBe("\0")
  expect(verifierOfBody(withSpec("dsse", { signatures: [signature, signature] }))).toBeUndefined()
})

test.each([
  ["dsse", undefined, "log entry body.spec is missing"],
  ["dsse", { signatures: {} }, "spec.signatures is not an array"],
  ["dsse", { signatures: [{}] }, "verifier is missing"],
  ["dsse", { signatures: [{ verifier: "x" }] }, "verifier is not standard base64"],
  ["intoto", {}, "spec.publicKey is missing"],
  ["intoto", { publicKey: "-" }, "verifier is not standard base64"],
])("a body of kind %s with the spec %j is refused", (kind, spec, message) => {
  expect(refusal(() => verifierOfBody(withSpec(kind, spec)))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: expect.stringContaining(message),
  })
})

test("any body ends in a verifier, none, or a WheelproofError", () => {
  const valid = { signatures: [{ verifier: "AA==" }], publicKey: "AA==" }
  fc.assert(
    fc.property(fc.constantFrom("dsse", "intoto"), hostileValue(valid), (kind, spec) => {
      const read = (): string | undefined => verifierOfBody(withSpec(kind, spec))
      expect(typeof (isTaken(read) ? read() : undefined)).toMatch(/^(?:string|undefined)$/)
    }),
  )
})
