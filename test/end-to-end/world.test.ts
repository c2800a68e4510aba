import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync } from "node:fs"
import process from "node:process"
import { createInterface } from "node:readline"
import { text as textOf } from "node:stream/consumers"

import { describe, expect, test } from "vitest"

/** The services are node:http on both, and faults of the connection are where the two may differ. */
const RUNTIMES = [
  ["Node.js", process.execPath],
  ["Bun", "node_modules/.bin/bun"],
] as const

describe("the local world", () => {
  test.each(RUNTIMES)("runs on %s until it is interrupted", async (_name, runtime) => {
    const child = spawn(runtime, ["src/cli/bin.ts", "world", "--format", "json"], {
      stdio: ["ignore", "pipe", "pipe"],
    })
    const ended = once(child, "close")
    const said = textOf(child.stderr)
    const [line] = (await once(createInterface(child.stdout), "line")) as [string]
    const { services, environment } = JSON.parse(line) as {
      services: Record<string, string>
      environment: Record<string, string>
    }
    const root = environment["WHEELPROOF_TRUSTED_ROOT"] ?? ""
    expect(readFileSync(root, "utf8")).toContain(services["fulcio"])
    const url = `${environment["ACTIONS_ID_TOKEN_REQUEST_URL"]}&audience=sigstore`
    const authorization = `Bearer ${environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]}`
    expect((await fetch(url, { headers: { authorization } })).status).toBe(200)
    const log = `${services["rekor"]}/api/v1/log`
    const faults = `${services["rekor"]}/-/faults`
    const headers = { "content-type": "application/json" }
    for (const kind of ["truncated", "reset"]) {
      const body = JSON.stringify({ kind, times: 1 })
      expect((await fetch(faults, { method: "POST", headers, body })).status).toBe(201)
      const read = async (): Promise<string> => await (await fetch(log)).text()
      await expect(read()).rejects.toThrow(/terminated|fetch failed/)
    }
    expect((await fetch(log)).status).toBe(200)
    child.kill("SIGINT")
    expect(await ended).toEqual([0, null])
    expect(await said).toContain("the local world has ended\n")
    expect(existsSync(root)).toBe(false)
  })
})
