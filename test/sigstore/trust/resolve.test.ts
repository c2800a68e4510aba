import * as fs from "node:fs"
import path from "node:path"
import process from "node:process"

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"

import type { TrustRootOptions } from "../../../src/sigstore/trust/resolve.ts"
import {
  createTrustMachine,
  DAY_MS,
  PUBLISHED,
  SEED,
  textOf,
  type TrustMachine,
} from "../../support/trust.ts"

let machine: TrustMachine
beforeEach(async () => {
  machine = await createTrustMachine()
})
afterEach(() => machine.close())

describe("a repository that can be reached", () => {
  test("the first run fetches the trust root and keeps it", async () => {
    const root = await machine.resolve()
    expect(textOf(root)).toBe(PUBLISHED)
    expect(root).toMatchObject({
      source: "refreshed",
      origin: machine.repository.url,
      version: 1,
      asOf: machine.now,
      notes: [],
    })
    expect(machine.repository.requests).toEqual([
      "/2.root.json",
      "/timestamp.json",
      "/1.snapshot.json",
      "/1.targets.json",
      machine.repository.targetPath(),
    ])
    expect(machine.left()).toEqual([path.relative(machine.cacheFolder, machine.cache)])
  })

  test("runs of the same day use what was kept and open no socket", async () => {
    await machine.resolve()
    const asked = machine.repository.requests.length
    const root = await machine.resolveAfter(0.99)
    expect(textOf(root)).toBe(PUBLISHED)
    expect(root).toMatchObject({ source: "cache", version: 1, asOf: machine.now, notes: [] })
    expect(machine.repository.requests).toHaveLength(asked)
  })

  test("a run of the next day refreshes", async () => {
    await machine.resolve()
    machine.repository.publish('{"published":2}')
    const root = await machine.resolveAfter(1)
    expect(textOf(root)).toBe('{"published":2}')
    expect(root).toMatchObject({ source: "refreshed", asOf: machine.now + DAY_MS, notes: [] })
    expect(textOf(await machine.resolveAfter(1.5))).toBe('{"published":2}')
  })

  test("a refresh on request does not wait for the next day", async () => {
    await machine.resolve()
    machine.repository.publish('{"published":2}')
    expect(textOf(await machine.resolve())).toBe(PUBLISHED)
    const root = await machine.resolve({ force: true })
    expect(textOf(root)).toBe('{"published":2}')
    expect(root.source).toBe("refreshed")
  })

  test("a repository without news is as good as one with", async () => {
    await machine.resolve()
    const root = await machine.resolveAfter(1)
    expect(textOf(root)).toBe(PUBLISHED)
    expect(root).toMatchObject({ source: "refreshed", asOf: machine.now + DAY_MS })
    expect(textOf(await machine.resolveAfter(1.5, { offline: true }))).toBe(PUBLISHED)
  })

  test("the cache belongs to its repository", async () => {
    await machine.resolve()
    const other = await createTrustMachine()
    const root = await other.resolve({ cacheFolder: machine.cacheFolder })
    expect(root).toMatchObject({ source: "refreshed", origin: other.repository.url })
    expect(machine.left()).toHaveLength(2)
    await other.close()
  })
})

describe("a named file", () => {
  test("is used and nothing else", async () => {
    const file = path.join(path.dirname(machine.cacheFolder), "root.json")
    fs.writeFileSync(file, "mine")
    const root = await machine.resolve({ file })
    expect(textOf(root)).toBe("mine")
    expect(root).toMatchObject({ source: "file", origin: file, notes: [] })
    expect(machine.repository.requests).toEqual([])
    expect(machine.left()).toEqual([])
  })

  test("that is not there, or is no file, is a mistake in how the run is set up", async () => {
    for (const file of [path.join(machine.cacheFolder, "none.json"), process.cwd()]) {
      await expect(machine.resolve({ file })).rejects.toMatchObject({
        code: "ERR_TRUST_ROOT",
        message: expect.stringContaining(file),
      })
    }
  })
})

