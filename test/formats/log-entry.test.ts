import * as fc from "fast-check"
import { expect, test } from "vitest"

import { encodeHex } from "../../src/core/bytes.ts"
import { parseLogEntry, parseLogId } from "../../src/formats/log-entry.ts"
import { createWorld } from "../../src/world/world.ts"
import { NOW } from "../support/judge.ts"
import { hostileValue, isTaken, refusal, shape, withMember } from "./support.ts"

const world = createWorld({ now: NOW })
const bundle = world.signMessage(Buffer.from("a wheel"), {
  entries: ["hashedrekord/0.0.1", "hashedrekord/0.0.2"],
})
const [v1, v2] = bundle.verificationMaterial.tlogEntries

test("an entry of Rekor v1 is read with its promise, proof and checkpoint", () => {
  const entry = parseLogEntry(shape(v1))
  expect(entry).toMatchObject({
    kind: "hashedrekord",
    version: "0.0.1",
    logIndex: BigInt(v1?.logIndex ?? -1),
    integratedTime: NOW / 1000,
    logId: Buffer.from(v1?.logId.keyId ?? "", "base64").toString("hex"),
  })
  expect(entry.signedEntryTimestamp).toBeDefined()
  expect(entry.inclusionProof?.checkpoint).toBe(v1?.inclusionProof?.checkpoint?.envelope)
  expect(JSON.parse(Buffer.from(entry.body).toString())).toMatchObject({ kind: "hashedrekord" })
})

test("an entry of Rekor v2 has neither promise nor time", () => {
  const entry = parseLogEntry(shape(v2))
  expect(entry).toMatchObject({ version: "0.0.2", integratedTime: 0 })
  expect(entry.signedEntryTimestamp).toBeUndefined()
})

test("numbers that protobuf leaves out are zero, and parts that may lack are absent", () => {
  const bare = ["logIndex", "integratedTime", "inclusionPromise", "inclusionProof"].reduce(
    (entry, name) => withMember(entry, [name], undefined),
    v1,
  )
  expect(parseLogEntry(shape(bare))).toMatchObject({
    logIndex: 0n,
    integratedTime: 0,
    signedEntryTimestamp: undefined,
    inclusionProof: undefined,
  })
  const proof = withMember(
    withMember(v1, ["inclusionProof", "logIndex"], undefined),
    ["inclusionProof", "checkpoint"],
    undefined,
  )
  expect(parseLogEntry(shape(proof)).inclusionProof).toMatchObject({
    logIndex: 0n,
    checkpoint: undefined,
  })
})

test("numbers are read at their bounds", () => {
  const last = withMember(v1, ["logIndex"], "18446744073709551615")
  expect(parseLogEntry(shape(last)).logIndex).toBe(2n ** 64n - 1n)
  const late = withMember(v1, ["integratedTime"], "253402300799")
  expect(parseLogEntry(shape(late)).integratedTime).toBe(253_402_300_799)
})

const HASH = Buffer.alloc(32).toString("base64")

test.each<[readonly string[], unknown, string]>([
  [["logIndex"], "-1", "it.logIndex is not a 64-bit unsigned integer"],
  [["logIndex"], "01", "it.logIndex is not a 64-bit unsigned integer"],
  [["logIndex"], "18446744073709551616", "it.logIndex is not a 64-bit unsigned integer"],
  [["logIndex"], 2 ** 53, "it.logIndex is not a 64-bit unsigned integer"],
  [["logIndex"], 1.5, "it.logIndex is not a 64-bit unsigned integer"],
  [["integratedTime"], "253402300800", "an integrated time is out of range"],
  [["logId"], undefined, "it.logId is missing"],
  [["logId"], "x", "it.logId is not an object"],
  [["logId", "keyId"], undefined, "it.logId.keyId is missing"],
  [["logId", "keyId"], "AA==", "a log id is not 32 bytes"],
  [["logId", "keyId"], HASH.replace("=", ""), "it.logId.keyId is not standard base64"],
  [["logId", "name"], "x", 'it.logId has the unknown member "name"'],
  [["kindVersion"], null, "it.kindVersion is missing"],
  [["kindVersion", "kind"], 5, "it.kindVersion.kind is not a string"],
  [["kindVersion", "version"], undefined, "it.kindVersion.version is missing"],
  [["kindVersion", "x"], 1, 'it.kindVersion has the unknown member "x"'],
  [["inclusionPromise"], [], "it.inclusionPromise is not an object"],
  [["inclusionPromise"], {}, "it.inclusionPromise.signedEntryTimestamp is missing"],
  [["inclusionPromise", "x"], 1, 'it.inclusionPromise has the unknown member "x"'],
  [["inclusionProof"], {}, "it.inclusionProof.treeSize is missing"],
  [["inclusionProof", "logIndex"], "x", "it.inclusionProof.logIndex is not a 64-bit"],
  [["inclusionProof", "rootHash"], "AA==", "a Merkle tree hash is not 32 bytes"],
  [["inclusionProof", "rootHash"], undefined, "it.inclusionProof.rootHash is missing"],
  [["inclusionProof", "hashes"], ["AA=="], "a Merkle tree hash is not 32 bytes"],
  [["inclusionProof", "hashes"], [5], "it.inclusionProof.hashes[0] is not a string"],
  [["inclusionProof", "hashes"], {}, "it.inclusionProof.hashes is not an array"],
  [["inclusionProof", "checkpoint"], {}, "it.inclusionProof.checkpoint.envelope is missing"],
  [
    ["inclusionProof", "checkpoint", "x"],
    1,
    'it.inclusionProof.checkpoint has the unknown member "x"',
  ],
  [["inclusionProof", "x"], 1, 'it.inclusionProof has the unknown member "x"'],
  [["canonicalizedBody"], undefined, "it.canonicalizedBody is missing"],
  [["canonicalizedBody"], "e30", "it.canonicalizedBody is not standard base64"],
  [["canonicalizedBody"], "e_0=", "it.canonicalizedBody is not standard base64"],
  [["x"], 1, 'it has the unknown member "x"'],
])("%j set to %j is refused", (path, value, message) => {
  expect(refusal(() => parseLogEntry(shape(withMember(v1, path, value))))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: expect.stringContaining(message),
  })
})

test("a proof of more hashes than any tree needs is refused", () => {
  const path = ["inclusionProof", "hashes"]
  const most = withMember(
    v1,
    path,
    Array.from({ length: 64 }, () => HASH),
  )
  expect(parseLogEntry(shape(most)).inclusionProof?.hashes).toHaveLength(64)
  const over = withMember(
    v1,
    path,
    Array.from({ length: 65 }, () => HASH),
  )
  expect(refusal(() => parseLogEntry(shape(over)))).toEqual({
    code: "ERR_INPUT_TOO_LARGE",
    message: "it.inclusionProof.hashes has over 64 elements",
  })
})

test("a log id is 32 bytes, in hex", () => {
  expect(parseLogId(Buffer.alloc(32, 0xab))).toBe("ab".repeat(32))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (keyId) => {
      expect(isTaken(() => parseLogId(keyId))).toBe(keyId.byteLength === 32)
    }),
  )
})

test("any value ends in an entry or a WheelproofError", () => {
  fc.assert(
    fc.property(hostileValue(v1, v2), (value) => {
      const read = (): string => encodeHex(parseLogEntry(shape(value)).body)
      expect(isTaken(read) ? read() : "").toMatch(/^[0-9a-f]*$/)
    }),
  )
})
