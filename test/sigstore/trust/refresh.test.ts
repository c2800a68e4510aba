import * as fs from "node:fs"
import os from "node:os"
import path from "node:path"

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"

import { createTrustMachine, PUBLISHED, textOf, type TrustMachine } from "../../support/trust.ts"
import type { TufRepository } from "../../support/tuf-repository.ts"

const NEXT = '{"published":2}'

let machine: TrustMachine
let repository: TufRepository
beforeEach(async () => {
  machine = await createTrustMachine()
  ;({ repository } = machine)
})
afterEach(() => machine.close())

/** What a refresh says that must fail, and must leave everything as it was. */
async function refusal(): Promise<string> {
  const before = machine.left().map((name) => contentOf(name))
  const outcome = await machine.resolve({ force: true }).catch((error: unknown) => error)
  expect(outcome).toMatchObject({ code: "ERR_NETWORK" })
  expect(machine.left().map((name) => contentOf(name))).toEqual(before)
  return outcome instanceof Error ? outcome.message : ""
}

function contentOf(name: string): string {
  return fs.readFileSync(path.join(machine.cacheFolder, name), "utf8")
}

function change(name: string, edit: (text: string) => string): void {
  const text = repository.files.get(name)?.toString("utf8") ?? ""
  const changed = edit(text)
  expect(changed).not.toBe(text)
  repository.files.set(name, Buffer.from(changed))
}

describe("root rotation", () => {
  test("two roots later, all keys changed, the repository is still the same one", async () => {
    repository.rotate()
    repository.rotate()
    const root = await machine.resolve()
    expect(textOf(root)).toBe(PUBLISHED)
    expect(root).toMatchObject({ source: "refreshed", version: 3 })
    expect(await machine.resolve({ offline: true })).toMatchObject({ source: "cache", version: 3 })
  })

  test("a root that comes after the cache was made is added to it", async () => {
    repository.rotate()
    await machine.resolve()
    repository.rotate({ roles: ["timestamp"] })
    repository.publish(NEXT)
    const root = await machine.resolve({ force: true })
    expect(textOf(root)).toBe(NEXT)
    expect(root.version).toBe(3)
    expect(await machine.resolve({ offline: true })).toMatchObject({ source: "cache", version: 3 })
  })

  test.each(["old", "new"] as const)(
    "a root with the %s key's signature alone",
    async (signedBy) => {
      await machine.resolve()
      repository.rotate({ signedBy })
      expect(await refusal()).toMatch(/root was signed by 0\/1 keys/)
    },
  )

  test("a root that skips a version", async () => {
    repository.rotate()
    repository.rotate()
    const third = repository.files.get("/3.root.json") ?? Buffer.of()
    repository.files.set("/2.root.json", third)
    expect(await refusal()).toMatch(/root was signed by 0\/1 keys|Expected version 2, got 3/)
  })

  test("a repository that takes back a root is refused, though that root's keys are good", async () => {
    const before = new Map(repository.files)
    repository.rotate()
    repository.publish(NEXT)
    expect(await machine.resolve()).toMatchObject({ version: 2 })
    repository.files.clear()
    for (const [name, bytes] of before) repository.files.set(name, bytes)
    expect(await refusal()).toMatch(/timestamp was signed by 0\/1 keys/)
    expect(textOf(await machine.resolve())).toBe(NEXT)
  })

  test("the roots that are known are not fetched again", async () => {
    repository.rotate()
    await machine.resolve()
    const asked = repository.requests.length
    await machine.resolve({ force: true })
    expect(repository.requests.slice(asked)).not.toContain("/2.root.json")
    expect(repository.requests.slice(asked)).toContain("/3.root.json")
  })
})

describe("rollback", () => {
  test("an older timestamp", async () => {
    const before = repository.files.get("/timestamp.json") ?? Buffer.of()
    repository.publish(NEXT)
    await machine.resolve()
    repository.files.set("/timestamp.json", before)
    expect(await refusal()).toMatch(/timestamp version 1 is less than current version 2/)
    expect(textOf(await machine.resolve())).toBe(NEXT)
  })

  test.each([
    ["timestamp", /timestamp version 1 is less than current version 2/],
    ["snapshot", /snapshot version 1 is less than current version 2/],
    ["targets", /version 1 of targets.json is less than current version 2/],
  ] as const)("%s, signed anew with an older version", async (role, message) => {
    repository.publish(NEXT)
    await machine.resolve()
    repository.restart(role, 1)
    expect(await refusal()).toMatch(message)
  })
})

test("a repository that signs two snapshots of one version", async () => {
  await machine.resolve()
  repository.restart("snapshot", 1)
  expect(await refusal()).toMatch(/does not hold: .*(?:length|hash)/)
  expect(textOf(await machine.resolve())).toBe(PUBLISHED)
})