describe("a repository that cannot be reached", () => {
  beforeEach(() => {
    machine.repository.faults.add({ kind: "status", status: 503 })
  })

  test("the seed is used, with a note that says why", async () => {
    const root = await machine.resolve()
    expect(textOf(root)).toBe(SEED)
    expect(root).toMatchObject({ source: "embedded", asOf: machine.now - 3_600_000 })
    expect(root.notes).toEqual([
      expect.stringMatching(/could not be refreshed from 127\.0\.0\.1:\d+: .*503/),
    ])
    expect(machine.left()).toEqual([])
  })

  test("the cache is used with a note of its age for 30 days", async () => {
    machine.repository.faults.clear()
    await machine.resolve()
    machine.repository.faults.add({ kind: "status", status: 503 })
    const asked = machine.repository.requests.length
    const root = await machine.resolveAfter(3)
    expect(textOf(root)).toBe(PUBLISHED)
    expect(root).toMatchObject({ source: "cache", version: 1, asOf: machine.now })
    expect(root.notes).toEqual([
      "the trust root is 3 days old",
      expect.stringContaining("could not be refreshed"),
    ])
    expect(machine.repository.requests.length).toBeGreaterThan(asked)
  })

  test("the seed is used with a note of its age for 30 days, then it is undecided", async () => {
    const root = await machine.resolveAfter(30.9)
    expect(textOf(root)).toBe(SEED)
    expect(root.notes[0]).toBe("the trust root is 30 days old")
    await expect(machine.resolveAfter(31)).rejects.toMatchObject({
      code: "ERR_TRUST_ROOT_STALE",
      message: expect.stringMatching(/^the trust root is 31 days old and .*could not be refreshed/),
      hint: expect.stringMatching(/trust refresh.*--trusted-root.*--offline/),
    })
  })

  test("one day is not days", async () => {
    expect((await machine.resolveAfter(1)).notes[0]).toBe("the trust root is 1 day old")
  })

  test("the age that is too old can be chosen", async () => {
    await expect(machine.resolveAfter(2, { maxAgeDays: 1 })).rejects.toMatchObject({
      code: "ERR_TRUST_ROOT_STALE",
    })
    expect((await machine.resolveAfter(90, { maxAgeDays: 90 })).source).toBe("embedded")
  })

  test("a refresh on request is an error, however young the cache", async () => {
    machine.repository.faults.clear()
    await machine.resolve()
    machine.repository.faults.add({ kind: "status", status: 503 })
    await expect(machine.resolve({ force: true })).rejects.toMatchObject({ code: "ERR_NETWORK" })
  })

  test("a closed port is the same", async () => {
    await machine.repository.close()
    const root = await machine.resolve()
    expect(root.source).toBe("embedded")
    expect(root.notes).toEqual([expect.stringContaining("could not be refreshed")])
  })
})

describe("offline", () => {
  test("no socket is opened, and the seed is used whatever its age", async () => {
    const root = await machine.resolveAfter(4_000, { offline: true })
    expect(textOf(root)).toBe(SEED)
    expect(root).toMatchObject({ source: "embedded", notes: ["the trust root is 4000 days old"] })
    expect(machine.repository.requests).toEqual([])
    expect(machine.left()).toEqual([])
  })

  test("the cache is used whatever its age", async () => {
    await machine.resolve()
    const asked = machine.repository.requests.length
    const root = await machine.resolveAfter(400, { offline: true })
    expect(textOf(root)).toBe(PUBLISHED)
    expect(root).toMatchObject({ source: "cache", version: 1 })
    expect(root.notes).toEqual([expect.stringMatching(/^the trust root is \d+ days old$/)])
    expect(machine.repository.requests).toHaveLength(asked)
  })

  test("cached metadata are verified again from the embedded root", async () => {
    await machine.resolve()
    const stranger = await createTrustMachine()
    const embedded = {
      ...stranger.repository.embedded(machine.now),
      mirror: machine.repository.url,
    }
    const root = await machine.resolve({ offline: true, embedded })
    expect(root).toMatchObject({ source: "embedded" })
    expect(root.notes[0]).toContain("does not verify")
    await stranger.close()
  })
})

