import * as fs from "node:fs"
import os from "node:os"
import path from "node:path"

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"

import {
  exportTrust,
  refreshTrust,
  resolveInstances,
  showTrust,
  type TrustEffects,
} from "../../src/app/trust.ts"
import type { TrustRequest } from "../../src/app/trust-request.ts"
import { createTrustSource } from "../../src/app/trust-source.ts"
import { createContext } from "../../src/app/wire.ts"
import { createFiles } from "../../src/io/files.ts"
import type { EmbeddedRoot } from "../../src/sigstore/trust/embedded.ts"
import { createWorld } from "../../src/world/world.ts"
import { createTufRepository, type TufRepository } from "../support/tuf-repository.ts"

const DAY_MS = 86_400_000
const NOW = Date.now()
const SEED = JSON.stringify(createWorld({ now: NOW }).trustedRoot())
const PUBLISHED = JSON.stringify(createWorld({ now: NOW }).trustedRoot())

// The use cases begin at the public-good instance's root; here its place is taken by a repository on loopback.
const embedded = vi.hoisted(() => ({ load: vi.fn<() => Promise<EmbeddedRoot>>() }))
vi.mock(import("../../src/sigstore/trust/embedded.ts"), async (original) => ({
  ...(await original()),
  loadEmbeddedRoot: embedded.load,
}))

