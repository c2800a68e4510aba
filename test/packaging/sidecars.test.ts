import { expect, test } from "vitest"

import { isSidecarName, sidecarNames } from "../../src/packaging/sidecars.ts"

const WHEEL = "rocket-1.0.0-py3-none-any.whl"

test("evidence is looked for under the names that publishers give it, the most telling first", () => {
  const names = sidecarNames(WHEEL)
  expect(names[0]).toBe(`${WHEEL}.provenance`)
  expect(names).toEqual(
    expect.arrayContaining([
      `${WHEEL}.publish.attestation`,
      `${WHEEL}.slsa.attestation`,
      `${WHEEL}.sigstore.json`,
      `${WHEEL}.sigstore`,
      `${WHEEL}.intoto.jsonl`,
      `${WHEEL}.build.slsa`,
      "multiple.intoto.jsonl",
      "provenance.intoto.jsonl",
      "attestations.jsonl",
    ]),
  )
  expect(new Set(names).size).toBe(names.length)
})

test("what is looked for beside a file is never taken for a distribution", () => {
  expect(sidecarNames(WHEEL).filter((name) => !isSidecarName(name))).toEqual([])
})

test.each([
  `${WHEEL}.asc`,
  `${WHEEL}.metadata`,
  `${WHEEL}.SHA256`,
  "SHA256SUMS",
  "sha256sums.txt",
  "Checksums.txt",
  "md5sums",
  "anything.jsonl",
])("%s stands beside others", (name) => {
  expect(isSidecarName(name)).toBe(true)
})

test.each([WHEEL, "rocket-1.0.0.tar.gz", "README.md", "my-sha256sums", "sigstore", ""])(
  "%j does not",
  (name) => {
    expect(isSidecarName(name)).toBe(false)
  },
)
