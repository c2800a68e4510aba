import { gzipSync } from "node:zlib"

import { expect, test } from "vitest"

import { bytesSource } from "../../../src/formats/archive/byte-source.ts"
import { checkDistribution } from "../../../src/formats/distribution/check.ts"
import {
  compareDistributions,
  type DistributionDifference,
} from "../../../src/formats/distribution/compare.ts"
import {
  SDIST_ENTRIES,
  SDIST_NAME,
  sdistBytes,
  tarBytes,
  type TarEntry,
  WHEEL_NAME,
  wheelBytes,
  type WheelPlan,
  type ZipEntry,
} from "../../support/archives.ts"

async function compare(
  filename: string,
  one: Uint8Array,
  other: Uint8Array,
): Promise<readonly DistributionDifference[]> {
  const [first, second] = await Promise.all(
    [one, other].map(async (bytes) => {
      const source = bytesSource(bytes)
      return { source, checked: await checkDistribution(filename, source) }
    }),
  )
  if (first === undefined || second === undefined) throw new Error("unreachable")
  return await compareDistributions(first, second)
}

/** Each difference but the last as `kind where @offset: found`; the last is always the first byte of the file. */
async function differences(
  filename: string,
  one: Uint8Array,
  other: Uint8Array,
): Promise<readonly string[]> {
  const found = await compare(filename, one, other)
  const first = Buffer.from(one).findIndex((byte, index) => byte !== other[index])
  expect(found.at(-1)).toEqual({
    kind: "bytes",
    offset: first,
    found: `the first byte that differs is at offset ${first} of the file`,
  })
  return found
    .slice(0, -1)
    .map(
      ({ kind, where = "-", offset = "-", found: words }) =>
        `${kind} ${where} @${offset}: ${words}`,
    )
}

test("the same bytes have no differences", async () => {
  expect(await compare(WHEEL_NAME, wheelBytes(), wheelBytes())).toEqual([])
  expect(await compare(SDIST_NAME, sdistBytes(), sdistBytes())).toEqual([])
})

/** Changes the first member of a wheel. */
function withFirst(change: Partial<ZipEntry>): WheelPlan {
  return {
    entries: ([entry, ...rest]) =>
      entry === undefined ? rest : [{ ...entry, ...change }, ...rest],
  }
}

const FILES = { "rocket/a.py": "a = 1\n", "rocket/b.py": "b = 1\n" }

test.each<[string, WheelPlan, WheelPlan, readonly string[]]>([
  [
    "a time",
    {},
    withFirst({ modified: 0x6bcd }),
    [
      "modified rocket/__init__.py @-: modified: 1980-01-01 00:00:00 in the first build, 1980-01-01 13:30:26 in the second",
    ],
  ],
  [
    "a mode",
    {},
    withFirst({ mode: 0o100755 }),
    ["mode rocket/__init__.py @-: mode: 100644 in the first build, 100755 in the second"],
  ],
  [
    "a kind",
    {},
    withFirst({ mode: 0o120777 }),
    [
      "kind rocket/__init__.py @-: kind: file in the first build, symbolic link in the second",
      "mode rocket/__init__.py @-: mode: 100644 in the first build, 120777 in the second",
    ],
  ],
  [
    "a flag",
    {},
    withFirst({ both: { flags: 2 } }),
    ["header rocket/__init__.py @-: flags: 0 in the first build, 2 in the second"],
  ],
  [
    "the order",
    { files: FILES },
    {
      files: FILES,
      entries: ([a, b, ...rest]) => (a === undefined || b === undefined ? rest : [b, a, ...rest]),
    },
    ["order - @-: member 1 is rocket/a.py in the first build and rocket/b.py in the second"],
  ],
  [
    "the packing",
    { files: { "rocket/__init__.py": "x" } },
    { files: { "rocket/__init__.py": "x" }, ...withFirst({ stored: true }) },
    [
      "compression rocket/__init__.py @-: compression: deflated in the first build, stored in the second",
    ],
  ],
])("two wheels differ in %s", async (_name, one, other, expected) => {
  expect(await differences(WHEEL_NAME, wheelBytes(one), wheelBytes(other))).toEqual(expected)
})

