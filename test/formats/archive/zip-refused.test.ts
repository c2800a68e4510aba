import { deflateRawSync } from "node:zlib"

import * as fc from "fast-check"
import { describe, expect, test } from "vitest"

import { WheelproofError } from "../../../src/core/errors.ts"
import { bytesSource } from "../../../src/formats/archive/byte-source.ts"
import { readZip, zipContent } from "../../../src/formats/archive/zip.ts"
import { zipBytes, type ZipEntry, zipExtra, type ZipExtras } from "../../support/archives.ts"
import { hostileBytes, outcomeOf } from "../../support/hostile.ts"
import { refusal } from "../support.ts"
import { contents, readBytes } from "./read-zip.ts"

const HELLO: ZipEntry = { name: "a/hello.txt", content: "hello hello hello hello" }
const OTHER: ZipEntry = { name: "b.txt", content: "other" }

function read(entries: readonly ZipEntry[], extras: ZipExtras = {}): unknown {
  return readBytes(zipBytes(entries, extras))
}

/** The message that reading the contents ends in. */
async function contentRefusal(bytes: Uint8Array): Promise<unknown> {
  return await outcomeOf(() => contents(bytes))
}

describe("what has no framing at all is refused", () => {
  test.each<[string, readonly ZipEntry[], ZipExtras, string]>([
    ["several disks", [HELLO], { end: { disk: 1 } }, "one of several parts"],
    ["several disks in a member", [{ ...HELLO, central: { disk: 1 } }], {}, "one of several parts"],
    ["two counts", [HELLO], { end: { countHere: 2 } }, "two counts of members differ"],
    [
      "a count that is too low",
      [HELLO, OTHER],
      { end: { count: 1 } },
      "more members than it counts",
    ],
    ["a count that is too high", [HELLO], { end: { count: 2 } }, "fewer members than it counts"],
    ["a directory elsewhere", [HELLO], { end: { offset: 0 } }, "does not end where the end record"],
    [
      "a directory that is none",
      [],
      { beforeDirectory: Buffer.alloc(50), end: { offset: 0, size: 50, count: 1 } },
      "central directory is broken",
    ],
    [
      "a header elsewhere",
      [{ ...HELLO, central: { offset: 3 } }],
      {},
      "is not where the directory says",
    ],
    [
      "a header behind the end",
      [{ ...HELLO, central: { offset: 9_999 } }],
      {},
      "would end after the end of the file",
    ],
    [
      "an extra field that is cut off",
      [{ ...HELLO, both: { extra: Buffer.from([1, 0, 9, 0]) } }],
      {},
      "is cut off",
    ],
    [
      "an extra field of three bytes",
      [{ ...HELLO, both: { extra: Buffer.from([1, 0, 9]) } }],
      {},
      "is cut off",
    ],
    [
      "two ZIP64 extra fields",
      [{ ...HELLO, both: { extra: Buffer.concat([zipExtra(1), zipExtra(1)]) } }],
      {},
      "two ZIP64 extra fields",
    ],
    [
      "a missing ZIP64 extra field",
      [{ ...HELLO, both: { size: 0xffffffff } }],
      {},
      "is missing or too short",
    ],
    [
      "a ZIP64 extra field that says something else",
      [{ ...HELLO, local: { extra: zipExtra(1, 1n, 2n) } }],
      {},
      "contradicts its header",
    ],
    [
      "a ZIP64 value out of range",
      [{ ...HELLO, both: { size: 0xffffffff, extra: zipExtra(1, 2n ** 60n) } }],
      {},
      "out of range",
    ],
    [
      "ZIP64 end records with another count",
      [HELLO],
      { zip64: { count: 2, countHere: 2 } },
      "contradict each other",
    ],
    [
      "ZIP64 end records with two counts",
      [HELLO],
      { zip64: { countHere: 2 } },
      "two counts of members differ",
    ],
    ["ZIP64 end records on several disks", [HELLO], { zip64: { disk: 1 } }, "one of several parts"],
  ])("%s", (_name, entries, extras, message) => {
    expect(refusal(() => read(entries, extras))).toEqual({
      code: "ERR_INPUT_MALFORMED",
      message: expect.stringContaining(message),
    })
  })

  test("ZIP64 end records that are elsewhere, or have further data", () => {
    const bytes = zipBytes([HELLO], { zip64: {} })
    const elsewhere = Buffer.from(bytes)
    elsewhere.writeBigUInt64LE(1n, bytes.lastIndexOf("PK\u0006\u0007") + 8)
    expect(refusal(() => readBytes(elsewhere)).message).toContain("not where its locator says")
    const further = Buffer.from(bytes)
    further.writeBigUInt64LE(50n, bytes.lastIndexOf("PK\u0006\u0006") + 4)
    expect(refusal(() => readBytes(further)).message).toContain("broken or has further data")
  })

  test.each([
    ["nothing", ""],
    ["text", "hello"],
    ["a long text", "x".repeat(100_000)],
  ])("%s", (_name, text) => {
    expect(refusal(() => readBytes(Buffer.from(text))).message).toContain("there is no end record")
  })

  test("too many members, by their count and by the size of their directory", () => {
    const zip64 = { count: 200_001, countHere: 200_001 }
    const end = { count: 0xffff }
    expect(refusal(() => read([HELLO], { zip64, end })).code).toBe("ERR_INPUT_TOO_LARGE")
    const bytes = Buffer.alloc(33_554_433 + 22)
    bytes.writeUInt32LE(0x06054b50, 33_554_433)
    bytes.writeUInt32LE(33_554_433, 33_554_433 + 12)
    expect(refusal(() => readBytes(bytes)).code).toBe("ERR_INPUT_TOO_LARGE")
  })
})

