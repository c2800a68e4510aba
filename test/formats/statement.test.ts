import { existsSync, readdirSync, readFileSync } from "node:fs"

import * as fc from "fast-check"
import { expect, test } from "vitest"

import { DIGEST_HEX_LENGTH } from "../../src/core/digest.ts"
import { parseStatement } from "../../src/formats/statement.ts"
import {
  publishStatement,
  slsaV02Statement,
  slsaV1Statement,
} from "../../src/world/sigstore/statements.ts"
import { wheel, wheelSubject } from "../support/judge.ts"
import { hostileBytes, isTaken, jsonBytes, refusal, withMember } from "./support.ts"

const v1 = slsaV1Statement([wheelSubject()])
const v02 = slsaV02Statement([wheelSubject()])
const publish = publishStatement(wheelSubject())

test.each([
  ["SLSA provenance v1", v1, "provenance"],
  ["SLSA provenance v0.2", v02, "provenance"],
  ["a publish attestation", publish, "publish"],
  ["provenance that is none", { ...v1, predicate: [] }, "malformed"],
  ["something else", { ...v1, predicateType: "https://x.org/test/v1" }, "other"],
])("%s is read", (_name, statement, kind) => {
  const { _type: type } = statement
  expect(parseStatement(jsonBytes(statement))).toEqual({
    type,
    predicateType: statement.predicateType,
    predicate: expect.objectContaining({ kind }),
    subjects: [
      { name: wheelSubject().name, digest: new Map([["sha256", wheel().digests.sha256]]) },
    ],
  })
})

test("an unknown type of statement is kept for the verdict", () => {
  expect(parseStatement(jsonBytes({ ...v1, _type: "https://x.org/y" })).type).toBe(
    "https://x.org/y",
  )
})

test("subjects without a name, and digests by algorithms that are not known, are kept", () => {
  const subject = [{ digest: { gitCommit: "ABC", sha256: "0".repeat(64) } }, { name: "x" }]
  expect(parseStatement(jsonBytes({ ...v1, subject })).subjects).toEqual([
    {
      name: undefined,
      digest: new Map([
        ["gitCommit", "ABC"],
        ["sha256", "0".repeat(64)],
      ]),
    },
    { name: "x", digest: new Map() },
  ])
  expect(parseStatement(jsonBytes(withMember(v1, ["subject"], undefined))).subjects).toEqual([])
})

test.each(Object.entries(DIGEST_HEX_LENGTH))("a digest by %s has %d hex digits", (name, length) => {
  const read = (digest: string): unknown =>
    parseStatement(jsonBytes({ ...v1, subject: [{ digest: { [name]: digest } }] }))
  expect(isTaken(() => read("a".repeat(length)))).toBe(true)
  for (const digest of ["a".repeat(length - 1), "a".repeat(length + 1), "A".repeat(length)]) {
    expect(refusal(() => read(digest))).toEqual({
      code: "ERR_INPUT_MALFORMED",
      message: `statement.subject[0]: ${name} is not ${length} lower-case hex digits`,
    })
  }
})

const DEEP = `{"_type": ${"[".repeat(64)}${"]".repeat(64)}}`

test.each([
  ["nothing", "", "statement is not JSON"],
  ["a cut off text", '{"_type": "x"', "statement is not JSON"],
  ["a string without end", '{"_type": "x', "a string does not end"],
  ["a byte order mark", "\u{feff}{}", "statement is not JSON"],
  ["two values", "{}{}", "statement is not JSON"],
  ["a comment", "{} // x", "statement is not JSON"],
  ["a list", "[]", "statement is not an object"],
  ["null", "null", "statement is not an object"],
  ["a text", '"x"', "statement is not an object"],
  ["a member twice", '{"subject": [], "subject": []}', 'has the member "subject" twice'],
  ["a member twice, escaped", '{"a": 1, "\\u0061": 2}', 'has the member "a" twice'],
  ["a member twice within", '{"x": {"sha256": 1, "sha256": 2}}', 'the member "sha256" twice'],
  ["deep nesting", DEEP, "statement is nested too deeply"],
  ["no predicate type", '{"_type": "x"}', "statement.predicateType is missing"],
  ["no type", '{"predicateType": "x"}', "statement._type is missing"],
  ["a type that is no text", '{"predicateType": "x", "_type": 1}', "_type is not a string"],
])("%s is refused", (_name, text, message) => {
  expect(refusal(() => parseStatement(Buffer.from(text)))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: expect.stringContaining(message),
  })
})

test.each([
  [{}, "statement.subject is not an array"],
  [["x"], "statement.subject[0] is not an object"],
  [[{ name: 5 }], "statement.subject[0].name is not a string"],
  [[{ digest: "x" }], "statement.subject[0].digest is not an object"],
  [[{ digest: { sha256: 5 } }], "statement.subject[0].digest.sha256 is not a string"],
  [
    [{ digest: { sha256: "0xff" } }],
    "statement.subject[0]: sha256 is not 64 lower-case hex digits",
  ],
])("the subjects %j are refused", (subject, message) => {
  expect(refusal(() => parseStatement(jsonBytes({ ...v1, subject })))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message,
  })
})

test("bytes that are not UTF-8 are refused", () => {
  expect(refusal(() => parseStatement(Buffer.from('{"_type": "\u{e9}"}', "latin1"))).message).toBe(
    "statement is not UTF-8",
  )
})

test.each([
  ["a document", Buffer.alloc(16_777_217, " "), "statement is over 16777216 bytes"],
  ["values", Buffer.from(`[${"0,".repeat(200_001)}0]`), "statement has too many values"],
  [
    "subjects",
    jsonBytes({ ...v1, subject: Array.from({ length: 16_385 }, () => ({})) }),
    "statement.subject has over 16384 elements",
  ],
])("too large or too many are refused: %s", (_name, bytes, message) => {
  expect(refusal(() => parseStatement(bytes))).toEqual({ code: "ERR_INPUT_TOO_LARGE", message })
})

test("any bytes end in a statement or a WheelproofError", () => {
  fc.assert(
    fc.property(hostileBytes(v1, v02, publish), (bytes) => {
      const read = (): unknown => parseStatement(bytes).predicate.kind
      const kinds = ["provenance", "publish", "other", "malformed"]
      expect(kinds).toContain(isTaken(read) ? read() : "other")
    }),
  )
})

const REAL = new URL("../../../shared/data/github/", import.meta.url)

test.skipIf(!existsSync(REAL))(
  "real statements are read, none of their provenance is malformed",
  () => {
    const files = readdirSync(REAL).filter((file) => file.endsWith(".statement.json"))
    const kinds = files.map((file) => {
      const { predicate, predicateType } = parseStatement(readFileSync(new URL(file, REAL)))
      const whole =
        predicate.kind === "provenance" &&
        [
          predicate.claim.builder,
          predicate.claim.sourceRepository,
          predicate.claim.sourceRef,
          predicate.claim.sourceCommit,
          predicate.claim.workflow,
          predicate.claim.trigger,
          predicate.claim.run,
          predicate.claim.repositoryId,
          predicate.claim.ownerId,
        ].every((member) => member !== undefined)
      return [file, predicateType.includes("/provenance/") ? whole : predicate.kind]
    })
    const expected = files.map((file) => [
      file,
      file.includes("publish") ? "publish" : file.includes("release") ? "other" : true,
    ])
    expect(kinds).toEqual(expected)
    expect(files.length).toBeGreaterThan(5)
  },
)
