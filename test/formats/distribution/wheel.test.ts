import { hash } from "node:crypto"
import { deflateRawSync } from "node:zlib"

import { expect, test } from "vitest"

import { bytesSource } from "../../../src/formats/archive/byte-source.ts"
import { checkDistribution } from "../../../src/formats/distribution/check.ts"
import {
  METADATA,
  recordHash,
  WHEEL_FILE,
  WHEEL_NAME,
  wheelBytes,
  type WheelPlan,
  type ZipEntry,
} from "../../support/archives.ts"

async function check(plan: WheelPlan) {
  return await checkDistribution(plan.filename ?? WHEEL_NAME, bytesSource(wheelBytes(plan)))
}

test("a right wheel has no problems, and everything in it is known", async () => {
  const files = { "rocket/__init__.py": "thrust = 1\n", "rocket/data.bin": "x".repeat(100_000) }
  const checked = await check({
    files,
    entries: (entries) => [{ name: "rocket/", mode: 0o040755 }, ...entries],
  })
  expect(checked.problems).toEqual([])
  expect(checked.distribution).toMatchObject({ kind: "wheel", name: "rocket", version: "1" })
  expect(checked.metadata).toMatchObject({ name: "rocket", version: "1.0.0", summary: "goes up" })
  expect(Buffer.from(checked.metadataFile ?? []).toString()).toBe(METADATA)
  expect(checked.members.map(({ name }) => name)).toEqual([
    "rocket/",
    "rocket/__init__.py",
    "rocket/data.bin",
    "rocket-1.0.0.dist-info/METADATA",
    "rocket-1.0.0.dist-info/WHEEL",
    "rocket-1.0.0.dist-info/RECORD",
  ])
  expect(checked.members[0]?.sha256).toBeUndefined()
  expect(checked.members[2]).toMatchObject({
    kind: "file",
    size: 100_000,
    sha256: hash("sha256", "x".repeat(100_000)),
  })
})

test.each<[string, WheelPlan]>([
  [
    "its RECORD in SHA-512",
    {
      record: (lines) => [
        `rocket/__init__.py,${recordHash("thrust = 1\n", "sha512")},11`,
        ...lines.slice(1),
      ],
    },
  ],
  [
    "its RECORD with quotation marks and CRLF",
    {
      files: { "rocket/a,b.txt": "x" },
      record: (lines) => [`"rocket/a,b.txt",${recordHash("x")},1\r`, ...lines.slice(1)],
    },
  ],
  [
    "signatures of RECORD that it cannot list",
    {
      info: { "RECORD.jws": "{}" },
      record: (lines) => lines.filter((line) => !line.includes("jws")),
    },
  ],
  [
    "a build number",
    { filename: "rocket-1.0.0-07b-py3-none-any.whl", wheel: `${WHEEL_FILE}Build: 7b\n` },
  ],
  [
    "compressed tags",
    { filename: "rocket-1.0.0-py2.py3-none-any.whl", wheel: WHEEL_FILE.replace("py3", "py2.py3") },
  ],
  [
    "many tags",
    {
      filename: "rocket-1.0.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
      wheel: WHEEL_FILE.replace(
        "Tag: py3-none-any",
        "Tag: cp311-cp311-manylinux_2_17_x86_64\nTag: cp311-cp311-manylinux2014_x86_64",
      ),
    },
  ],
  [
    "entry points",
    {
      info: {
        "entry_points.txt":
          "[console_scripts]\nrocket-ctl = rocket:main\n\n# more\n[rocket.stages]\nfirst stage = rocket.first\n",
      },
    },
  ],
  [
    "licence files",
    {
      metadata: `${METADATA.replace("2.1", "2.4")}License-File: LICENSE\n`,
      info: { "licenses/LICENSE": "free" },
    },
  ],
  [
    "licence files that its metadata version does not know",
    { metadata: `${METADATA}License-File: LICENSE\n` },
  ],
  ["another spelling of its version", { metadata: METADATA.replace("1.0.0", "1.0") }],
])("a wheel with %s has no problems", async (_name, plan) => {
  expect((await check(plan)).problems).toEqual([])
})

/** A wheel with one more member, which RECORD does not list. */
function withEntry(entry: ZipEntry): WheelPlan {
  return { entries: (entries) => [...entries, entry] }
}

test("PyPI's sentence comes with what PyPI refuses", async () => {
  const { problems } = await check({
    entries: (entries) => entries.map((entry) => ({ ...entry, both: { flags: 8 } })),
  })
  expect(problems[0]?.pypi).toBe(
    "Invalid distribution file. ZIP archive not accepted: ZIP contains a data descriptor",
  )
  const compressed = await check(withEntry({ name: "rocket/x", both: { method: 12 } }))
  expect(compressed.problems[0]?.pypi).toBe(
    "Invalid distribution file. File does not use a supported compression type",
  )
})

test("a bomb is not read", async () => {
  const bomb = deflateRawSync(Buffer.alloc(80_000_000))
  const entry = { name: "bomb", data: bomb, both: { method: 8, size: 80_000_000, crc: 0 } }
  const { problems, members } = await check(withEntry(entry))
  expect(problems.map(({ code }) => code)).toEqual(["archive-size"])
  expect(members.every(({ sha256 }) => sha256 === undefined)).toBe(true)
})

test("metadata that is too large is not read", async () => {
  const { problems, metadata } = await check({ metadata: `${METADATA}\n${"x".repeat(8_388_608)}` })
  expect(metadata).toBeUndefined()
  expect(problems.map(({ code }) => code)).toEqual(["archive-size", "metadata"])
})

test("a hostile archive has a bounded number of problems", async () => {
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`../${index}`, ""]))
  const { problems } = await check({ files })
  expect(problems).toHaveLength(200)
  expect(problems.at(-1)?.found).toBe("the path leads upwards (and 100 further problems)")
})
