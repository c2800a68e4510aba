import * as fs from "node:fs"
import os from "node:os"
import path from "node:path"

import * as fc from "fast-check"
import { afterEach, beforeEach, describe, expect, test } from "vitest"

import {
  cacheFile,
  cacheFolder,
  type CachedMetadata,
  readCache,
  writeCache,
} from "../../../src/sigstore/trust/cache.ts"
import type { EmbeddedRoot } from "../../../src/sigstore/trust/embedded.ts"
import {
  createTrustMachine,
  PUBLISHED,
  SEED,
  textOf,
  type TrustMachine,
} from "../../support/trust.ts"

const MIRROR = "https://tuf.example"
const METADATA: CachedMetadata = {
  refreshedAt: Date.UTC(2026, 5, 1),
  roots: [Buffer.from("root 2"), Buffer.from("root 3")],
  timestamp: Buffer.from("timestamp"),
  snapshot: Buffer.from("snapshot"),
  targets: Buffer.from("targets"),
  trustedRoot: Buffer.from("trusted root"),
  signingConfigs: new Map([["signing_config.v0.2.json", Buffer.from("signing config")]]),
}

let folder: string
let file: string
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "wheelproof-test-"))
  file = cacheFile(folder, MIRROR)
  fs.mkdirSync(path.dirname(file))
})
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

describe("the folder", () => {
  test("is the one that was named", () => {
    expect(cacheFolder({ WHEELPROOF_CACHE: folder, XDG_CACHE_HOME: "/x" })).toBe(folder)
    expect(cacheFolder({ WHEELPROOF_CACHE: "here" })).toBe(path.resolve("here"))
  })

  test.runIf(process.platform === "linux")("is the user's", () => {
    const standard = path.join(os.homedir(), ".cache", "wheelproof")
    expect(cacheFolder({ XDG_CACHE_HOME: "/x" })).toBe("/x/wheelproof")
    expect(cacheFolder({ XDG_CACHE_HOME: "relative" })).toBe(standard)
    expect(cacheFolder({ XDG_CACHE_HOME: "", WHEELPROOF_CACHE: "" })).toBe(standard)
  })

  test("does not depend on what the repository is called", () => {
    for (const mirror of ["https://a/../../b", "https://a:1/%2e%2e?x#y", "https://é"]) {
      expect(path.dirname(cacheFile(folder, mirror))).toBe(path.join(folder, "trust"))
    }
  })
})

describe("writing", () => {
  test("what was written is read", () => {
    expect(writeCache(file, METADATA)).toBe(true)
    expect(readCache(file)).toEqual(METADATA)
    expect(fs.readdirSync(path.dirname(file))).toEqual([path.basename(file)])
  })

  test("makes the folder, for this user alone", () => {
    const deep = cacheFile(path.join(folder, "a", "b"), MIRROR)
    expect(writeCache(deep, METADATA)).toBe(true)
    expect(readCache(deep)).toEqual(METADATA)
    expect(fs.statSync(path.dirname(deep)).mode & 0o077).toBe(0)
    expect(fs.statSync(deep).mode & 0o077).toBe(0)
  })

  test("a folder that cannot be written", () => {
    const blocked = path.join(folder, "file")
    fs.writeFileSync(blocked, "")
    expect(writeCache(cacheFile(blocked, MIRROR), METADATA)).toBe(false)
    expect(fs.readFileSync(blocked, "utf8")).toBe("")
  })

  test("a failed replacement leaves the old one and nothing else", () => {
    fs.mkdirSync(file)
    fs.writeFileSync(path.join(file, "inside"), "")
    expect(writeCache(file, METADATA)).toBe(false)
    expect(fs.readdirSync(path.dirname(file))).toEqual([path.basename(file)])
  })

  test("what a process that died has left is no obstacle", () => {
    fs.writeFileSync(`${file}.${process.pid}.tmp`, "half")
    expect(writeCache(file, METADATA)).toBe(true)
    expect(readCache(file)).toEqual(METADATA)
  })

  test("a link is replaced, not followed", () => {
    const elsewhere = path.join(folder, "elsewhere")
    fs.writeFileSync(elsewhere, "untouched")
    fs.symlinkSync(elsewhere, file)
    expect(readCache(file)).toBe("unusable")
    expect(writeCache(file, METADATA)).toBe(true)
    expect(readCache(file)).toEqual(METADATA)
    expect(fs.readFileSync(elsewhere, "utf8")).toBe("untouched")
  })
})

