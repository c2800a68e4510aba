import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"

import { afterEach, beforeEach, expect, test } from "vitest"

import { readSource } from "../../src/build/source.ts"
import { runCommand } from "../../src/io/command.ts"

const ENVIRONMENT = {
  PATH: process.env["PATH"] ?? "",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@rocket.test",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@rocket.test",
  GIT_AUTHOR_DATE: "1600000000 +0200",
  GIT_COMMITTER_DATE: "1700000000 +0200",
}

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "wheelproof-source-")))
  git("init", "-q")
  write("a.py")
  write("deep/b.py")
  git("add", "-A")
  git("commit", "-q", "-m", "first")
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: folder, env: ENVIRONMENT, encoding: "utf8" }).trim()
}

function write(name: string): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
  writeFileSync(path.join(folder, name), "")
}

async function read(
  project = ".",
  output = "dist",
  environment: Readonly<Record<string, string>> = ENVIRONMENT,
) {
  const effects = { run: runCommand, environment, signal: new AbortController().signal }
  return await readSource(path.join(folder, project), path.join(folder, output), effects)
}

test("a clean tree is its commit, at the commit's time and not the author's", async () => {
  expect(await read()).toEqual({
    commit: git("rev-parse", "HEAD"),
    committedAt: 1_700_000_000,
    changes: [],
  })
})

test("changed, new, removed and renamed files are changes; what is in the output or in another project is none", async () => {
  writeFileSync(path.join(folder, "a.py"), "changed")
  write("new file.py")
  write("dist/a.whl")
  expect((await read()).changes).toEqual(["a.py", "new file.py"])
  expect((await read(".", "elsewhere")).changes).toEqual(["a.py", "dist/", "new file.py"])
  expect((await read("deep", "deep/dist")).changes).toEqual([])
  git("add", "-A")
  renameSync(path.join(folder, "deep", "b.py"), path.join(folder, "deep", "c.py"))
  git("add", "-A")
  expect((await read("deep", "dist")).changes).toEqual(["deep/c.py"])
})

test("there are at most twenty changes", async () => {
  for (let index = 0; index < 30; index += 1) write(`new-${index}`)
  expect((await read()).changes).toHaveLength(20)
})

test("looking does not write to the repository", async () => {
  const index = path.join(folder, ".git", "index")
  const before = execFileSync("sha256sum", [index]).toString()
  writeFileSync(path.join(folder, "a.py"), "")
  await read()
  expect(execFileSync("sha256sum", [index]).toString()).toBe(before)
})

test("outside a repository, in one without a commit, and without git, there is a reason", async () => {
  rmSync(path.join(folder, ".git"), { recursive: true })
  expect(await read()).toMatchObject({
    changes: [],
    unknown: expect.stringContaining("not a git repository"),
  })
  git("init", "-q")
  expect((await read()).unknown).toContain("does not have any commits yet")
  expect((await read(".", "dist", { PATH: path.join(folder, "deep") })).unknown).toBe(
    "there is no git",
  )
})
