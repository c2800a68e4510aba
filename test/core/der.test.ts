import { describe, expect, test } from "vitest"

import {
  DER,
  derBitStringBytes,
  derBoolean,
  derChildren,
  derIntegerBytes,
  derOid,
  DerReader,
  derSmallInteger,
  derTime,
  readDer,
} from "../../src/core/der.ts"
import { outcome } from "../support/hostile.ts"

const MALFORMED = "ERR_INPUT_MALFORMED"
const of = (hex: string) => readDer(Buffer.from(hex, "hex"), "x")

test.each([
  ["nothing", ""],
  ["a tag alone", "02"],
  ["a tag above 30", "1f0100"],
  ["an indefinite length", "30800201000000"],
  ["a length of five octets", "04850000000001aa"],
  ["a long form where the short one does", "04810100"],
  ["a padded length", "0482000100"],
  ["a length beyond the end", "040201"],
  ["bytes behind the element", "02010000"],
])("%s is no DER", (_what, hex) => {
  expect(outcome(() => of(hex))).toBe(MALFORMED)
})

test("a primitive element has no children", () => {
  expect(outcome(() => derChildren(of("020100"), "x"))).toBe(MALFORMED)
})

test("a reader takes elements in order and lets none be left", () => {
  const reader = new DerReader(of("3006020101040101"), "x")
  expect(reader.takeIf(DER.octetString)).toBeUndefined()
  expect(derSmallInteger(reader.take(DER.integer), "x")).toBe(1)
  expect(outcome(() => reader.end())).toBe(MALFORMED)
  expect(outcome(() => reader.take(DER.integer))).toBe(MALFORMED)
  reader.take(DER.octetString)
  reader.end()
})

describe("values", () => {
  test.each([
    ["06032a86c8", MALFORMED],
    ["0600", MALFORMED],
    ["0603808601", MALFORMED],
    ["0609ffffffffffffffff7f", MALFORMED],
    ["02012a", MALFORMED],
    ["06032a0304", "1.2.3.4"],
    ["0603883703", "2.999.3"],
    ["0603670102", "2.23.1.2"],
  ])("object identifier %s: %s", (hex, expected) => {
    expect(outcome(() => derOid(of(hex), "x"))).toBe(expected)
  })

  test.each([
    ["0101ff", true],
    ["010100", false],
    ["010101", MALFORMED],
    ["0102ffff", MALFORMED],
  ])("boolean %s: %s", (hex, expected) => {
    expect(outcome(() => derBoolean(of(hex), "x"))).toBe(expected)
  })

  test.each([
    ["0200", MALFORMED],
    ["0401aa", MALFORMED],
    ["0201ff", MALFORMED],
    ["02020001", MALFORMED],
    ["02020080", "0080"],
    ["020105", "05"],
  ])("integer %s: %s", (hex, expected) => {
    const read = outcome(() => Buffer.from(derIntegerBytes(of(hex), "x")).toString("hex"))
    expect(read).toBe(expected)
  })

  test.each([
    ["020200ff", MALFORMED],
    ["02017f", 127],
  ])("small integer %s: %s", (hex, expected) => {
    expect(outcome(() => derSmallInteger(of(hex), "x"))).toBe(expected)
  })

  test.each([
    ["0303000aff", "0aff"],
    ["030301aaff", MALFORMED],
    ["0300", MALFORMED],
    ["040200aa", MALFORMED],
  ])("bit string %s: %s", (hex, expected) => {
    const read = outcome(() => Buffer.from(derBitStringBytes(of(hex), "x")).toString("hex"))
    expect(read).toBe(expected)
  })

  test.each([
    [DER.utcTime, "260229120000Z", MALFORMED],
    [DER.utcTime, "240229120000Z", Date.UTC(2024, 1, 29, 12)],
    [DER.utcTime, "500101000000Z", Date.UTC(1950, 0, 1)],
    [DER.utcTime, "2402291200Z", MALFORMED],
    [DER.utcTime, "240229240000Z", MALFORMED],
    [DER.utcTime, "240229236000Z", MALFORMED],
    [DER.utcTime, "240229235960Z", MALFORMED],
    [DER.utcTime, "241329120000Z", MALFORMED],
    [DER.utcTime, "240229120000+0100", MALFORMED],
    [DER.generalizedTime, "20260601120000Z", Date.UTC(2026, 5, 1, 12)],
    [DER.generalizedTime, "20260601120000.25Z", Date.UTC(2026, 5, 1, 12, 0, 0, 250)],
    [DER.generalizedTime, "20260601120000", MALFORMED],
  ])("time %i %s: %s", (tag, text, expected) => {
    const bytes = Buffer.concat([Uint8Array.of(tag, text.length), Buffer.from(text)])
    expect(outcome(() => derTime(readDer(bytes, "x"), "x"))).toBe(expected)
  })
})
