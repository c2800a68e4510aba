import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import process from "node:process"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"

import { afterEach, beforeEach, expect, test, vi } from "vitest"

import { createTrustMachine, PUBLISHED, type TrustMachine } from "../../support/trust.ts"

const SCRIPT = fileURLToPath(new URL("../../support/resolve-trust.ts", import.meta.url))

let machine: TrustMachine
const children: ChildProcess[] = []
beforeEach(async () => {
  machine = await createTrustMachine()
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL")
  await machine.close()
})

function start(): { readonly child: ChildProcess; readonly result: Promise<unknown> } {
  const { root, mirror } = machine.repository.embedded(machine.now)
  const embedded = Buffer.from(root).toString("base64")
  // A seed that is too old to be used: these processes need what the repository has.
  const args = [SCRIPT, machine.cacheFolder, mirror, embedded, "0"]
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] })
  children.push(child)
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  const result = output.then(([stdout, stderr]): unknown =>
    stdout === "" ? { failed: stderr } : JSON.parse(stdout),
  )
  return { child, result }
}

/** Starts a process and lets it go on only when told to, after its first request. */
async function startFirst(): Promise<ReturnType<typeof start> & { readonly go: () => void }> {
  const go = machine.repository.faults.add({ kind: "slow" })
  const first = start()
  await vi.waitFor(() => expect(machine.repository.requests).toHaveLength(1), 20_000)
  return { ...first, go }
}

test("several processes at once refresh once", async () => {
  const { result, go } = await startFirst()
  const others = [start(), start(), start()]
  go()
  expect(await result).toEqual({ text: PUBLISHED, source: "refreshed", notes: [] })
  for (const other of others) {
    expect(await other.result).toEqual({ text: PUBLISHED, source: "cache", notes: [] })
  }
  expect(machine.repository.requests).toHaveLength(5)
  expect(machine.left()).toHaveLength(1)
})

test("a killed process leaves nothing that is in the way", async () => {
  const { child, go } = await startFirst()
  child.kill("SIGKILL")
  await once(child, "exit")
  go()
  expect(fs.existsSync(machine.cache)).toBe(false)
  expect(fs.existsSync(machine.lock)).toBe(true)
  expect(await machine.resolve({ timeoutMs: 50 })).toMatchObject({ source: "embedded" })

  const now = Date.now() + 61_000
  expect(await machine.resolve({ now })).toMatchObject({ source: "refreshed", notes: [] })
  expect(machine.left()).toHaveLength(1)
})
