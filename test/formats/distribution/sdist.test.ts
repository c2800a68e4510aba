import { randomBytes } from "node:crypto"
import { gzipSync } from "node:zlib"

import * as fc from "fast-check"
import { describe, expect, test } from "vitest"

import { WheelproofError } from "../../../src/core/errors.ts"
import { bytesSource } from "../../../src/formats/archive/byte-source.ts"
import { checkDistribution } from "../../../src/formats/distribution/check.ts"
import type { DistributionMember } from "../../../src/formats/distribution/content.ts"
import type { ProblemCode } from "../../../src/formats/distribution/problems.ts"
import {
  METADATA,
  SDIST_ENTRIES,
  SDIST_NAME,
  sdistBytes,
  tarBytes,
  type TarEntry,
  WHEEL_NAME,
  wheelBytes,
} from "../../support/archives.ts"
import { hostileBytes } from "../../support/hostile.ts"

async function check(bytes: Uint8Array, filename: string = SDIST_NAME) {
  return await checkDistribution(filename, bytesSource(bytes))
}

test("a right sdist has no problems, and everything in it is known", async () => {
  const checked = await check(sdistBytes())
  expect(checked.problems).toEqual([])
  expect(checked.distribution).toMatchObject({ kind: "sdist", name: "rocket", version: "1" })
  expect(checked.metadata).toMatchObject({ name: "rocket", version: "1.0.0" })
  expect(Buffer.from(checked.metadataFile ?? []).toString()).toBe(METADATA)
  expect(checked.members.map(({ name, kind, sha256 }) => [name, kind, sha256?.length])).toEqual([
    ["rocket-1.0.0/", "folder", undefined],
    ["rocket-1.0.0/PKG-INFO", "file", 64],
    ["rocket-1.0.0/pyproject.toml", "file", 64],
  ])
})

const LINKS: readonly (readonly [name: string, target: string])[] = [
  ["rocket-1.0.0/link", "PKG-INFO"],
  ["rocket-1.0.0/a/link", "../PKG-INFO"],
  ["rocket-1.0.0/a/b/link", "../.."],
]

test.each<[string, readonly TarEntry[]]>([
  ...LINKS.map(([name, target]): [string, readonly TarEntry[]] => [
    `a link ${name} -> ${target}`,
    [{ name, type: "2", target }],
  ]),
  [
    "a hard link to what came before",
    [{ name: "rocket-1.0.0/link", type: "1", target: "rocket-1.0.0/PKG-INFO" }],
  ],
  ["a licence file", []],
])("an sdist with %s has no problems", async (_name, entries) => {
  expect((await check(sdistBytes([...SDIST_ENTRIES, ...entries]))).problems).toEqual([])
})

/** More members than those of a right sdist. */
function plus(...entries: readonly TarEntry[]): Buffer {
  return sdistBytes([...SDIST_ENTRIES, ...entries])
}

function link(target: string, name = "rocket-1.0.0/link"): Buffer {
  return plus({ name, type: "2", target })
}

/** An sdist with this PKG-INFO. */
function withMetadata(content: string): Buffer {
  return sdistBytes([{ name: "rocket-1.0.0/PKG-INFO", content }])
}

const GOOD = sdistBytes()
const SPARSE = { name: "rocket-1.0.0/s", type: "S" }
const LICENSED = `${METADATA.replace("2.1", "2.4")}License-File: LICENSE\n`

