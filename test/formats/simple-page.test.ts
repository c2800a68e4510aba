import * as fc from "fast-check"
import { expect, test } from "vitest"

import { parseSimplePage } from "../../src/formats/simple-page.ts"
import { isTaken, jsonBytes, mutated, refusal } from "./support.ts"

const PAGE = new URL("https://index.example/simple/rocket/")
const SHA256 = "ab".repeat(32)

function page(file: object, meta: object = { "api-version": "1.4" }): Buffer {
  return Buffer.from(JSON.stringify({ meta, name: "rocket", files: [file] }))
}

const FILE = {
  filename: "rocket-1.0.tar.gz",
  url: "../../f/rocket-1.0.tar.gz",
  hashes: { sha256: SHA256 },
}

test("a file with its address, digest and provenance", () => {
  const provenance = "https://index.example/integrity/rocket/1.0/rocket-1.0.tar.gz/provenance"
  expect(parseSimplePage(page({ ...FILE, provenance }), PAGE)).toEqual([
    {
      filename: "rocket-1.0.tar.gz",
      url: new URL("https://index.example/f/rocket-1.0.tar.gz"),
      sha256: SHA256,
      provenance: new URL(provenance),
    },
  ])
})

test("no digest, no provenance", () => {
  expect(parseSimplePage(page({ ...FILE, hashes: {}, provenance: null }), PAGE)).toEqual([
    { filename: "rocket-1.0.tar.gz", url: new URL("https://index.example/f/rocket-1.0.tar.gz") },
  ])
})

test.each([
  ["another version", page(FILE, { "api-version": "2.0" }), "is of version 2.0, not 1"],
  ["no version", page(FILE, {}), "api-version is missing"],
  ["plain http", page({ ...FILE, url: "http://index.example/f" }), "is not https"],
  ["another scheme", page({ ...FILE, url: "file:///etc/passwd" }), "is not https"],
  [
    "provenance over plain http",
    page({ ...FILE, provenance: "http://x.example/p" }),
    "is not https",
  ],
  ["relative provenance", page({ ...FILE, provenance: "/p" }), "an address that is none"],
  ["no digest at all", page({ ...FILE, hashes: { sha256: "no" } }), "64 lower-case hex digits"],
  ["no files' names", page({ ...FILE, filename: 1 }), "filename is not a string"],
])("%s is refused", (_, bytes, message) => {
  expect(refusal(() => parseSimplePage(bytes, PAGE)).message).toContain(message)
})

test("any document ends in files or a WheelproofError", () => {
  const document = {
    meta: { "api-version": "1.4" },
    files: [{ ...FILE, provenance: "https://a.example/" }],
  }
  const taken = new Set<boolean>()
  fc.assert(
    fc.property(mutated(document), (value) => {
      taken.add(isTaken(() => parseSimplePage(jsonBytes(value), PAGE)))
    }),
  )
  expect(taken).toEqual(new Set([true, false]))
})
