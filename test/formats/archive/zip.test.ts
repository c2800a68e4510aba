import { deflateRawSync } from "node:zlib"

import { describe, expect, test } from "vitest"

import { bytesSource } from "../../../src/formats/archive/byte-source.ts"
import { readZip } from "../../../src/formats/archive/zip.ts"
import { zipBytes, type ZipEntry, zipExtra, type ZipExtras } from "../../support/archives.ts"
import { contents, readBytes } from "./read-zip.ts"

const HELLO: ZipEntry = { name: "a/hello.txt", content: "hello hello hello hello" }
const OTHER: ZipEntry = { name: "b.txt", content: "other" }

function read(entries: readonly ZipEntry[], extras: ZipExtras = {}): unknown {
  return readBytes(zipBytes(entries, extras))
}

describe("what is right is read without a fault", () => {
  test.each<[string, readonly ZipEntry[], ZipExtras]>([
    ["deflated and stored members", [HELLO, { ...OTHER, stored: true }], {}],
    ["no members", [], {}],
    ["a folder", [{ name: "a/", mode: 0o040755 }, HELLO], {}],
    ["a name beyond ASCII, marked as UTF-8", [{ name: "räkete.txt", content: "x" }], {}],
    ["an extra field", [{ ...HELLO, both: { extra: zipExtra(0x5455, Buffer.from("x")) } }], {}],
    [
      "ZIP64 end records",
      [HELLO, OTHER],
      { zip64: {}, end: { count: 0xffff, size: 0xffffffff, offset: 0xffffffff } },
    ],
    ["ZIP64 end records that repeat the others", [HELLO], { zip64: {} }],
    ["an empty ZIP64 extra field", [{ ...HELLO, both: { extra: zipExtra(1) } }], {}],
  ])("%s", async (_name, entries, extras) => {
    const bytes = zipBytes(entries, extras)
    expect(readBytes(bytes)).toEqual({ names: entries.map(({ name }) => name), faults: [] })
    expect(await contents(bytes)).toEqual(entries.map(({ content = "" }) => content))
  })

  test("sizes in ZIP64 extra fields", async () => {
    const data = deflateRawSync("hello")
    const extra = zipExtra(1, 5n, BigInt(data.byteLength))
    const fields = { size: 0xffffffff, compressedSize: 0xffffffff, extra }
    const bytes = zipBytes([{ name: "a", content: "hello", data, both: fields }])
    expect(readBytes(bytes).faults).toEqual([])
    expect(await contents(bytes)).toEqual(["hello"])
    const repeated = zipBytes([{ name: "a", content: "hello", data, local: { extra } }])
    expect(readBytes(repeated).faults).toEqual([])
  })

  test("members whose directory is in another order", () => {
    const [first, second] = [HELLO, OTHER].map((entry) => zipBytes([entry]))
    expect(first?.byteLength).toBeGreaterThan(second?.byteLength ?? 0)
    const bytes = zipBytes([HELLO, OTHER])
    const at = bytes.indexOf("PK\u0001\u0002")
    const next = bytes.indexOf("PK\u0001\u0002", at + 1)
    const end = bytes.lastIndexOf("PK\u0005\u0006")
    const swapped = Buffer.concat([
      bytes.subarray(0, at),
      bytes.subarray(next, end),
      bytes.subarray(at, next),
      bytes.subarray(end),
    ])
    expect(readBytes(swapped)).toEqual({ names: [HELLO.name, OTHER.name], faults: [] })
  })

  test("what a header says beside the content is kept", () => {
    const [member] = readZip(
      bytesSource(zipBytes([{ ...HELLO, mode: 0o100755, modified: 0x6bcd }])),
      () => undefined,
    )
    expect(member).toMatchObject({
      kind: "file",
      compression: "deflated",
      attributes: { modified: "1980-01-01 13:30:26", mode: "100755", flags: "0" },
    })
  })
})

test.each([
  [0o040755, "folder"],
  [0o100644, "file"],
  [0o120777, "symbolic link"],
  [0o020666, "device"],
  [0o060666, "device"],
  [0o010644, "other"],
  [0, "file"],
])("mode %i is a %s", (mode, kind) => {
  const [member] = readZip(bytesSource(zipBytes([{ ...HELLO, mode }])), () => undefined)
  expect(member?.kind).toBe(kind)
})