describe("expired metadata", () => {
  test.each(["root", "timestamp", "snapshot", "targets"] as const)("%s", async (role) => {
    await machine.resolve()
    repository.expire(role, machine.now - 1_000)
    expect(await refusal()).toMatch(/expired/)
    expect(textOf(await machine.resolve())).toBe(PUBLISHED)
  })
})

describe("tampering", () => {
  test("another target of the same length", async () => {
    change(repository.targetPath(), (text) => text.replace("published", "PUBLISHED"))
    expect(await refusal()).toMatch(/hash/i)
  })

  test("a target that is shorter", async () => {
    change(repository.targetPath(), (text) => text.slice(1))
    expect(await refusal()).toMatch(/length/i)
  })

  test("a target that is longer", async () => {
    change(repository.targetPath(), (text) => `${text} `)
    expect(await refusal()).toMatch(/length/i)
  })

  test.each([
    ["/timestamp.json", /timestamp was signed by 0\/1 keys/],
    ["/1.snapshot.json", /hash/],
    ["/1.targets.json", /hash/],
  ])("%s with another date", async (name, message) => {
    change(name, (text) => text.replace(/"expires":"20/, '"expires":"21'))
    expect(await refusal()).toMatch(message)
  })

  test("a root with another date", async () => {
    repository.rotate()
    change("/2.root.json", (text) => text.replace(/"expires":"20/, '"expires":"21'))
    expect(await refusal()).toMatch(/root was signed by 0\/1 keys/)
  })

  test.each(["/timestamp.json", "/1.snapshot.json", "/1.targets.json"])(
    "%s that is not JSON",
    async (name) => {
      change(name, (text) => text.slice(0, -1))
      expect(await refusal()).toMatch(/./)
    },
  )

  test.each(["/timestamp.json", "/1.snapshot.json", "/1.targets.json", "target"])(
    "%s that is not there",
    async (name) => {
      repository.files.delete(name === "target" ? repository.targetPath() : name)
      expect(await refusal()).toMatch(/404/)
    },
  )

  test("a timestamp without an end", async () => {
    change("/timestamp.json", (text) => text + " ".repeat(20_000))
    expect(await refusal()).toMatch(/Max length reached/)
  })

  test("snapshot's metadata in the place of the timestamp", async () => {
    const snapshot = repository.files.get("/1.snapshot.json") ?? Buffer.of()
    repository.files.set("/timestamp.json", snapshot)
    expect(await refusal()).toMatch(/expected 'timestamp', got snapshot/)
  })
})

describe("a repository that does not answer as it should", () => {
  test.each(["slow", "stalled"] as const)("%s requests end in time", async (kind) => {
    repository.faults.add({ kind })
    const root = await machine.resolve({ timeoutMs: 50 })
    expect(root.source).toBe("embedded")
    expect(root.notes).toEqual([expect.stringMatching(/timeout|timed out/)])
  })

  test("redirects are not followed", async () => {
    const other = await createTrustMachine()
    const location = `${other.repository.url}/1.root.json`
    repository.faults.add({ kind: "status", status: 302, headers: { location } })
    expect(await refusal()).toMatch(/./)
    expect(other.repository.requests).toEqual([])
    await other.close()
  })

  test("an interrupted refresh is no failed one", async () => {
    const stop = new AbortController()
    repository.faults.add({ kind: "slow" })
    const pending = machine.resolve({ signal: stop.signal })
    await vi.waitFor(() => {
      expect(repository.requests).toHaveLength(1)
    })
    stop.abort()
    await expect(pending).rejects.toMatchObject({ code: "ERR_INTERRUPTED" })
    expect(machine.left()).toEqual([])
  })
})

describe("what a refresh leaves behind", () => {
  test.each(["well", "badly"])("nothing but the cache when it ends %s", async (how) => {
    const temporary = path.join(path.dirname(machine.cacheFolder), "tmp")
    fs.mkdirSync(temporary)
    vi.stubEnv("TMPDIR", temporary)
    try {
      expect(os.tmpdir()).toBe(temporary)
      if (how === "badly") repository.files.delete(repository.targetPath())
      await machine.resolve()
      expect(fs.readdirSync(temporary)).toEqual([])
      expect(machine.left()).toHaveLength(how === "well" ? 1 : 0)
    } finally {
      vi.unstubAllEnvs()
    }
  })

  test("a machine without a folder for temporary files does not refresh", async () => {
    vi.stubEnv("TMPDIR", path.join(machine.cacheFolder, "none"))
    try {
      const root = await machine.resolve()
      expect(root.source).toBe("embedded")
      expect(root.notes).toEqual([expect.stringMatching(/could not be refreshed .*ENOENT/)])
      expect(repository.requests).toEqual([])
    } finally {
      vi.unstubAllEnvs()
    }
  })
})