describe("a cache folder that cannot be", () => {
  beforeEach(() => {
    fs.writeFileSync(machine.cacheFolder, "a file")
  })

  test("the trust root is fetched, with a note", async () => {
    for (const root of [await machine.resolve(), await machine.resolve()]) {
      expect(textOf(root)).toBe(PUBLISHED)
      expect(root.source).toBe("refreshed")
      expect(root.notes).toEqual([`the trust root could not be kept in ${machine.cacheFolder}`])
    }
    expect(fs.readFileSync(machine.cacheFolder, "utf8")).toBe("a file")
  })

  test("without a repository the seed is used", async () => {
    machine.repository.faults.add({ kind: "status", status: 503 })
    expect(await machine.resolve()).toMatchObject({ source: "embedded" })
    expect(await machine.resolve({ offline: true })).toMatchObject({
      source: "embedded",
      notes: [],
    })
  })
})

/** A run on a machine whose clock is wrong by this much, tuf-js's clock too. */
async function resolveAt(
  offset: number,
  options: Partial<TrustRootOptions> = {},
): ReturnType<TrustMachine["resolve"]> {
  const now = machine.now + offset
  vi.useFakeTimers({ toFake: ["Date"], now })
  try {
    return await machine.resolve({ ...options, now })
  } finally {
    vi.useRealTimers()
  }
}

describe("a wrong clock", () => {
  const YEAR_MS = 365 * DAY_MS

  test("a year ahead: the repository seems expired, and the answer is undecided", async () => {
    await expect(resolveAt(YEAR_MS)).rejects.toMatchObject({
      code: "ERR_TRUST_ROOT_STALE",
      message: expect.stringMatching(/365 days old and .*expired/),
      hint: expect.stringContaining("check your clock"),
    })
    expect(machine.left()).toEqual([])
  })

  test("a year ahead with a cache: neither fresh nor replaced", async () => {
    await machine.resolve()
    const before = fs.readFileSync(machine.cache, "utf8")
    await expect(resolveAt(YEAR_MS)).rejects.toMatchObject({ code: "ERR_TRUST_ROOT_STALE" })
    expect(fs.readFileSync(machine.cache, "utf8")).toBe(before)
    expect(await machine.resolve()).toMatchObject({ source: "cache", notes: [] })
  })

  test("a year behind: what can be had is used, with a note", async () => {
    const root = await resolveAt(-YEAR_MS)
    expect(textOf(root)).toBe(PUBLISHED)
    expect(root.source).toBe("refreshed")
    expect(root.notes).toEqual([expect.stringMatching(/clock says \d{4}-.*check your clock/)])
  })

  test("a year behind, offline and unreachable too", async () => {
    machine.repository.faults.add({ kind: "status", status: 503 })
    const root = await resolveAt(-YEAR_MS)
    expect(textOf(root)).toBe(SEED)
    expect(root.notes).toEqual([
      expect.stringContaining("check your clock"),
      expect.stringContaining("could not be refreshed"),
    ])
    const offline = await machine.resolve({ now: machine.now - YEAR_MS, offline: true })
    expect(offline.notes).toEqual([expect.stringContaining("check your clock")])
  })

  test("a clock that was behind and is right again: the next run refreshes", async () => {
    const embedded = machine.repository.embedded(machine.now - 2 * DAY_MS)
    await resolveAt(-YEAR_MS, { embedded })
    const asked = machine.repository.requests.length
    expect(await resolveAt(-YEAR_MS, { embedded })).toMatchObject({ source: "cache" })
    expect(machine.repository.requests).toHaveLength(asked)
    expect(await machine.resolve({ embedded })).toMatchObject({ source: "refreshed", notes: [] })
    expect(machine.repository.requests.length).toBeGreaterThan(asked)
  })

  test("a few hours are no matter", async () => {
    expect((await resolveAt(-5 * 3_600_000)).notes).toEqual([])
  })
})
