import { expect, test } from "vitest"

import { unpackSdist } from "../../src/build/unpack.ts"
import { bytesSource } from "../../src/formats/archive/byte-source.ts"
import { checkDistribution } from "../../src/formats/distribution/check.ts"
import type { TreeWriter } from "../../src/io/tree-writer.ts"
import { SDIST_ENTRIES, SDIST_NAME, sdistBytes, type TarEntry } from "../support/archives.ts"

/** Unpacks into a list of what would be written. */
async function unpack(
  entries: readonly TarEntry[],
): Promise<{ name: string; written: readonly string[] }> {
  const written: string[] = []
  const tree: TreeWriter = {
    folder: (name) => written.push(`folder ${name}`),
    file(name, isExecutable) {
      let content = ""
      return {
        write: (bytes) => (content += Buffer.from(bytes).toString()),
        close: (modified) => written.push(`file ${name} ${isExecutable} ${modified} ${content}`),
      }
    },
    symbolicLink: (name, target) => written.push(`link ${name} -> ${target}`),
    hardLink: (name, target) => written.push(`hard link ${name} -> ${target}`),
  }
  const source = bytesSource(sdistBytes(entries))
  const checked = await checkDistribution(SDIST_NAME, source)
  return { name: await unpackSdist(checked, source, tree), written }
}

test("everything is written as it stands in the archive", async () => {
  const { name, written } = await unpack([
    ...SDIST_ENTRIES,
    { name: "rocket-1.0.0/run.sh", content: "go", mode: 0o755, modified: 1_700_000_000 },
    { name: "rocket-1.0.0/empty", content: "" },
    { name: "rocket-1.0.0/link", type: "2", target: "run.sh" },
    { name: "rocket-1.0.0/hard", type: "1", target: "rocket-1.0.0/run.sh" },
  ])
  expect(name).toBe("rocket-1.0.0")
  expect(written).toEqual([
    "folder rocket-1.0.0",
    expect.stringMatching(/^file rocket-1\.0\.0\/PKG-INFO false 0 Metadata-Version/),
    "file rocket-1.0.0/pyproject.toml false 0 [project]\n",
    "file rocket-1.0.0/run.sh true 1700000000 go",
    "file rocket-1.0.0/empty false 0 ",
    "link rocket-1.0.0/link -> run.sh",
    "hard link rocket-1.0.0/hard -> rocket-1.0.0/run.sh",
  ])
})

test.each<[string, TarEntry]>([
  ["a path upwards", { name: "rocket-1.0.0/../../evil", content: "x" }],
  ["a link upwards", { name: "rocket-1.0.0/link", type: "2", target: "../.." }],
  ["a device", { name: "rocket-1.0.0/null", type: "3" }],
])("nothing of an sdist with %s is written", async (_name, entry) => {
  await expect(unpack([...SDIST_ENTRIES, entry])).rejects.toThrow("is not unpacked")
})
