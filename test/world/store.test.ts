import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { afterEach, beforeEach, expect, test } from "vitest"

import { createGitHub } from "../../src/world/github/github.ts"
import { createPackageIndex } from "../../src/world/index/package-index.ts"
import { createFolderStore, createMemoryStore } from "../../src/world/store.ts"
import { WHEEL_NAME, wheelBytes } from "../support/archives.ts"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "wheelproof-test-"))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const inFolder = (): ReturnType<typeof createFolderStore> =>
  createFolderStore(path.join(folder, "world", "state"))
const clock = (): number => Date.UTC(2026, 5, 1)

test.each([
  ["memory", createMemoryStore],
  ["a folder", inFolder],
])("%s keeps contents under their digests", (_, create) => {
  const store = create()
  const content = Buffer.from("content")
  const digest = store.put(content)
  expect(digest).toBe("ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73")
  expect(store.put(content)).toBe(digest)
  expect(Buffer.from(store.get(digest) ?? [])).toEqual(content)
  expect(store.get("0".repeat(64))).toBeUndefined()
  expect(store.load()).toBeUndefined()
})

test("a folder keeps the state for the next process", () => {
  inFolder().save({ answer: 42 })
  expect(inFolder().load()).toEqual({ answer: 42 })
})

test("an index in a folder knows after a restart what it knew before", async () => {
  const before = createPackageIndex({ clock, store: inFolder() })
  const files = [{ filename: WHEEL_NAME, content: wheelBytes() }]
  await before.addRelease({ project: "rocket", version: "1.0.0", files })
  const after = createPackageIndex({ clock, store: inFolder() })
  expect(after.state).toEqual(before.state)
  const page = await after.handler(new Request("http://index.test/simple/rocket/"))
  const url = /href="([^#]+)/.exec(await page.text())?.[1] ?? ""
  const file = await after.handler(new Request(url))
  expect(Buffer.from(await file.arrayBuffer())).toEqual(wheelBytes())
})

test("so does GitHub", async () => {
  const options = { clock, storageUrl: () => "http://storage.test" }
  const before = createGitHub({ ...options, store: inFolder() })
  const owner = { login: "acme", id: 1, type: "Organization" } as const
  const repository = before.addRepository({ owner, name: "rocket" })
  before.addRelease(repository, {
    tag: "v1",
    assets: [{ name: "a.txt", content: Buffer.from("content") }],
  })
  const after = createGitHub({ ...options, store: inFolder() })
  expect(after.state).toEqual(before.state)
  const request = new Request("http://api.test/acme/rocket/releases/download/v1/a.txt", {
    headers: { "user-agent": "test" },
  })
  const location = (await after.handler(request)).headers.get("location") ?? ""
  expect(await (await after.storage(new Request(location))).text()).toBe("content")
})

test("a state that is another service's is not taken for one's own", () => {
  createGitHub({ clock, storageUrl: () => "", store: inFolder() }).addToken({})
  expect(createPackageIndex({ clock, store: inFolder() }).state.projects).toEqual({})
})
