import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { afterAll, beforeAll, expect, test } from "vitest"

import { digest } from "../../src/app/digest.ts"
import { formatChecksums } from "../../src/formats/checksums.ts"
import { createFiles } from "../../src/io/files.ts"

let folder: string
const effects = { files: createFiles(), breathe: async () => undefined }

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "wheelproof-digest-"))
  mkdirSync(path.join(folder, "dist"))
  for (const [name, content] of CONTENT) writeFileSync(path.join(folder, "dist", name), content)
})
afterAll(() => rmSync(folder, { recursive: true }))

const CONTENT: readonly (readonly [name: string, content: string | Buffer])[] = [
  ["a b  c.whl", "spaces"],
  ["empty.whl", ""],
  ["large-1.0.tar.gz", Buffer.alloc(3_000_000, "x")],
  ["räkete-1.0-py3-none-any.whl", "beyond ASCII"],
  ["~rocket+local-1.0.whl", "punctuation"],
]

function inDist(...names: readonly string[]): readonly string[] {
  return names.map((name) => path.join(folder, "dist", name))
}

function hasCoreutils(): boolean {
  return (
    spawnSync("sha256sum", ["--version"]).status === 0 &&
    spawnSync("base64", ["-w0"], { input: "" }).status === 0
  )
}

test.skipIf(!hasCoreutils())("the bytes are those of `sha256sum * | base64 -w0`", async () => {
  const dist = path.join(folder, "dist")
  const options = { cwd: dist, env: { ...process.env, LC_ALL: "C" } }
  const theirs = execFileSync("sh", ["-c", "sha256sum *"], options)
  const ours = formatChecksums(await digest({ files: [dist], merge: false }, effects))
  expect(ours).toBe(theirs.toString())
  const base64 = execFileSync("sh", ["-c", "sha256sum * | base64 -w0"], options)
  expect(Buffer.from(ours).toString("base64")).toBe(base64.toString())
  const order = CONTENT.map(([name]) => name).toReversed()
  const given = execFileSync("sha256sum", ["--", ...order], options)
  expect(formatChecksums(await digest({ files: inDist(...order), merge: false }, effects))).toBe(
    given.toString(),
  )
})

function list(name: string, lines: readonly string[], encode = false): string {
  const file = path.join(folder, name)
  const text = lines.map((line) => `${line}\n`).join("")
  writeFileSync(file, encode ? Buffer.from(text).toString("base64") : text)
  return file
}

const A = `${"a".repeat(64)}  a.whl`
const B = `${"b".repeat(64)}  b.whl`

test("the lists of a matrix are joined, plain and base64, and a line that several have counts once", async () => {
  const lists = [list("linux.txt", [A, B]), list("mac.b64", [B, `${"c".repeat(64)}  c.whl`], true)]
  const merged = await digest({ files: lists, merge: true }, effects)
  expect(merged.map(({ name }) => name)).toEqual(["a.whl", "b.whl", "c.whl"])
})

test.each<[string, () => readonly string[], string]>([
  [
    "two digests for a name",
    () => [list("x.txt", [A]), list("y.txt", [A.replace(/^a/, "b")])],
    "ERR_INPUT_MALFORMED",
  ],
  ["an empty list", () => [list("x.txt", [])], "ERR_INPUT_MALFORMED"],
  ["no list", () => [path.join(folder, "missing.txt")], "ERR_INPUT_NOT_FOUND"],
  [
    "a path in a list",
    () => [list("x.txt", [`${"a".repeat(64)}  dist/a.whl`])],
    "ERR_INPUT_MALFORMED",
  ],
])("%s is refused", async (_name, lists, code) => {
  const refused = digest({ files: lists(), merge: true }, effects)
  await expect(refused).rejects.toThrow(expect.objectContaining({ name: "WheelproofError", code }))
})

test("two files of one name, and what is no file, are refused", async () => {
  mkdirSync(path.join(folder, "other"), { recursive: true })
  writeFileSync(path.join(folder, "other", "empty.whl"), "")
  const twice = [...inDist("empty.whl"), path.join(folder, "other", "empty.whl")]
  const usage = expect.objectContaining({ code: "ERR_USAGE" })
  await expect(digest({ files: twice, merge: false }, effects)).rejects.toThrow(usage)
  await expect(digest({ files: ["-"], merge: false }, effects)).rejects.toThrow(usage)
})
