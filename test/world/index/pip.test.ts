import { execFile, spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { promisify } from "node:util"

import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Service, startService } from "../../../src/world/http/service.ts"
import { METADATA, WHEEL_NAME, wheelBytes } from "../../support/archives.ts"
import { createTestIndex, type TestIndex, wheelOf } from "./support.ts"

const run = promisify(execFile)
const hasPip = spawnSync("python3", ["-m", "pip", "--version"]).status === 0

const wheel = wheelBytes({ metadata: `${METADATA}Requires-Dist: booster>=1\n` })
const TIMEOUT = 120_000

/** What pip fetched of the index, in order, without the query. */
function fetched(service: Service, from = 0): readonly string[] {
  return service.requests
    .slice(from)
    .map((line) => line.replace(/\/packages\/.*\//, "…/").replace("GET ", ""))
}

describe.skipIf(!hasPip)("pip, as it is on this machine", () => {
  let index: TestIndex
  let service: Service
  let mirror: Service
  let folder: string

  beforeAll(async () => {
    index = createTestIndex()
    for (const version of ["1.0", "2.0"]) {
      const filename = `booster-${version}-py3-none-any.whl`
      const files = [{ filename, content: wheelOf("booster", version) }]
      await index.addRelease({ project: "booster", version, files })
    }
    index.yank("booster", "2.0", "leaks")
    const files = [{ filename: WHEEL_NAME, content: wheel }]
    await index.addRelease({ project: "rocket", version: "1.0.0", files })
    ;[service, mirror] = await Promise.all([
      startService(index.handler),
      startService(index.mirror),
    ])
    folder = mkdtempSync(path.join(tmpdir(), "wheelproof-test-"))
  })
  afterAll(async () => {
    await Promise.all([service.close(), mirror.close()])
    rmSync(folder, { recursive: true, force: true })
  })

  async function pip(command: string, from: Service, ...args: string[]): Promise<string> {
    const options = ["--isolated", "--disable-pip-version-check", "--no-cache-dir"]
    const { stdout } = await run(
      "python3",
      ["-m", "pip", command, ...options, "--index-url", `${from.url}/simple/`, ...args],
      { env: { PATH: process.env["PATH"], HOME: folder, PIP_CONFIG_FILE: "/dev/null" } },
    )
    return stdout
  }

  test(
    "resolves by the metadata beside the files and downloads the very bytes",
    async () => {
      const target = path.join(folder, "downloads")
      await pip("download", service, "--dest", target, "rocket")
      expect(readdirSync(target).toSorted()).toEqual(["booster-1.0-py3-none-any.whl", WHEEL_NAME])
      expect(readFileSync(path.join(target, WHEEL_NAME))).toEqual(wheel)
      expect(fetched(service)).toEqual(
        expect.arrayContaining(["/simple/rocket/", `…/${WHEEL_NAME}.metadata`, `…/${WHEEL_NAME}`]),
      )
      expect(fetched(service)).not.toContain("…/booster-2.0-py3-none-any.whl")
    },
    TIMEOUT,
  )

  test(
    "installs from a mirror of it",
    async () => {
      const target = path.join(folder, "site")
      await pip("install", mirror, "--no-compile", "--target", target, "rocket")
      expect(readdirSync(target)).toEqual(expect.arrayContaining(["booster", "rocket"]))
    },
    TIMEOUT,
  )

  test(
    "refuses a file that is not the one on the page",
    async () => {
      index.swapContent(WHEEL_NAME, wheelBytes())
      const target = path.join(folder, "swapped")
      await expect(
        pip("download", service, "--no-deps", "--dest", target, "rocket"),
      ).rejects.toThrow(/DO NOT MATCH THE HASHES/)
    },
    TIMEOUT,
  )
})