test("two wheels differ in content and members", async () => {
  const one = wheelBytes({
    files: { "rocket/__init__.py": `${"x".repeat(300_000)}1`, "rocket/old.py": "" },
  })
  const other = wheelBytes({
    files: { "rocket/__init__.py": `${"x".repeat(300_000)}2`, "rocket/new.py": "" },
  })
  expect(await differences(WHEEL_NAME, one, other)).toEqual([
    "members rocket/old.py @-: only the first build has it",
    "members rocket/new.py @-: only the second build has it",
    "content rocket/__init__.py @300000: the content differs (300001 bytes), from offset 300000 on",
    expect.stringMatching(/^content rocket-1.0.0.dist-info\/RECORD @26: /),
  ])
})

test("two wheels differ in compression alone", async () => {
  const one = wheelBytes({ files: { "rocket/__init__.py": "x".repeat(1_000) } })
  const other = Buffer.from(one)
  // The version that is needed to extract says nothing of the content, and is not looked at.
  other[4] = 10
  expect(await differences(WHEEL_NAME, one, other)).toEqual([
    "compression - @-: the members are the same and packed differently",
  ])
})

function manyFiles(content: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`rocket/${index}.py`, content]),
  )
}

test("content of many members is not looked through to the end", async () => {
  const found = await compare(
    WHEEL_NAME,
    wheelBytes({ files: manyFiles("one") }),
    wheelBytes({ files: manyFiles("two") }),
  )
  const content = found.filter(({ kind }) => kind === "content")
  expect(content.filter(({ offset }) => offset === 0)).toHaveLength(20)
  expect(content.filter(({ offset }) => offset === undefined)).toHaveLength(11)
})

function plus(...entries: readonly TarEntry[]): Buffer {
  return sdistBytes([...SDIST_ENTRIES, ...entries])
}

const LINK = { name: "rocket-1.0.0/l", type: "2", target: "PKG-INFO" }
const A = { name: "rocket-1.0.0/a", content: "one" }

test.each<[string, Uint8Array, Uint8Array, readonly string[]]>([
  [
    "a time",
    plus(A),
    plus({ ...A, modified: 1 }),
    ["modified rocket-1.0.0/a @-: modified: 0 in the first build, 1 in the second"],
  ],
  [
    "an owner",
    plus(A),
    plus({ ...A, edit: (header) => void header.write("0001750", 108) }),
    ["owner rocket-1.0.0/a @-: owner: 0:0 : in the first build, 1000:0 : in the second"],
  ],
  [
    "a target",
    plus(LINK),
    plus({ ...LINK, target: "pyproject.toml" }),
    ["kind rocket-1.0.0/l @-: target: PKG-INFO in the first build, pyproject.toml in the second"],
  ],
  [
    "a type",
    plus(A),
    plus({ ...A, type: "7" }),
    ["header rocket-1.0.0/a @-: type: 0 in the first build, 7 in the second"],
  ],
  [
    "content",
    plus(A),
    plus({ ...A, content: "only" }),
    [
      "content rocket-1.0.0/a @2: the content has 3 bytes in the first build and 4 in the second, from offset 2 on",
    ],
  ],
  [
    "content that is longer",
    plus(A),
    plus({ ...A, content: "ones" }),
    [
      "content rocket-1.0.0/a @3: the content has 3 bytes in the first build and 4 in the second, from offset 3 on",
    ],
  ],
  [
    "the compression",
    sdistBytes(),
    gzipSync(tarBytes(SDIST_ENTRIES), { memLevel: 1, level: 2 }),
    ["compression - @-: the content is the same and compressed differently"],
  ],
])("two sdists differ in %s", async (_name, one, other, expected) => {
  const found = await compare(SDIST_NAME, one, other)
  expect(
    found
      .slice(0, -1)
      .map(
        ({ kind, where = "-", offset = "-", found: words }) =>
          `${kind} ${where} @${offset}: ${words}`,
      ),
  ).toEqual(expected)
  expect(found.at(-1)?.kind).toBe("bytes")
})

test("two sdists differ in the gzip header", async () => {
  const one = sdistBytes()
  const other = Buffer.from(one)
  other.writeUInt32LE(1_700_000_000, 4)
  other[9] = 255
  expect(await differences(SDIST_NAME, one, other)).toEqual([
    "modified - @-: modified in the gzip header: 0 in the first build, 1700000000 in the second",
    `header - @-: system in the gzip header: ${one[9]} in the first build, 255 in the second`,
  ])
})
