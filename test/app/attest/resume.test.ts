import { spawn } from "node:child_process"
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import path from "node:path"
import process from "node:process"

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"

import { createHttpClient } from "../../../src/io/http.ts"
import { openJournal } from "../../../src/io/journal.ts"
import { startLocalWorld, type LocalWorld } from "../../../src/world/local-world.ts"
import { createPlace, type Place, WHEEL, WRITTEN } from "./support.ts"

const MINUTE = 60_000
/** The moment in which the world and its clients live; it goes on when it is told to. */
let now: number
let world: LocalWorld
let place: Place
beforeEach(async () => {
  now = Date.now()
  world = await startLocalWorld({ clock: () => now })
  place = createPlace(world)
})
afterEach(async () => {
  place.remove()
  await world.close()
})

const inTime = { now: () => now }
const folder = (): string => path.join(place.dist, ".wheelproof-attest")
const journal = (): string => path.join(folder(), "journal.jsonl")

/** The entries that were made since `before`. */
function logged(before: number): number {
  return world.sigstore.rekor.size() - before
}

describe("a run that broke off", () => {
  test("is finished by the next one: what is finished is kept, the rest is signed", async () => {
    const environment = place.job()
    const before = world.sigstore.rekor.size()
    const { rekor, fulcio } = world.services
    // The third entry and all after it fail.
    let taken = 0
    const first = await place.run({
      environment,
      concurrency: 1,
      effects: {
        ...inTime,
        http: createHttpClient({ offline: false }),
        openJournal: (at, name) => {
          const file = openJournal(path.join(at, name))
          return {
            ...file,
            append(line) {
              if (line.includes('"bundle"')) taken += 1
              if (taken === 2) rekor.faults.add({ kind: "reset" })
              file.append(line)
            },
          }
        },
      },
    })
    expect(first.error).toMatchObject({ code: "ERR_NETWORK" })
    expect(place.names()).toEqual([
      ".wheelproof-attest",
      "rocket-1.0.0-py3-none-any.whl",
      "rocket-1.0.0.tar.gz",
    ])
    expect(logged(before)).toBe(2)
    rekor.faults.clear()
    const second = await place.run({ environment, effects: inTime })
    expect(second.error).toBeUndefined()
    expect(second.report).toMatchObject({ signatures: 5, resumed: 3, certificates: 1 })
    expect(logged(before)).toBe(5)
    expect(fulcio.requests).toHaveLength(2)
    expect(place.names()).toEqual(WRITTEN)
    expect(await place.verdicts()).toEqual(["verified", "verified"])
  })

  test("no secret is in what it leaves", async () => {
    world.services.rekor.faults.add({ kind: "reset" })
    await place.run({ environment: place.job(), effects: inTime })
    const left = readFileSync(journal(), "utf8")
    expect(left).not.toContain("PRIVATE")
    for (const line of left.trimEnd().split("\n")) {
      expect(Object.keys(JSON.parse(line) as object)).toEqual(["id", "signature", "certificate"])
    }
    const tokens = world.services.oidc.requests.length
    expect(tokens).toBeGreaterThan(0)
    expect(left).not.toContain("eyJ")
  })

  test("after its certificate has run out: what the log has is taken, the rest signed anew", async () => {
    const environment = place.job()
    const before = world.sigstore.rekor.size()
    const { rekor } = world.services
    // Logged, but nobody ever hears of it.
    rekor.faults.add({ kind: "truncated", path: "/api/v1/log/*" })
    await place.run({ environment, concurrency: 1, effects: inTime })
    expect(logged(before)).toBe(1)
    rekor.faults.clear()
    now += 20 * MINUTE
    const { report } = await place.run({ environment, effects: inTime })
    expect(report).toMatchObject({ resumed: 1, certificates: 1 })
    expect(logged(before)).toBe(5)
    expect(await place.verdicts()).toEqual(["verified", "verified"])
  })

  test("after its certificate has run out and nothing was logged: signed anew", async () => {
    const environment = place.job()
    const before = world.sigstore.rekor.size()
    world.services.rekor.faults.add({ kind: "reset" })
    await place.run({ environment, concurrency: 1, effects: inTime })
    world.services.rekor.faults.clear()
    now += 20 * MINUTE
    const { report } = await place.run({ environment, effects: inTime })
    expect(report).toMatchObject({ resumed: 0, certificates: 1 })
    expect(logged(before)).toBe(5)
    expect(await place.verdicts()).toEqual(["verified", "verified"])
  })

  test("with Rekor v2, which gives nothing back, it is signed anew", async () => {
    const environment = place.job()
    world.services.rekorV2.faults.add({ kind: "truncated", times: 1 })
    const http = createHttpClient({ offline: false })
    const once = { ...inTime, http }
    const first = await place.run({ environment, logVersion: 2, concurrency: 1, effects: once })
    expect(first.error).toMatchObject({ code: "ERR_NETWORK" })
    const { report } = await place.run({ environment, logVersion: 2, effects: inTime })
    expect(report).toMatchObject({ resumed: 0 })
    expect(await place.verdicts()).toEqual(["verified", "verified"])
  })

  test("while its files were being written: they stay, and the rest is written", async () => {
    const environment = place.job()
    await place.run({ environment, effects: inTime })
    const texts = WRITTEN.map((name) => place.read(name))
    const before = world.sigstore.rekor.size()
    for (const name of ["multiple.intoto.jsonl", `${WHEEL}.slsa.attestation`]) {
      rmSync(path.join(place.dist, name))
    }
    // The aggregate is nowhere any more, so that it has to be signed again.
    const { report } = await place.run({ environment, effects: inTime })
    expect(report).toMatchObject({ signatures: 5, resumed: 4 })
    expect(logged(before)).toBe(1)
    const kept = WRITTEN.filter((name) => name !== "multiple.intoto.jsonl")
    expect(kept.map((name) => place.read(name))).toEqual(
      texts.filter((_, index) => WRITTEN[index] !== "multiple.intoto.jsonl"),
    )
  })
})