describe("data that is not what its headers say is refused", () => {
  const data = deflateRawSync("hello")
  const stored = { name: "a", content: "hello", stored: true }
  test.each<[string, ZipEntry, string]>([
    ["a wrong checksum", { ...HELLO, both: { crc: 1 } }, "does not match the CRC-32"],
    ["more data than declared", { ...HELLO, both: { size: 3 } }, "more data than the 3 bytes"],
    [
      "less data than declared",
      { ...HELLO, both: { size: 99 } },
      "23 bytes of data and 99 are declared",
    ],
    [
      "bytes behind the compressed data",
      { name: "a", content: "hello", data: Buffer.concat([data, Buffer.from("evil")]) },
      "4 bytes are hidden after",
    ],
    [
      "a stream that is cut off",
      { name: "a", content: "hello", data: data.subarray(0, 3) },
      "is not a whole deflate stream",
    ],
    [
      "a stream that is none",
      { name: "a", content: "hello", data: Buffer.from("hello hello") },
      "is not a whole deflate stream",
    ],
    [
      "stored data with another size",
      { ...stored, both: { size: 4 } },
      "more data than the 4 bytes",
    ],
  ])("%s", async (_name, entry, message) => {
    expect(await contentRefusal(zipBytes([entry]))).toContain(`ERR_INPUT_MALFORMED: `)
    expect(await contentRefusal(zipBytes([entry]))).toContain(message)
  })

  test("data that would lie behind the end of the file", async () => {
    const bytes = zipBytes([{ ...stored, both: { compressedSize: 9_999, size: 9_999 } }])
    expect(await contentRefusal(bytes)).toContain("the data is cut off")
  })

  test("a bomb is not expanded beyond what it declares", async () => {
    const bomb = deflateRawSync(Buffer.alloc(50_000_000))
    const bytes = zipBytes([{ name: "a", content: "x", data: bomb, both: { size: 10, method: 8 } }])
    expect(await contentRefusal(bytes)).toContain("more data than the 10 bytes")
  })
})

test("an error of the source comes through", async () => {
  const bytes = zipBytes([HELLO])
  const source = bytesSource(bytes)
  const [member] = readZip(source, () => undefined)
  if (member === undefined) throw new Error("no member")
  const broken = {
    size: source.size,
    read: () => {
      throw new WheelproofError("ERR_INPUT_UNREADABLE", "the disk is gone")
    },
  }
  await expect(zipContent(broken, member).next()).rejects.toThrow("the disk is gone")
})

test("any bytes end in members and faults, or a WheelproofError; and so does their content", async () => {
  const valid = [zipBytes([HELLO, OTHER]), zipBytes([HELLO], { zip64: {} }), zipBytes([])]
  await fc.assert(
    fc.asyncProperty(hostileBytes(...valid), async (bytes) => {
      expect(await outcomeOf(() => contents(bytes))).toBeDefined()
    }),
  )
})

test("whatever is written is read back", async () => {
  const name = fc.stringMatching(/^[a-z]{1,8}(\/[a-zé]{1,8}){0,3}$/)
  const entry = fc.record({ name, content: fc.string(), stored: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(entry, { selector: (each) => each.name }), async (entries) => {
      const bytes = zipBytes(entries)
      expect(readBytes(bytes)).toEqual({ names: entries.map((each) => each.name), faults: [] })
      expect(await contents(bytes)).toEqual(
        entries.map(({ content }) => Buffer.from(content).toString()),
      )
    }),
  )
})
