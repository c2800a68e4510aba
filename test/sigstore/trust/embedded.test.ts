import { readFileSync } from "node:fs"

import { Metadata, MetadataKind } from "@tufjs/models"
import { expect, test } from "vitest"

import { parseTrustedRoots } from "../../../src/formats/trusted-root.ts"
import { loadEmbeddedRoot, PUBLIC_GOOD_MIRROR } from "../../../src/sigstore/trust/embedded.ts"

test("the embedded root is a root that signed itself", async () => {
  const { mirror, root } = await loadEmbeddedRoot()
  expect(mirror).toBe(PUBLIC_GOOD_MIRROR)
  const metadata = Metadata.fromJSON(
    MetadataKind.Root,
    JSON.parse(Buffer.from(root).toString("utf8")),
  )
  expect(() => {
    metadata.verifyDelegate("root", metadata)
  }).not.toThrow()
  expect(metadata.signed.roles["root"]?.threshold).toBeGreaterThan(1)
})

test("the embedded trusted root is usable, and as old as it says", async () => {
  const { trustedRoot, asOf } = await loadEmbeddedRoot()
  const [instance, ...others] = parseTrustedRoots(trustedRoot, "seed")
  expect(others).toEqual([])
  expect(instance?.certificateAuthorities.length).toBeGreaterThan(0)
  expect(instance?.logs.length).toBeGreaterThan(0)
  expect(instance?.certificateLogs.length).toBeGreaterThan(0)
  const starts = instance?.logs.map(({ validity }) => validity.start) ?? []
  expect(Math.max(...starts)).toBeLessThan(asOf)
})

test("the date of the seed is that of the installed version", async () => {
  const url = new URL("../../../node_modules/@sigstore/tuf/package.json", import.meta.url)
  const { version }: { version: string } = JSON.parse(readFileSync(url, "utf8"))
  const { asOf } = await loadEmbeddedRoot()
  expect({ version, released: new Date(asOf).toISOString().slice(0, 10) }).toEqual({
    version: "5.0.1",
    released: "2026-11-05",
  })
})