describe("a journal that somebody else wrote", () => {
  test("is proved line by line, and what does not hold is signed anew", async () => {
    const environment = place.job()
    world.services.rekor.faults.add({ kind: "reset" })
    await place.run({ environment, effects: inTime })
    world.services.rekor.faults.clear()
    const ids = readFileSync(journal(), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { id: string }).id)
    const evil = { signature: "AAAA", certificate: "AAAA" }
    const lines = [
      "",
      "{",
      "[]",
      "{}",
      '{"id":1}',
      ...ids.map((id) => JSON.stringify({ id, ...evil })),
      ...ids.map((id) => JSON.stringify({ id, bundle: "{}" })),
      ...ids.map((id) => JSON.stringify({ id, bundle: readFileSync("package.json", "utf8") })),
      '{"id":"x","bundle',
    ]
    appendFileSync(journal(), lines.join("\n"))
    const { report, error } = await place.run({ environment, effects: inTime })
    expect(error).toBeUndefined()
    expect(report).toMatchObject({ resumed: 0 })
    expect(await place.verdicts()).toEqual(["verified", "verified"])
  })

  test("with genuine attestations of another run, they are not taken", async () => {
    const other = createPlace(world)
    other.put(WHEEL, "another wheel of the same name")
    await other.run({ environment: other.job(), effects: inTime })
    const bundle = other.read(`${WHEEL}.sigstore.json`).trimEnd()
    other.remove()
    const environment = place.job()
    world.services.rekor.faults.add({ kind: "reset" })
    await place.run({ environment, effects: inTime })
    world.services.rekor.faults.clear()
    const [id] = readFileSync(journal(), "utf8").split('"').slice(3, 4)
    appendFileSync(journal(), `${JSON.stringify({ id, bundle })}\n`)
    await place.run({ environment, effects: inTime })
    expect(await place.verdicts()).toEqual(["verified", "verified"])
  })

  test("that is a link is not written to", async () => {
    const target = path.join(place.folder, "target")
    mkdirSync(target)
    symlinkSync(target, folder())
    const { error } = await place.run({ environment: place.job(), effects: inTime })
    expect(error).toMatchObject({ code: "ERR_OUTPUT" })
    expect(error?.message).toContain("is there and is not a folder of its own")
    rmSync(folder())
    mkdirSync(folder())
    symlinkSync(path.join(target, "file"), journal())
    expect(
      (await place.run({ environment: place.job(), effects: inTime })).error?.message,
    ).toContain("is there and is not a file of its own")
  })

  test("folder with something else in it is left where it is", async () => {
    mkdirSync(folder())
    writeFileSync(path.join(folder(), "mine"), "mine")
    const { error } = await place.run({ environment: place.job(), effects: inTime })
    expect(error).toBeUndefined()
    expect(place.names()).toContain(".wheelproof-attest")
    expect(readFileSync(path.join(folder(), "mine"), "utf8")).toBe("mine")
  })
})