let repository: TufRepository
let folder: string
let environment: Record<string, string>
beforeEach(async () => {
  repository = await createTufRepository(PUBLISHED, NOW)
  embedded.load.mockResolvedValue(repository.embedded(NOW - DAY_MS, SEED))
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "wheelproof-test-"))
  environment = { WHEELPROOF_CACHE: path.join(folder, "cache") }
})
afterEach(async () => {
  await repository.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

function effects(request: Partial<TrustRequest> = {}, days = 0): TrustEffects {
  return {
    request: { offline: false, ...request },
    environment,
    signal: new AbortController().signal,
    files: createFiles(),
    now: NOW + days * DAY_MS,
  }
}

const keyOf = (text: string): string => JSON.parse(text).tlogs[0].publicKey.rawBytes

describe("the trust root of a run", () => {
  test("is what the repository has, parsed, with where it came from", async () => {
    const { instances, summary } = await resolveInstances(effects())
    expect(instances).toHaveLength(1)
    expect(instances[0]?.logs.length).toBeGreaterThan(0)
    expect(summary).toEqual({
      source: "refreshed",
      origin: repository.url,
      version: 1,
      asOf: NOW,
      instances: instances.map(({ name }) => name),
      notes: [],
    })
    expect((await resolveInstances(effects())).summary.source).toBe("cache")
    expect(repository.requests).toHaveLength(5)
  })

  test("offline is the seed, whatever its age, and nobody is asked", async () => {
    const { summary } = await resolveInstances(effects({ offline: true }, 365))
    expect(summary).toMatchObject({
      source: "embedded",
      notes: ["the trust root is 366 days old"],
    })
    expect(summary).not.toHaveProperty("version")
    expect(repository.requests).toEqual([])
  })

  test("unreachable is the seed for 30 days, then undecided", async () => {
    repository.faults.add({ kind: "status", status: 503 })
    const { summary } = await resolveInstances(effects({}, 29))
    expect(summary.source).toBe("embedded")
    expect(summary.notes[0]).toBe("the trust root is 30 days old")
    await expect(resolveInstances(effects({}, 30))).rejects.toMatchObject({
      code: "ERR_TRUST_ROOT_STALE",
    })
  })

  test("may be allowed another age by the environment, which has to be a number of days", async () => {
    repository.faults.add({ kind: "status", status: 503 })
    environment["WHEELPROOF_TRUST_MAX_AGE_DAYS"] = "7"
    expect((await resolveInstances(effects({}, 6))).summary.source).toBe("embedded")
    await expect(resolveInstances(effects({}, 7))).rejects.toMatchObject({
      code: "ERR_TRUST_ROOT_STALE",
    })
    for (const text of ["0", "-1", "7 days", "1e3", "99999"]) {
      environment["WHEELPROOF_TRUST_MAX_AGE_DAYS"] = text
      await expect(resolveInstances(effects())).rejects.toMatchObject({ code: "ERR_CONFIG" })
    }
  })

  test("is the named file and nothing else", async () => {
    const file = path.join(folder, "root.jsonl")
    fs.writeFileSync(file, `${SEED}\n${PUBLISHED}\n`)
    const { instances, summary } = await resolveInstances(effects({ trustedRoot: file }))
    expect(instances).toHaveLength(2)
    expect(summary).toMatchObject({ source: "file", origin: file, notes: [] })
    expect(summary).not.toHaveProperty("asOf")
    expect(repository.requests).toEqual([])
    expect(fs.existsSync(path.join(folder, "cache"))).toBe(false)
  })

  test.each(["", "{}", "[]", '{"mediaType":"x"}'])("that is %j is an error", async (text) => {
    repository.publish(text)
    await expect(resolveInstances(effects())).rejects.toMatchObject({ code: "ERR_TRUST_ROOT" })
  })

  test("waits for each request as long as it was told to", async () => {
    repository.faults.add({ kind: "slow" })
    const { summary } = await resolveInstances(effects({ timeoutMs: 50 }))
    expect(summary.source).toBe("embedded")
    expect(summary.notes).toEqual([
      "the trust root is 1 day old",
      expect.stringContaining("could not be refreshed"),
    ])
  })

  test("is found once, and only when somebody asks", async () => {
    const source = createTrustSource(() => resolveInstances(effects()))
    expect(source.summary()).toBeUndefined()
    expect(repository.requests).toEqual([])
    const [one, two] = await Promise.all([source.instances(), source.instances()])
    expect(one).toBe(two)
    expect(source.summary()?.source).toBe("refreshed")
    expect(repository.requests).toHaveLength(5)
  })
})

describe("trust show", () => {
  test("names every authority and log", async () => {
    const { summary, sections } = await showTrust(effects())
    expect(summary.source).toBe("refreshed")
    expect(sections.map(({ title }) => title)).toEqual(summary.instances)
    const rows = sections[0]?.rows ?? []
    for (const label of [
      "certificate authority",
      "certificate log",
      "transparency log",
      "timestamp authority",
    ]) {
      const row = rows.find((candidate) => candidate.label === label)
      expect(row?.value).toMatch(/https:\/\/.*from \d{4}-\d{2}-\d{2}/)
    }
  })

  test("as JSON has keys and times", async () => {
    const { json, summary } = await showTrust(effects())
    expect(json).toMatchObject({
      summary,
      instances: [
        {
          name: summary.instances[0],
          transparencyLogs: expect.arrayContaining([
            expect.objectContaining({ logId: expect.any(String), keyType: "p256" }),
          ]),
        },
      ],
    })
    expect(JSON.parse(JSON.stringify(json))).toEqual(json)
  })
})

describe("trust refresh", () => {
  test("fetches at once", async () => {
    await resolveInstances(effects())
    repository.rotate()
    const { summary } = await refreshTrust(effects())
    expect(summary).toMatchObject({ source: "refreshed", version: 2, notes: [] })
  })

  test("that fails is an error", async () => {
    await resolveInstances(effects())
    repository.faults.add({ kind: "status", status: 500 })
    await expect(refreshTrust(effects())).rejects.toMatchObject({ code: "ERR_NETWORK" })
    expect((await resolveInstances(effects())).summary.source).toBe("cache")
  })
})

describe("trust export", () => {
  test("is the trust root's own bytes", async () => {
    expect(await exportTrust(effects())).toEqual({ content: PUBLISHED, notes: [] })
  })

  test("of a file that is no trust root is an error", async () => {
    const file = path.join(folder, "bad.json")
    fs.writeFileSync(file, "\u001B]0;title\u0007")
    const request = effects({ trustedRoot: file, offline: true })
    await expect(exportTrust(request)).rejects.toMatchObject({ code: "ERR_TRUST_ROOT" })
  })

  test("can be used as a file", async () => {
    const { content } = await exportTrust(effects())
    const file = path.join(folder, "exported.json")
    fs.writeFileSync(file, content)
    const again = await resolveInstances(effects({ trustedRoot: file, offline: true }))
    const { instances } = await resolveInstances(effects())
    const idsOf = ([instance]: typeof instances): unknown =>
      instance?.logs.map(({ logId }) => logId)
    expect(idsOf(again.instances)).toEqual(idsOf(instances))
  })
})

const context = (): ReturnType<typeof createContext>["trust"] =>
  createContext({ environment, signal: new AbortController().signal }).trust

describe("wired together", () => {
  test("show, refresh and export work on the cache of the environment", async () => {
    expect((await context().refresh({ offline: false })).summary.source).toBe("refreshed")
    expect((await context().show({ offline: false })).summary.source).toBe("cache")
    const output = path.join(folder, "out.json")
    await context().export({ offline: true, output, force: false })
    expect(keyOf(fs.readFileSync(output, "utf8"))).toBe(keyOf(PUBLISHED))
    await expect(context().export({ offline: true, output, force: false })).rejects.toMatchObject({
      code: "ERR_OUTPUT",
    })
    expect(repository.requests).toHaveLength(5)
  })

  test("offline opens no socket", async () => {
    expect((await context().show({ offline: true })).summary.source).toBe("embedded")
    expect(repository.requests).toEqual([])
  })
})