const WRONG: readonly (readonly [string, Uint8Array, string, ProblemCode, string])[] = [
  ["a name that is none", GOOD, "rocket.tar.gz", "file-name", "no project name"],
  ["a name in capitals", GOOD, "Rocket-1.0.0.tar.gz", "file-name-form", "rocket-1.0.0.tar.gz"],
  [
    "a dash in its name",
    GOOD,
    "rocket-science-1.0.0.tar.gz",
    "file-name-form",
    "rocket_science-1.0.0.tar.gz",
  ],
  ["a version in another form", GOOD, "rocket-1.0.0-RC1.tar.gz", "file-name", "not a version"],
  [
    "a version that is not normal",
    GOOD,
    "rocket-1.0.00.tar.gz",
    "file-name-form",
    "rocket-1.0.0.tar.gz",
  ],
  ["being a zip archive", GOOD, "rocket-1.0.0.zip", "file-name-form", "rocket-1.0.0.tar.gz"],
  ["no gzip", tarBytes(SDIST_ENTRIES), SDIST_NAME, "gzip-framing", "not a gzip file"],
  [
    "bytes behind its end",
    Buffer.concat([GOOD, Buffer.from("x")]),
    SDIST_NAME,
    "gzip-framing",
    "1 bytes follow",
  ],
  ["damaged gzip", GOOD.subarray(0, -12), SDIST_NAME, "gzip-framing", "deflate"],
  ["no tar", gzipSync("hello"), SDIST_NAME, "tar-framing", "ends within a header"],
  [
    "data behind the tar archive",
    gzipSync(tarBytes(SDIST_ENTRIES, Buffer.concat([Buffer.alloc(1_024), Buffer.from("evil")]))),
    SDIST_NAME,
    "tar-framing",
    "data after the end",
  ],
  ["sparse members", plus(SPARSE), SDIST_NAME, "tar-sparse", "sparse"],
  [
    "being two kinds of archive",
    Buffer.concat([GOOD, wheelBytes()]),
    SDIST_NAME,
    "two-formats",
    "zip",
  ],
  [
    "a bomb",
    gzipSync(
      tarBytes([
        ...SDIST_ENTRIES,
        { name: "rocket-1.0.0/zeros", content: Buffer.alloc(68_000_000) },
      ]),
    ),
    SDIST_NAME,
    "archive-size",
    "expands to over",
  ],
  [
    "a path upwards",
    plus({ name: "rocket-1.0.0/../../evil", content: "x" }),
    SDIST_NAME,
    "member-path",
    "upwards",
  ],
  [
    "an absolute path",
    plus({ name: "/etc/passwd", content: "x" }),
    SDIST_NAME,
    "member-path",
    "absolute",
  ],
  ["a device", plus({ name: "rocket-1.0.0/null", type: "3" }), SDIST_NAME, "member-kind", "device"],
  [
    "a pipe",
    plus({ name: "rocket-1.0.0/pipe", type: "6" }),
    SDIST_NAME,
    "member-kind",
    "device or a pipe",
  ],
  [
    "a member of unknown type",
    plus({ name: "rocket-1.0.0/x", type: "V" }),
    SDIST_NAME,
    "member-kind",
    "unknown type",
  ],
  ["a link upwards", link(".."), SDIST_NAME, "member-kind", "out of the archive's folder"],
  [
    "a link far upwards",
    link("../../../etc/passwd"),
    SDIST_NAME,
    "member-kind",
    "out of the archive's folder",
  ],
  ["an absolute link", link("/etc/passwd"), SDIST_NAME, "member-kind", "no plain path"],
  ["a link by way of another", link("a/../../x"), SDIST_NAME, "member-kind", "no plain path"],
  ["a link to nothing", link(""), SDIST_NAME, "member-kind", "no target"],
  [
    "a hard link upwards",
    plus({ name: "rocket-1.0.0/link", type: "1", target: "../evil" }),
    SDIST_NAME,
    "member-kind",
    "no file that came before",
  ],
  [
    "a member behind a link",
    plus(
      { name: "rocket-1.0.0/a", type: "2", target: "b" },
      { name: "rocket-1.0.0/a/evil", content: "x" },
    ),
    SDIST_NAME,
    "member-duplicate",
    "a file and a folder",
  ],
  [
    "a member twice",
    plus({ name: "rocket-1.0.0/PKG-INFO", content: "x" }),
    SDIST_NAME,
    "member-duplicate",
    "two members",
  ],
  [
    "a second top folder",
    plus({ name: "evil/x", content: "x" }),
    SDIST_NAME,
    "sdist-folder",
    "everything has to be in rocket-1.0.0",
  ],
  [
    "a file beside its folder",
    plus({ name: "evil", content: "x" }),
    SDIST_NAME,
    "sdist-folder",
    "everything has to be in",
  ],
  [
    "a folder of another name",
    GOOD,
    "rocket-2.0.tar.gz",
    "sdist-folder",
    "no file rocket-2.0/PKG-INFO",
  ],
  ["no PKG-INFO", sdistBytes(SDIST_ENTRIES.slice(0, 1)), SDIST_NAME, "sdist-folder", "no file"],
  ["no PKG-INFO to read", sdistBytes(SDIST_ENTRIES.slice(0, 1)), SDIST_NAME, "metadata", "missing"],
  [
    "another version inside",
    withMetadata(METADATA.replace("1.0.0", "2.0")),
    SDIST_NAME,
    "metadata-differs",
    '"2.0"',
  ],
  ["metadata that is none", withMetadata("hello"), SDIST_NAME, "metadata", "no field"],
  [
    "metadata that PyPI does not take",
    withMetadata(`${METADATA}Home-page: here\n`),
    SDIST_NAME,
    "metadata-field",
    "here",
  ],
  [
    "metadata that is too large",
    withMetadata(`${METADATA}\n${randomBytes(4_300_000).toString("hex")}`),
    SDIST_NAME,
    "archive-size",
    "over 8388608",
  ],
  [
    "a licence file that is not there",
    withMetadata(LICENSED),
    SDIST_NAME,
    "license-file",
    "rocket-1.0.0/LICENSE",
  ],
]

describe("an sdist is refused for", () => {
  test.each(WRONG)("%s", async (_name, bytes, filename, code, found) => {
    const { problems } = await check(bytes, filename)
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code, found: expect.stringContaining(found) }),
      ]),
    )
  })
})

test("what came before the damage is still shown", async () => {
  const bytes = gzipSync(tarBytes(SDIST_ENTRIES, Buffer.alloc(0)))
  const { members, problems } = await check(bytes)
  expect(members).toHaveLength(3)
  expect(problems).toEqual([{ code: "tar-framing", found: "the archive ends within a header" }])
})

test("an error of the source comes through", async () => {
  const source = {
    size: 100,
    read: () => {
      throw new WheelproofError("ERR_INPUT_UNREADABLE", "the disk is gone")
    },
  }
  await expect(checkDistribution(SDIST_NAME, source)).rejects.toThrow("the disk is gone")
  await expect(checkDistribution(WHEEL_NAME, source)).rejects.toThrow("the disk is gone")
})

function digests(members: readonly DistributionMember[]): string {
  return JSON.stringify(members.map(({ name, sha256 }) => [name, sha256]))
}

test("any bytes end in problems, never in an error, and damage is never overlooked", async () => {
  const wheel = wheelBytes()
  const kinds = fc.oneof(
    fc.tuple(fc.constant(SDIST_NAME), hostileBytes(GOOD)),
    fc.tuple(fc.constant(WHEEL_NAME), hostileBytes(wheel)),
  )
  await fc.assert(
    fc.asyncProperty(kinds, async ([filename, bytes]) => {
      const { problems, members } = await check(bytes, filename)
      expect(members.length).toBeLessThan(10)
      // Where nothing is wrong, times and modes may have changed, and nothing else.
      const before = await check(filename === SDIST_NAME ? GOOD : wheel, filename)
      expect(problems.length > 0 || digests(members) === digests(before.members)).toBe(true)
    }),
    { numRuns: 300 },
  )
})