describe("reading", () => {
  test("nothing is there", () => {
    expect(readCache(file)).toBeUndefined()
  })

  test("what is no file is not opened", () => {
    fs.mkdirSync(file)
    expect(readCache(file)).toBe("unusable")
    fs.rmdirSync(file)
    fs.symlinkSync("/dev/zero", file)
    expect(readCache(file)).toBe("unusable")
  })

  test("a huge file is not read", () => {
    writeCache(file, METADATA)
    fs.truncateSync(file, 1024 ** 4)
    expect(readCache(file)).toBe("unusable")
  })

  test("a file that was cut", () => {
    writeCache(file, METADATA)
    const whole = fs.readFileSync(file)
    for (let length = 0; length < whole.length; length += 7) {
      fs.writeFileSync(file, whole.subarray(0, length))
      expect(readCache(file)).toBe("unusable")
    }
  })

  test.each([
    ["a date that is text", { refreshedAt: "soon" }],
    ["a date before 1970", { refreshedAt: -1 }],
    ["roots that are no list", { roots: "" }],
    ["roots without end", { roots: Array.from({ length: 257 }, () => "") }],
    ["a root that is no base64", { roots: ["?"] }],
    ["no timestamp", { timestamp: undefined }],
    ["a snapshot that is a list", { snapshot: [] }],
    ["targets that are null", { targets: null }],
    ["a trusted root that is an object", { trustedRoot: {} }],
    ["signing configs that are a list", { signingConfigs: [] }],
    ["a signing config that is no base64", { signingConfigs: { "signing_config.v0.2.json": "?" } }],
  ])("%s", (_name, change) => {
    writeCache(file, METADATA)
    const value: object = JSON.parse(fs.readFileSync(file, "utf8"))
    fs.writeFileSync(file, JSON.stringify({ ...value, ...change }))
    expect(readCache(file)).toBe("unusable")
  })

  test("any bytes end in metadata or are unusable", () => {
    const some = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
    )
    fc.assert(
      fc.property(some, (bytes) => {
        fs.writeFileSync(file, bytes)
        expect(readCache(file)).toBe("unusable")
      }),
    )
  })
})

