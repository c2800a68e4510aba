import { gzipSync } from "node:zlib"

import * as fc from "fast-check"
import { expect, test } from "vitest"

import { bytesSource } from "../../../src/formats/archive/byte-source.ts"
import { gunzip, readGzipHeader } from "../../../src/formats/archive/gzip.ts"
import { hostileBytes, outcomeOf } from "../../support/hostile.ts"
import { refusal } from "../support.ts"

async function expand(bytes: Uint8Array): Promise<string> {
  return await outcomeOf(async () => {
    const chunks: Uint8Array[] = []
    for await (const chunk of gunzip(bytesSource(bytes))) chunks.push(chunk)
    return Buffer.concat(chunks).toString()
  })
}

const PLAIN = gzipSync("hello")

/** The same content under a header with these flags and optional parts. */
function withHeader(flags: number, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const fixed = Buffer.from(PLAIN.subarray(0, 10))
  fixed[3] = flags
  return Buffer.concat([fixed, ...parts.map((part) => Buffer.from(part)), PLAIN.subarray(10)])
}

test.each([
  ["a plain header", PLAIN, undefined],
  ["a name", withHeader(8, "a.tar\0"), "a.tar"],
  ["a comment", withHeader(16, "made by\0"), undefined],
  ["a checksum of the header", withHeader(2, "xx"), undefined],
  ["extra fields", withHeader(4, Buffer.from([3, 0]), "abc"), undefined],
  ["everything", withHeader(31, Buffer.from([1, 0]), "x", "n\0", "c\0", "xx"), "n"],
])("%s is read", async (_name, bytes, name) => {
  expect(readGzipHeader(bytesSource(bytes)).name).toBe(name)
  expect(await expand(bytes)).toBe("hello")
})

test("the header's time, level and system are kept: they change the file", () => {
  const bytes = Buffer.from(PLAIN)
  bytes.writeUInt32LE(1_700_000_000, 4)
  bytes[8] = 2
  bytes[9] = 255
  const header = { modified: 1_700_000_000, extraFlags: 2, system: 255, end: 10 }
  expect(readGzipHeader(bytesSource(bytes))).toMatchObject(header)
})

test.each([
  ["nothing", Buffer.alloc(0), "not a gzip file"],
  ["text", Buffer.from("hello world"), "not a gzip file"],
  ["another method", Buffer.concat([Buffer.from([0x1f, 0x8b, 7]), PLAIN]), "not a gzip file"],
  ["a header that is cut off", PLAIN.subarray(0, 9), "not a gzip file"],
  ["reserved flags", withHeader(32), "reserved flags"],
  ["a name that does not end", withHeader(8).subarray(0, 14), "header does not end"],
  ["extra fields that are cut off", withHeader(4, Buffer.from([255, 255])), "header does not end"],
])("%s is refused", (_name, bytes, message) => {
  expect(refusal(() => readGzipHeader(bytesSource(bytes)))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: expect.stringContaining(message),
  })
})

function damaged(at: number): Buffer {
  const bytes = Buffer.from(PLAIN)
  bytes[bytes.byteLength + at] = 0x55
  return bytes
}

test.each([
  ["a wrong checksum", damaged(-8), "does not match the checksum"],
  ["a wrong length", damaged(-1), "does not match the checksum"],
  [
    "a second member",
    Buffer.concat([PLAIN, PLAIN]),
    "25 bytes follow the end of its gzip data at offset 25",
  ],
  ["zeros behind the end", Buffer.concat([PLAIN, Buffer.alloc(3)]), "3 bytes follow the end"],
  ["a trailer that is cut off", PLAIN.subarray(0, -1), "its gzip trailer is cut off"],
  ["content that is cut off", PLAIN.subarray(0, 14), "its content is not a whole deflate stream"],
])("%s is refused", async (_name, bytes, message) => {
  expect(await expand(bytes)).toContain("ERR_INPUT_MALFORMED: ")
  expect(await expand(bytes)).toContain(message)
})

test("any bytes end in content or a WheelproofError", async () => {
  const valid = [PLAIN, withHeader(31, Buffer.from([1, 0]), "x", "n\0", "c\0", "xx")]
  await fc.assert(
    fc.asyncProperty(hostileBytes(...valid), async (bytes) => {
      expect(await expand(bytes)).toEqual(expect.any(String))
    }),
  )
})
