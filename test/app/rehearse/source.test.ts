import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { devNull, tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"

import { afterEach, beforeEach, expect, test } from "vitest"

import { cloneProject, commitFolder, type GitEffects } from "../../../src/app/rehearse/source.ts"
import { runCommand } from "../../../src/io/command.ts"

const ENVIRONMENT = {
  PATH: process.env["PATH"] ?? "",
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.com",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.com",
}
const effects: GitEffects = {
  run: runCommand,
  environment: ENVIRONMENT,
  signal: new AbortController().signal,
}

let folder: string
let repository: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "wheelproof-test-"))
  repository = path.join(folder, "mono")
  write("packages/rocket/pyproject.toml", "[project]\n")
  git("init", "--quiet", "--initial-branch=main")
  git("add", "--all")
  git("commit", "--quiet", "--message", "one")
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(name: string, text: string): void {
  const file = path.join(repository, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
}

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: repository, env: ENVIRONMENT, encoding: "utf8" }).trim()
}

const target = (): string => path.join(folder, "clone")
const rocket = (): string => path.join(repository, "packages", "rocket")

test("a project within a repository, at its commit", async () => {
  git("remote", "add", "origin", "git@github.com:acme/rocket.git")
  git("tag", "v1.0")
  expect(await cloneProject(rocket(), target(), effects)).toEqual({
    root: target(),
    project: path.join(target(), "packages/rocket/"),
    repository: "acme/rocket",
    commit: git("rev-parse", "HEAD"),
    tag: "v1.0",
    isOwn: true,
    notes: [],
  })
  expect(existsSync(path.join(target(), "packages/rocket/pyproject.toml"))).toBe(true)
})

test("what is not committed is not part of it, and that is said", async () => {
  write("packages/rocket/pyproject.toml", "changed")
  const cloned = await cloneProject(rocket(), target(), effects)
  expect(cloned?.notes).toEqual([
    `${rocket()} has changes that are not committed; the rehearsal is of commit ${git("rev-parse", "HEAD")}`,
  ])
  expect(readFileSync(path.join(target(), "packages/rocket/pyproject.toml"), "utf8")).toBe(
    "[project]\n",
  )
})

test.each([
  ["https://github.com/acme/rocket", "acme/rocket"],
  ["https://user:secret@github.com/acme/rocket.git", "acme/rocket"],
  ["ssh://git@github.com/acme/rocket.git", "acme/rocket"],
  ["https://github.com.evil.example/acme/rocket", "example-org/rocket"],
  ["https://evil.example/github.com/acme/rocket", "example-org/rocket"],
  ["../elsewhere", "example-org/rocket"],
])("the remote %s is %s", async (remote, expected) => {
  git("remote", "add", "origin", remote)
  expect(await cloneProject(rocket(), target(), effects)).toMatchObject({ repository: expected })
})

test("a folder that its repository does not know is not its project", async () => {
  write("new/pyproject.toml", "[project]\n")
  expect(await cloneProject(path.join(repository, "new"), target(), effects)).toBeUndefined()
})

test("a folder in no repository", async () => {
  expect(await cloneProject(folder, target(), effects)).toBeUndefined()
})

test("the same files make the same commit, whatever the user's settings are", async () => {
  const commits: string[] = []
  const settings = path.join(folder, "gitconfig")
  writeFileSync(settings, "[commit]\n\tgpgsign = true\n[user]\n\tname = somebody\n")
  for (const environment of [ENVIRONMENT, { ...ENVIRONMENT, GIT_CONFIG_GLOBAL: settings }]) {
    const root = path.join(folder, `own-${commits.length}`)
    mkdirSync(root)
    writeFileSync(path.join(root, "pyproject.toml"), "[project]\n")
    const {
      commit,
      repository: name,
      isOwn,
    } = await commitFolder(root, "rocket", {
      ...effects,
      environment,
    })
    expect({ name, isOwn }).toEqual({ name: "example-org/rocket", isOwn: false })
    commits.push(commit)
  }
  expect(commits[0]).toMatch(/^[0-9a-f]{40}$/)
  expect(new Set(commits).size).toBe(1)
})
