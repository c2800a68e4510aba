import { expect, test } from "vitest"

import {
  bitString,
  boolean,
  certificateTime,
  explicit,
  generalizedTime,
  ia5String,
  implicit,
  integer,
  namedBits,
  nullValue,
  objectIdentifier,
  octetString,
  printableString,
  sequence,
  setOf,
  utf8String,
  type Der,
} from "../../../src/world/crypto/der.ts"

const hex = (der: Der): string => Buffer.from(der).toString("hex")
const text = (der: Der): string => Buffer.from(der.subarray(2)).toString()

test.each([
  [0, "020100"],
  [127, "02017f"],
  [128, "02020080"],
  [256, "02020100"],
  [-1, "0201ff"],
  [-129, "0202ff7f"],
  [2n ** 64n, "0209010000000000000000"],
])("integer %s is %s", (value, expected) => {
  expect(hex(integer(value))).toBe(expected)
})

test.each([
  ["1.2.840.10045.4.3.2", "06082a8648ce3d040302"],
  ["1.3.6.1.4.1.57264.1.24", "060a2b0601040183bf300118"],
  ["2.5.29.17", "0603551d11"],
  ["2.16.840.1.101.3.4.2.1", "0609608648016503040201"],
])("object identifier %s is %s", (value, expected) => {
  expect(hex(objectIdentifier(value))).toBe(expected)
})

test("lengths take the short form up to 127 and the shortest long form after", () => {
  const heads = [127, 128, 256, 65_536].map((size) =>
    hex(octetString(new Uint8Array(size))).slice(0, 8),
  )
  expect(heads).toEqual(["047f0000", "04818000", "04820100", "04830100"])
})

test("the members of a set are in order", () => {
  expect(hex(setOf(integer(2), integer(1), boolean(false)))).toBe("3109010100020101020102")
})

test("named bits leave out trailing zeros", () => {
  expect([[], [0], [5, 6]].map((bits) => hex(namedBits(bits)))).toEqual([
    "030100",
    "03020780",
    "03020106",
  ])
})

test("times", () => {
  const time = Date.UTC(2026, 5, 1, 12, 30, 15)
  expect(text(certificateTime(time + 999))).toBe("260601123015Z")
  expect(text(certificateTime(Date.UTC(2050, 0, 1)))).toBe("20500101000000Z")
  expect(text(generalizedTime(time))).toBe("20260601123015Z")
  expect(text(generalizedTime(time + 120))).toBe("20260601123015.12Z")
})

test("the rest", () => {
  const values = [nullValue(), boolean(true), utf8String("é"), printableString("a"), ia5String("b")]
  expect(hex(sequence(...values))).toBe("300f05000101ff0c02c3a9130161160162")
  expect(hex(explicit(3, integer(1)))).toBe("a303020101")
  expect(hex(implicit(0, Uint8Array.of(7)))).toBe("800107")
  expect(hex(bitString(Uint8Array.of(0xa0), 5))).toBe("030205a0")
})
