import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"

import { afterAll, beforeAll, describe, expect, test } from "vitest"

import type { Rehearsal } from "../../src/app/rehearse/report.ts"

/** How a process ended, and what it wrote. */
interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

let folder: string
let programs: Readonly<Record<"Node.js" | "binary", readonly [string, ...string[]]>>

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "wheelproof-test-"))
  const out = path.join(folder, "programs")
  for (const flags of [[], ["--binary"]]) {
    const { status } = spawnSync("node", ["scripts/build.ts", "--out", out, ...flags])
    if (status !== 0) throw new Error("the programs could not be built")
  }
  programs = {
    "Node.js": [process.execPath, path.join(out, "bin.cjs")],
    binary: [path.join(out, "wheelproof")],
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

function run(
  [program, ...start]: readonly [string, ...string[]],
  args: readonly string[],
  cwd: string,
): Ended {
  const { status, stdout, stderr } = spawnSync(program, [...start, ...args], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  })
  return { status, stdout, stderr }
}

/** Rehearsals whose folders are still there. */
function left(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith("wheelproof-rehearsal-"))
}

describe.each(["Node.js", "binary"] as const)("the examples, on %s", (name) => {
  let ended: Ended
  let rehearsal: Rehearsal & { readonly outcome: string; readonly folder: string }
  let page: string

  beforeAll(() => {
    page = path.join(folder, `${name}.html`)
    const args = ["rehearse", "--keep", "--format", "json", "--html", page]
    ended = run(programs[name], args, folder)
    rehearsal = JSON.parse(ended.stdout) as typeof rehearsal
  })
  afterAll(() => rmSync(rehearsal.folder, { recursive: true }))

  test("every step comes out as promised", () => {
    expect(rehearsal.steps.flatMap(({ error }) => error ?? [])).toEqual([])
    expect({ status: ended.status, outcome: rehearsal.outcome }).toEqual({
      status: 0,
      outcome: "passed",
    })
    expect(rehearsal.projects.map((project) => project.name)).toEqual([
      "wheelproof-example-morse",
      "wheelproof-example-crc",
    ])
    expect(rehearsal.attacks.map(({ refused }) => refused)).toEqual([true, true, true])
  })

  test("each step is a line with its time on standard error, and its files are there", () => {
    for (const { title, files } of rehearsal.steps) {
      const line = ended.stderr.split("\n").find((written) => written.includes(title))
      expect(line).toMatch(/^ *\d+(?:\.\d+ s|min \d+ s) {2}\w+ +/)
      for (const file of files) {
        expect(existsSync(path.join(rehearsal.folder, file.path))).toBe(true)
        expect(ended.stderr).toContain(file.path)
      }
    }
    expect(ended.stderr).not.toContain("\u001B")
  })

  test("a pure wheel, and one for this platform that PyPI would take", () => {
    const files = rehearsal.chain?.lanes.map((lane) => lane.file) ?? []
    expect(files[0]).toBe("wheelproof_example_morse-1.0.0-py3-none-any.whl")
    expect(files[1]).toMatch(/^wheelproof_example_crc-1\.0\.0-cp3\d+-cp3\d+-(?!linux_)\S+\.whl$/)
  })

  test("the commands that it shows do what it says", () => {
    const shown = rehearsal.steps.flatMap((step) => step.commands.map((line) => ({ step, line })))
    const verifications = shown.filter(({ line }) => line[1] === "verify")
    expect(verifications).toHaveLength(5)
    for (const { step, line } of verifications) {
      const again = run(programs[name], line.slice(1), rehearsal.folder)
      expect(again.status).toBe(step.actor === "attacker" ? 1 : 0)
    }
  })

  test("the page is whole", () => {
    const text = readFileSync(page, "utf8")
    expect(text).toContain("Every step came out as promised")
    expect(text).toMatch(/<\/html>\s*$/)
    expect(text).not.toContain(rehearsal.folder)
  })
})

describe.skipIf(process.platform === "win32")("an interrupt", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "by %s ends in 130 and leaves nothing",
    async (signal) => {
      const before = left()
      const [program, ...args] = programs["Node.js"]
      const child = spawn(program, [...args, "rehearse"], { cwd: folder })
      let stderr = ""
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text
        // While the build tools are fetched.
        if (text.includes("take the commit to release")) setTimeout(() => child.kill(signal), 1_000)
      })
      const status = await new Promise<number | null>((resolve) => child.on("close", resolve))
      expect(stderr).toMatch(/\nerror: interrupted \(ERR_INTERRUPTED\)\n$/)
      expect(status).toBe(130)
      expect(left()).toEqual(before)
    },
  )
})
