import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"

import { afterEach, beforeEach, expect, test } from "vitest"

import { createTreeWriter } from "../../src/io/tree-writer.ts"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "wheelproof-folders-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function inside(...steps: readonly string[]): string {
  return path.join(folder, ...steps)
}

test("a tree has the modes, times and links that were asked for, whatever the mask", () => {
  const mask = process.umask(0o077)
  const tree = createTreeWriter(folder)
  tree.folder("empty")
  for (const [name, isExecutable] of [
    ["a/b/run.sh", true],
    ["a/data", false],
  ] as const) {
    const file = tree.file(name, isExecutable)
    file.write(Buffer.from("one "))
    file.write(Buffer.from("two"))
    file.close(1_000_000_000)
  }
  tree.symbolicLink("a/link", "data")
  tree.hardLink("c/hard", "a/data")
  process.umask(mask)
  expect(statSync(inside("a", "b", "run.sh"))).toMatchObject({
    mode: 0o100755,
    mtimeMs: 1e12,
    size: 7,
  })
  expect(statSync(inside("a", "data")).mode).toBe(0o100644)
  expect(readlinkSync(inside("a", "link"))).toBe("data")
  expect(readFileSync(inside("c", "hard"), "utf8")).toBe("one two")
  expect(readdirSync(inside("empty"))).toEqual([])
  expect(() => tree.file("a/data", false)).toThrow("EEXIST")
})
