import * as fs from "node:fs"
import os from "node:os"
import path from "node:path"

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"

import { takeLock } from "../../../src/sigstore/trust/lock.ts"
import {
  createTrustMachine,
  DAY_MS,
  PUBLISHED,
  SEED,
  textOf,
  type TrustMachine,
} from "../../support/trust.ts"

const HOUR_MS = 3_600_000

describe("a lock", () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "wheelproof-test-"))
    file = path.join(folder, "deep", "lock")
  })
  afterEach(() => {
    fs.rmSync(folder, { recursive: true, force: true })
  })

  test("is had by one at a time", () => {
    const release = takeLock(file, Date.now())
    expect(release).toBeTypeOf("function")
    expect(takeLock(file, Date.now())).toBeUndefined()
    release?.()
    expect(fs.existsSync(file)).toBe(false)
    expect(takeLock(file, Date.now())).toBeTypeOf("function")
  })

  test.each([-HOUR_MS, HOUR_MS])("that was taken %d ms from now was left behind", (offset) => {
    takeLock(file, Date.now())
    const then = new Date(Date.now() + offset)
    fs.utimesSync(file, then, then)
    expect(takeLock(file, Date.now())).toBeTypeOf("function")
    expect(takeLock(file, Date.now())).toBeUndefined()
  })

  test("in a folder that cannot be is granted, and giving it back is no error", () => {
    fs.writeFileSync(path.join(folder, "deep"), "")
    const release = takeLock(file, Date.now())
    expect(release).toBeTypeOf("function")
    release?.()
    expect(fs.readFileSync(path.join(folder, "deep"), "utf8")).toBe("")
  })
})

describe("several runs at once", () => {
  let machine: TrustMachine
  beforeEach(async () => {
    machine = await createTrustMachine()
  })
  afterEach(() => machine.close())

  /** Starts a run and lets it go on only when told to. */
  async function startFirst(): Promise<{
    first: ReturnType<TrustMachine["resolve"]>
    go: () => void
  }> {
    const go = machine.repository.faults.add({ kind: "slow" })
    const first = machine.resolve()
    await vi.waitFor(() => {
      expect(machine.repository.requests).toHaveLength(1)
    })
    return { first, go }
  }

  test("one refreshes, the others wait for it and use what it brought", async () => {
    const { first, go } = await startFirst()
    const others = [machine.resolve(), machine.resolve()]
    go()
    expect(await first).toMatchObject({ source: "refreshed", notes: [] })
    for (const other of await Promise.all(others)) {
      expect(textOf(other)).toBe(PUBLISHED)
      expect(other).toMatchObject({ source: "cache", notes: [] })
    }
    expect(machine.repository.requests).toHaveLength(5)
    expect(machine.left()).toHaveLength(1)
  })

  test("one that cannot do without waits too", async () => {
    const { first, go } = await startFirst()
    const embedded = machine.repository.embedded(machine.now - 90 * DAY_MS, SEED)
    const other = machine.resolve({ embedded })
    go()
    await first
    expect(await other).toMatchObject({ source: "cache", version: 1 })
    expect(machine.repository.requests).toHaveLength(5)
  })

  test("a refresh on request happens after the other one", async () => {
    const { first, go } = await startFirst()
    const other = machine.resolve({ force: true })
    go()
    await first
    expect(await other).toMatchObject({ source: "refreshed" })
    expect(machine.repository.requests.filter((name) => name === "/timestamp.json")).toHaveLength(2)
  })

  test("the one that refreshes does not succeed: the others say so", async () => {
    machine.repository.faults.add({ kind: "status", status: 503 })
    const { first, go } = await startFirst()
    const other = machine.resolve()
    go()
    expect((await first).source).toBe("embedded")
    const root = await other
    expect(textOf(root)).toBe(SEED)
    expect(root.notes).toEqual(["another run was refreshing the trust root and has not succeeded"])
    expect(machine.repository.requests).toHaveLength(1)
  })

  test("nobody waits for ever", async () => {
    const { first, go } = await startFirst()
    const root = await machine.resolve({ timeoutMs: 100 })
    expect(textOf(root)).toBe(SEED)
    expect(root.notes).toEqual([expect.stringContaining("another run")])
    go()
    await first
  })

  test("a run that needs a newer root and waited in vain fetches it itself", async () => {
    fs.mkdirSync(path.dirname(machine.lock), { recursive: true })
    fs.writeFileSync(machine.lock, "")
    const embedded = machine.repository.embedded(machine.now - 90 * DAY_MS, SEED)
    const root = await machine.resolve({ embedded, timeoutMs: 1_000 })
    expect(root).toMatchObject({ source: "refreshed", notes: [] })
    expect(fs.existsSync(machine.lock)).toBe(true)
  })

  test("waiting can be interrupted", async () => {
    const { first, go } = await startFirst()
    const stop = new AbortController()
    const other = machine.resolve({ signal: stop.signal })
    stop.abort()
    await expect(other).rejects.toMatchObject({ code: "ERR_INTERRUPTED" })
    go()
    await first
  })

  test("a lock that was left behind is no obstacle", async () => {
    fs.mkdirSync(path.dirname(machine.lock), { recursive: true })
    fs.writeFileSync(machine.lock, "1\n")
    const then = new Date(machine.now - HOUR_MS)
    fs.utimesSync(machine.lock, then, then)
    expect(await machine.resolve()).toMatchObject({ source: "refreshed" })
    expect(machine.left()).toEqual([path.relative(machine.cacheFolder, machine.cache)])
  })

  test("the lock is given back by a refresh that failed", async () => {
    machine.repository.faults.add({ kind: "status", status: 503 })
    await machine.resolve()
    expect(fs.existsSync(machine.lock)).toBe(false)
  })

  test("offline nobody waits", async () => {
    const { first, go } = await startFirst()
    expect(await machine.resolve({ offline: true })).toMatchObject({
      source: "embedded",
      notes: [],
    })
    go()
    await first
  })
})
