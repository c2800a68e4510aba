import * as fc from "fast-check"
import { expect, test } from "vitest"

import {
  compareVersions,
  isPrerelease,
  normalizeVersion,
  versionKey,
} from "../../src/packaging/version.ts"
import { isTaken, refusal } from "../formats/support.ts"

test.each([
  ["1", "1"],
  ["1.0", "1"],
  ["1.0.0", "1"],
  ["0.0", "0"],
  ["10.20", "10.20"],
  ["01.02", "1.2"],
  ["v1.2", "1.2"],
  ["V1.2", "1.2"],
  [" 1.2 ", "1.2"],
  ["0!1.2", "1.2"],
  ["1!1.2", "1!1.2"],
  ["01!1.2", "1!1.2"],
  ["1.0a1", "1a1"],
  ["1.0.alpha-01", "1a1"],
  ["1.0a", "1a0"],
  ["1.0_beta2", "1b2"],
  ["1.0c3", "1rc3"],
  ["1.0RC3", "1rc3"],
  ["1.0-pre4", "1rc4"],
  ["1.0preview5", "1rc5"],
  ["1.0-1", "1.post1"],
  ["1.0.post1", "1.post1"],
  ["1.0post", "1.post0"],
  ["1.0-r4", "1.post4"],
  ["1.0.rev5", "1.post5"],
  ["1.0.dev0", "1.dev0"],
  ["1.0dev", "1.dev0"],
  ["1.0_dev7", "1.dev7"],
  ["1.0+Ubuntu-1", "1+ubuntu.1"],
  ["1.0+ubuntu_01", "1+ubuntu.1"],
  ["1!2.3a4.post5.dev6+local.7", "1!2.3a4.post5.dev6+local.7"],
  ["99999999999999999999.1", "99999999999999999999.1"],
])("%j has the key %s", (version, key) => {
  expect(versionKey(version)).toBe(key)
})

test.each([
  "",
  " ",
  "v",
  "a",
  "1..2",
  "1.",
  ".1",
  "1.x",
  "1.0gamma1",
  "1.0+",
  "1.0+a..b",
  "1.0+ä",
  "1.0--1",
  "1.0 a",
  "1!",
  "!1",
  "1.0.dev1.post1",
  "\u{661}",
  `1${".1".repeat(128)}`,
])("%j is no version", (version) => {
  expect(refusal(() => versionKey(version))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: `${JSON.stringify(version)} is not a version (PEP 440)`,
  })
})

test("a version as long as is allowed is read", () => {
  expect(versionKey(`1.${"9".repeat(254)}`)).toBe(`1.${"9".repeat(254)}`)
})

function optional(pattern: RegExp): fc.Arbitrary<string> {
  return fc.oneof(fc.constant(""), fc.stringMatching(pattern))
}

test("a key is a version, and its own key", () => {
  const number = fc.stringMatching(/^[0-9]{1,4}$/)
  const parts = fc.tuple(
    optional(/^[0-9]{1,2}!$/),
    fc.array(number, { minLength: 1, maxLength: 4 }).map((numbers) => numbers.join(".")),
    optional(/^[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?[0-9]{1,2}$/),
    optional(/^([-_.]?(post|rev|r)[-_.]?[0-9]{1,2}|-[0-9]{1,2})$/),
    optional(/^[-_.]?dev[-_.]?[0-9]{1,2}$/),
    optional(/^\+[a-z0-9]{1,3}([-_.][A-Z0-9]{1,3})?$/),
  )
  fc.assert(
    fc.property(parts, (texts) => {
      const key = versionKey(texts.join(""))
      expect(versionKey(key)).toBe(key)
      expect(versionKey(texts.join("").toUpperCase())).toBe(key)
    }),
  )
})

test("any text ends in a key or a WheelproofError", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-z.!+_-]*$/)), (text) => {
      const read = isTaken(() => versionKey(text))
      expect(read ? versionKey(text) : "0").toMatch(/^[0-9]/)
    }),
  )
})

test.each([
  ["1.0.0", "1.0.0"],
  ["v01.02-Beta_1", "1.2b1"],
  ["1.0-1", "1.0.post1"],
  ["0!1.0.dev", "1.0.dev0"],
  ["2!0.0+Ubuntu-01", "2!0.0+ubuntu.1"],
])("%s is written %s", (version, normalized) => {
  expect(normalizeVersion(version)).toBe(normalized)
  expect(normalizeVersion(normalized)).toBe(normalized)
})

/** PEP 440's own list in its order, with what else can differ. */
const ORDERED = [
  "0.9.9",
  "1.dev0",
  "1.0.dev456",
  "1.0a1",
  "1.0a2.dev456",
  "1.0a12.dev456",
  "1.0a12",
  "1.0b1.dev456",
  "1.0b2",
  "1.0b2.post345.dev456",
  "1.0b2.post345",
  "1.0rc1.dev456",
  "1.0rc1",
  "1.0",
  "1.0+abc",
  "1.0+abc.5",
  "1.0+abc.7",
  "1.0+5",
  "1.0+10",
  "1.0.post456.dev34",
  "1.0.post456",
  "1.0.1",
  "1.1.dev1",
  "1.10",
  "99999999999999999999",
  "1!0.1",
]

test("versions are ordered as PEP 440 says", () => {
  expect(ORDERED.toReversed().toSorted(compareVersions)).toEqual(ORDERED)
})

test("equal versions are neither older nor newer", () => {
  for (const version of ORDERED) {
    expect(compareVersions(version, versionKey(version))).toBe(0)
    expect(compareVersions(`v${version}`, version)).toBe(0)
  }
})

test("pre-releases and development releases are told from the rest", () => {
  expect(ORDERED.filter(isPrerelease)).toEqual(ORDERED.filter((text) => /[abc]\d|dev/.test(text)))
})