describe("what readers could see differently is a fault", () => {
  const DESCRIPTOR = { flags: 8 }
  test.each<[string, readonly ZipEntry[], ZipExtras, string]>([
    [
      "a data descriptor",
      [{ ...HELLO, both: DESCRIPTOR }],
      {},
      "data-descriptor a/hello.txt: sizes and checksum stand behind the data instead of before it (ZIP contains a data descriptor)",
    ],
    [
      "a data descriptor that only the directory announces",
      [{ ...HELLO, central: DESCRIPTOR }],
      {},
      "data-descriptor a/hello.txt: sizes and checksum stand behind the data instead of before it (ZIP contains a data descriptor)",
    ],
    [
      "an archive comment",
      [HELLO],
      { comment: "hi" },
      "comment -: the archive has a comment of 2 bytes (-)",
    ],
    [
      "a member's comment",
      [{ ...HELLO, central: { comment: "hi" } }],
      {},
      "comment a/hello.txt: the member has a comment (Comment in central directory)",
    ],
    [
      "trailing bytes",
      [HELLO],
      { trailing: Buffer.from("x") },
      "framing -: 1 bytes follow the end of the archive (Trailing data)",
    ],
    [
      "bytes before the first member",
      [{ ...HELLO, gap: Buffer.from("#!/bin/sh\n") }],
      {},
      "framing a/hello.txt: 10 bytes before the member belong to nothing (Unknown record signature)",
    ],
    [
      "a member that the directory does not list",
      [HELLO, { ...OTHER, hidden: true }],
      {},
      "framing -: the last member ends at 51 and the directory begins at 93 (Unknown record signature)",
    ],
    [
      "bytes before the directory",
      [HELLO],
      { beforeDirectory: Buffer.from("xyz") },
      "framing -: the last member ends at 51 and the directory begins at 54 (Unknown record signature)",
    ],
    [
      "another name in the local header",
      [{ ...HELLO, local: { name: "a/jello.txt" } }],
      {},
      "headers-differ a/hello.txt: the names in the local header and in the directory differ (Filename not in central directory)",
    ],
    [
      "another size in the local header",
      [{ ...HELLO, local: { size: 1 } }],
      {},
      "headers-differ a/hello.txt: the sizes in the local header and in the directory differ (Mis-matched file size)",
    ],
    [
      "another compressed size in the local header",
      [{ ...HELLO, local: { compressedSize: 1 } }],
      {},
      "headers-differ a/hello.txt: the compressed sizes in the local header and in the directory differ (Mis-matched data size)",
    ],
    [
      "another checksum in the local header",
      [{ ...HELLO, local: { crc: 1 } }],
      {},
      "headers-differ a/hello.txt: the checksums in the local header and in the directory differ (-)",
    ],
    [
      "another method in the local header",
      [{ ...HELLO, local: { method: 0 } }],
      {},
      "headers-differ a/hello.txt: the compression methods in the local header and in the directory differ (-)",
    ],
    [
      "two members of one name",
      [OTHER, { ...OTHER, content: "evil" }],
      {},
      "duplicate b.txt: the archive has two members of this name (Duplicate filename in local headers)",
    ],
    [
      "a name that is not marked as UTF-8",
      [{ name: "é", both: { flags: 0 } }],
      {},
      "member-name é: the name is not marked as UTF-8 (Filename not in central directory)",
    ],
    [
      "a name that is not UTF-8",
      [{ name: "x", both: { name: Buffer.from([0x78, 0xe9]) } }],
      {},
      "member-name xé: the name is not UTF-8 (Filename not unicode)",
    ],
    [
      "a NUL in a name",
      [{ name: "evil.py\0.txt" }],
      {},
      "member-name evil.py\0.txt: the name has control characters (Invalid character in filename)",
    ],
    [
      "a second name in an extra field",
      [{ ...OTHER, both: { extra: zipExtra(0x7075, Buffer.from("\u0001crc_evil.py")) } }],
      {},
      "member-name b.txt: an extra field gives the member a second name (-)",
    ],
    [
      "a method that installers do not know",
      [{ ...HELLO, both: { method: 14 } }],
      {},
      "compression a/hello.txt: compression method 14 (File does not use a supported compression type)",
    ],
    [
      "a version of the format that readers do not know",
      [{ ...HELLO, central: { needs: 64 } }],
      {},
      "compression a/hello.txt: a reader needs version 6.4 of the format (-)",
    ],
    [
      "encryption",
      [{ ...HELLO, both: { flags: 1 } }],
      {},
      "compression a/hello.txt: the member is encrypted or a patch (File does not use a supported compression type)",
    ],
  ])("%s", (_name, entries, extras, fault) => {
    expect(read(entries, extras)).toMatchObject({ faults: expect.arrayContaining([fault]) })
  })

  test("a second archive in the comment of the first", () => {
    const evil = { name: "evil.py", content: "evil" }
    const length = zipBytes([evil]).byteLength
    const outer = zipBytes([HELLO], { comment: " ".repeat(length) }).subarray(0, -length)
    const bytes = zipBytes([{ ...evil, gap: outer }])
    expect(bytes.subarray(0, outer.byteLength)).toEqual(outer)
    expect(readBytes(bytes)).toEqual({
      names: ["evil.py"],
      faults: [
        `framing evil.py: ${outer.byteLength} bytes before the member belong to nothing (Unknown record signature)`,
      ],
    })
  })

  test("members that overlap", () => {
    const bytes = zipBytes([HELLO, { ...OTHER, central: { offset: 0 } }])
    expect(readBytes(bytes).faults).toEqual(
      expect.arrayContaining([expect.stringContaining("the member overlaps with another")]),
    )
  })
})
