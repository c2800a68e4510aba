import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"

import { expect, test, vi } from "vitest"

import { type CommandRequest, runCommand } from "../../src/io/command.ts"

function node(script: string, rest: Partial<CommandRequest> = {}): CommandRequest {
  return {
    command: [process.execPath, "-e", script],
    folder: tmpdir(),
    environment: {},
    timeoutMs: 30_000,
    signal: new AbortController().signal,
    ...rest,
  }
}

test("a program's end and words, whatever its status", async () => {
  const script = 'process.stdout.write("out"); process.stderr.write("err"); process.exit(7)'
  expect(await runCommand(node(script))).toEqual({ status: 7, stdout: "out", stderr: "err" })
})

test("nothing of our environment is inherited", async () => {
  process.env["WHEELPROOF_TEST_SECRET"] = "secret"
  const script = "process.stdout.write(JSON.stringify(Object.keys(process.env)))"
  const { stdout } = await runCommand(node(script, { environment: { A: "1" } }))
  delete process.env["WHEELPROOF_TEST_SECRET"]
  expect(JSON.parse(stdout)).toEqual(["A"])
})

test("only the end of a long output is kept", async () => {
  const script = 'process.stdout.write("a".repeat(3_000_000) + "end")'
  const { stdout } = await runCommand(node(script))
  expect(stdout).toHaveLength(1_048_576)
  expect(stdout.endsWith("aend")).toBe(true)
})

test("a program that is not there", async () => {
  const request = node("", { command: ["wheelproof-has-no-such-program"] })
  await expect(runCommand(request)).rejects.toMatchObject({
    code: "ERR_COMMAND",
    message: "wheelproof-has-no-such-program could not be started",
  })
})

// The program starts one of its own, says which in a file, and both wait for ever.
const FAMILY = `
  const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" })
  require("node:fs").writeFileSync(process.env.FILE, String(child.pid))
  setInterval(() => {}, 1000)
`

test.skipIf(process.platform === "win32")(
  "an interrupt ends the program and what it has started",
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "wheelproof-test-"))
    const file = path.join(folder, "pid")
    const interrupt = new AbortController()
    const running = runCommand(
      node(FAMILY, { signal: interrupt.signal, environment: { FILE: file } }),
    )
    await vi.waitUntil(() => existsSync(file) && readFileSync(file, "utf8") !== "", 10_000)
    const pid = Number(readFileSync(file, "utf8"))
    expect(isRunning(pid)).toBe(true)
    interrupt.abort()
    await expect(running).rejects.toMatchObject({ code: "ERR_INTERRUPTED" })
    await vi.waitUntil(() => !isRunning(pid), 10_000)
    rmSync(folder, { recursive: true })
  },
)

test("an interrupt from before starts nothing", async () => {
  const request = node("", { signal: AbortSignal.abort() })
  await expect(runCommand(request)).rejects.toMatchObject({ code: "ERR_INTERRUPTED" })
})

test("too long a run", async () => {
  const request = node("setInterval(() => {}, 1000)", { timeoutMs: 300 })
  await expect(runCommand(request)).rejects.toMatchObject({ code: "ERR_COMMAND" })
})

// A process that has ended and that nobody has asked for yet still has its number on Linux.
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const status = `/proc/${pid}/stat`
  return !existsSync(status) || !/\) Z /.test(readFileSync(status, "utf8"))
}

test("each line of both streams is heard, also the last without its end, and none too long", async () => {
  const heard: string[] = []
  const script =
    'process.stdout.write("one\\r\\ntwo\\nthr"); process.stderr.write("x".repeat(9000) + "\\n"); setTimeout(() => process.stdout.write("ee"), 50)'
  await runCommand(node(script, { hear: (line) => heard.push(line) }))
  expect(heard.toSorted()).toEqual(["one", "three", "two", "x".repeat(4_096)])
})