describe("a cache that somebody else wrote", () => {
  let machine: TrustMachine
  beforeEach(async () => {
    machine = await createTrustMachine()
    machine.repository.rotate()
    await machine.resolve()
  })
  afterEach(() => machine.close())

  function rewrite(change: (value: Record<string, unknown>) => object): void {
    const value: Record<string, unknown> = JSON.parse(fs.readFileSync(machine.cache, "utf8"))
    fs.writeFileSync(machine.cache, JSON.stringify({ ...value, ...change(value) }))
  }

  test.each([
    ["another trusted root", { trustedRoot: Buffer.from("{}").toString("base64") }],
    ["no roots", { roots: [] }],
    ["no timestamp", { timestamp: "" }],
    ["a snapshot that is JSON of another kind", { snapshot: Buffer.from("1").toString("base64") }],
  ])("%s is not trusted, and the next refresh replaces it", async (_name, change) => {
    rewrite(() => change)
    const offline = await machine.resolve({ offline: true })
    expect(textOf(offline)).toBe(SEED)
    expect(offline).toMatchObject({ source: "embedded" })
    expect(offline.notes).toEqual([
      `the trust cache ${machine.cache} does not verify and was not used; the next refresh replaces it`,
    ])
    expect(await machine.resolve()).toMatchObject({ source: "refreshed", version: 2, notes: [] })
    expect(await machine.resolve({ offline: true })).toMatchObject({ source: "cache", notes: [] })
  })

  test("without a repository the seed is used, with notes of both", async () => {
    fs.truncateSync(machine.cache, 100)
    machine.repository.faults.add({ kind: "status", status: 503 })
    const root = await machine.resolve()
    expect(textOf(root)).toBe(SEED)
    expect(root.notes).toEqual([
      expect.stringContaining("does not verify"),
      expect.stringContaining("could not be refreshed"),
    ])
  })

  test("whichever byte is another, only what was signed or embedded comes out", async () => {
    const whole = fs.readFileSync(machine.cache)
    const place = fc.nat({ max: whole.length - 1 })
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const changed = Buffer.from(whole)
        changed[at] = (changed[at] ?? 0) ^ mask
        fs.writeFileSync(machine.cache, changed)
        const root = await machine.resolve({ offline: true })
        expect(textOf(root)).toBe(root.source === "cache" ? PUBLISHED : SEED)
      }),
    )
  })

  test("a date in the future does not make it fresh for longer than its timestamp", async () => {
    rewrite(() => ({ refreshedAt: Date.UTC(2500, 0) }))
    expect(await machine.resolveAfter(6)).toMatchObject({ source: "cache" })
    machine.repository.faults.add({ kind: "status", status: 503 })
    const root = await machine.resolveAfter(9)
    expect(root.notes[0]).toBe("the trust root is 2 days old")
    await expect(machine.resolveAfter(7 + 31)).rejects.toMatchObject({
      code: "ERR_TRUST_ROOT_STALE",
    })
  })

  test("one that is older than the seed gives way to it", async () => {
    rewrite(() => ({ refreshedAt: 0 }))
    const root = await machine.resolveAfter(2, { offline: true })
    expect(textOf(root)).toBe(SEED)
    expect(root).toMatchObject({ source: "embedded", asOf: machine.now - 3_600_000 })
    expect(root.notes).toEqual(["the trust root is 2 days old"])
  })

  test("one that is older than the seed still tells an older repository", async () => {
    const before = machine.repository.files.get("/timestamp.json") ?? Buffer.of()
    machine.repository.publish('{"published":2}')
    await machine.resolve({ force: true })
    rewrite(() => ({ refreshedAt: 0 }))
    machine.repository.files.set("/timestamp.json", before)
    const root = await machine.resolve()
    expect(root.source).toBe("embedded")
    expect(root.notes).toEqual([expect.stringContaining("is less than current version")])
  })
})

describe("a cache of another version of the program", () => {
  let machine: TrustMachine
  beforeEach(async () => {
    machine = await createTrustMachine()
    machine.repository.rotate()
    machine.repository.rotate()
    await machine.resolve()
  })
  afterEach(() => machine.close())

  function embeddedFrom(version: number): EmbeddedRoot {
    const root = machine.repository.files.get(`/${version}.root.json`) ?? Buffer.of()
    return { ...machine.repository.embedded(machine.now - 3_600_000, SEED), root }
  }

  test.each([2, 3])("whose root was older than the present one, %d", async (version) => {
    const embedded = embeddedFrom(version)
    const root = await machine.resolve({ embedded, offline: true })
    expect(textOf(root)).toBe(PUBLISHED)
    expect(root).toMatchObject({ source: "cache", version: 3, notes: [] })

    machine.repository.rotate()
    const next = await machine.resolve({ embedded, force: true })
    expect(next).toMatchObject({ source: "refreshed", version: 4 })
    expect(await machine.resolve({ embedded, offline: true })).toMatchObject({
      version: 4,
      notes: [],
    })
  })

  test("whose root was newer is of no use", async () => {
    await machine.resolve({ embedded: embeddedFrom(3), force: true })
    const offline = await machine.resolve({ offline: true })
    expect(offline).toMatchObject({ source: "embedded" })
    expect(offline.notes).toEqual([expect.stringContaining("does not verify")])
    expect(await machine.resolve()).toMatchObject({ source: "refreshed", version: 3, notes: [] })
  })
})