describe("certificates", () => {
  test("another one when the first nears its end, with another token", async () => {
    const { rekor, fulcio, oidc } = world.services
    const late = { ...inTime, now: () => now }
    const run = place.run({
      environment: place.job(),
      concurrency: 1,
      effects: {
        ...late,
        openJournal: (at, name) => {
          const file = openJournal(path.join(at, name))
          return {
            ...file,
            append(line) {
              // Each signature takes three minutes.
              if (line.includes('"bundle"')) now += 3 * MINUTE
              file.append(line)
            },
          }
        },
      },
    })
    const { report, error } = await run
    expect(error).toBeUndefined()
    expect(report).toMatchObject({ certificates: 2, signatures: 5 })
    expect(fulcio.requests).toHaveLength(2)
    expect(oidc.requests.filter((request) => request.includes("/actions/token"))).toHaveLength(2)
    expect(rekor.requests).toHaveLength(5)
    expect(await place.verdicts()).toEqual(["verified", "verified"])
  })
})

describe("120 wheels", () => {
  const COUNT = 120
  const SIGNATURES = 2 * COUNT + 1

  /** Starts the command line on the wheels; its output, and how it ended. */
  function start(environment: Readonly<Record<string, string>>) {
    const flags = [
      "--trusted-root",
      place.trustedRoot,
      "--signing-config",
      path.join(place.folder, "signing_config.json"),
      "--oidc-issuer",
      `https://token.actions.githubusercontent.com=${world.urls.oidc}/github`,
    ]
    const child = spawn(process.execPath, ["src/cli/bin.ts", "attest", place.dist, ...flags], {
      env: { ...environment, PATH: process.env["PATH"] ?? "", WHEELPROOF_CACHE: place.folder },
      stdio: ["ignore", "pipe", "pipe"],
    })
    const output = { stdout: "", stderr: "" }
    child.stdout.on("data", (data: Buffer) => (output.stdout += data.toString()))
    child.stderr.on("data", (data: Buffer) => (output.stderr += data.toString()))
    const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      child.on("close", (code, signal) => resolve({ code, signal }))
    })
    return { child, output, ended }
  }

  test(
    "killed in the middle and run again: one entry for each signature, one certificate for each run",
    { timeout: 180_000 },
    async () => {
      for (const name of place.names()) rmSync(path.join(place.dist, name))
      for (let index = 0; index < COUNT; index += 1) {
        place.put(`rocket-1.0.${index}-py3-none-any.whl`, `wheel ${index}`)
      }
      writeFileSync(
        path.join(place.folder, "signing_config.json"),
        JSON.stringify(world.signingConfig(1)),
      )
      const environment = place.job()
      const before = world.sigstore.rekor.size()
      const { rekor, fulcio } = world.services
      const { child, ended } = start(environment)
      await vi.waitFor(
        () => {
          expect(logged(before)).toBeGreaterThan(SIGNATURES / 2)
        },
        { timeout: 60_000, interval: 1 },
      )
      child.kill("SIGKILL")
      expect(await ended).toEqual({ code: null, signal: "SIGKILL" })
      expect(place.names().filter((name) => name.endsWith("attestation"))).toEqual([])
      expect(rekor.requests.length).toBeLessThan(SIGNATURES)
      const again = start(environment)
      expect(await again.ended).toEqual({ code: 0, signal: null })
      expect(again.output.stderr).toBe("")
      expect(again.output.stdout).toMatch(
        new RegExp(
          `\n${COUNT} files attested by ${SIGNATURES} signatures with 1 certificate, \\d+ of them by an earlier run\n$`,
        ),
      )
      expect(logged(before)).toBe(SIGNATURES)
      expect(fulcio.requests).toHaveLength(2)
      expect(place.names()).toHaveLength(COUNT * 4 + 1)
      expect(new Set(await place.verdicts({ source: "github.com/acme/rocket" }))).toEqual(
        new Set(["verified"]),
      )
    },
  )
})
