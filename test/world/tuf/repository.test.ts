import { Updater } from "tuf-js"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { afterEach, beforeEach, expect, test } from "vitest"

import { startService } from "../../../src/world/http/service.ts"
import {
  createTufHandler,
  createTufRepository,
  type TufRepository,
} from "../../../src/world/tuf/repository.ts"

const NOW = Date.now()

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "wheelproof-tuf-"))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** What a TUF client that begins at this root finds under a name. */
async function download(repository: TufRepository, root: Buffer, name: string): Promise<string> {
  const service = await startService(createTufHandler(repository))
  try {
    writeFileSync(path.join(folder, "root.json"), root)
    const updater = new Updater({
      metadataBaseUrl: service.url,
      targetBaseUrl: `${service.url}/targets`,
      metadataDir: folder,
      targetDir: folder,
    })
    await updater.refresh()
    const target = await updater.getTargetInfo(name)
    if (target === undefined) return "no such target"
    return readFileSync(await updater.downloadTarget(target), "utf8")
  } finally {
    await service.close()
  }
}

test("a client finds every target, the newest of each", async () => {
  const targets = { "trusted_root.json": "one", "signing_config.v0.2.json": "two" }
  const repository = createTufRepository({ targets, now: NOW })
  repository.rotate()
  repository.publish({ "signing_config.v0.2.json": "three" })
  const { firstRoot } = repository
  expect(await download(repository, firstRoot, "trusted_root.json")).toBe("one")
  expect(await download(repository, firstRoot, "signing_config.v0.2.json")).toBe("three")
  expect(await download(repository, firstRoot, "another.json")).toBe("no such target")
})

test("a repository that was kept goes on: same first root, higher versions", async () => {
  const before = createTufRepository({ targets: { "a.json": "one" }, now: NOW })
  before.rotate()
  expect(await download(before, before.firstRoot, "a.json")).toBe("one")
  const kept = JSON.parse(JSON.stringify(before.keep())) as ReturnType<TufRepository["keep"]>
  const after = createTufRepository({ targets: { "a.json": "two" }, now: NOW, kept })
  expect(after.firstRoot).toEqual(before.firstRoot)
  // The client keeps what it has: only a higher version gets past it.
  const root = readFileSync(path.join(folder, "root.json"))
  expect(await download(after, root, "a.json")).toBe("two")
})

test("only reading is served", async () => {
  const repository = createTufRepository({ targets: {}, now: NOW })
  const handler = createTufHandler(repository)
  const status = async (method: string, url: string): Promise<number> =>
    (await handler(new Request(`http://tuf.test${url}`, { method }))).status
  expect(await status("GET", "/timestamp.json")).toBe(200)
  expect(await status("GET", "/9.root.json")).toBe(404)
  expect(await status("PUT", "/timestamp.json")).toBe(405)
})
