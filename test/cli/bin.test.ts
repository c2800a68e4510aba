import { execFileSync, spawn, spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"

import { afterAll, expect, test } from "vitest"

import { VERSION } from "../../src/cli/version.ts"

const BIN = path.resolve("src/cli/bin.ts")
const folder = mkdtempSync(path.join(tmpdir(), "wheelproof-bin-"))
afterAll(() => rmSync(folder, { recursive: true }))

function node(...argv: readonly string[]) {
  return spawnSync(process.execPath, [BIN, ...argv], { encoding: "utf8" })
}

test("it runs as a process", () => {
  expect(node("--version")).toMatchObject({
    status: 0,
    stdout: `wheelproof ${VERSION}\n`,
    stderr: "",
  })
  const { status, stdout, stderr } = node("verify", "x", "--sorce", "y")
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" })
  expect(stderr).toContain("did you mean `--source`?")
})

test("help loads neither the use cases nor any cryptography", () => {
  const trace = path.join(folder, "trace.mjs")
  writeFileSync(
    trace,
    `import { registerHooks } from "node:module"
     import { appendFileSync } from "node:fs"
     registerHooks({ load: (url, context, next) => (appendFileSync(process.env.TRACE, url + "\\n"), next(url, context)) })`,
  )
  const log = path.join(folder, "loaded.txt")
  const { status } = spawnSync(process.execPath, ["--import", trace, BIN, "--help"], {
    env: { ...process.env, TRACE: log },
  })
  expect(status).toBe(0)
  const loaded = readFileSync(log, "utf8")
  expect(loaded).toContain("/src/cli/help.ts")
  expect(loaded).not.toMatch(
    /node:(?:crypto|tls|http)|\/src\/app\/(?!(?:rehearse\/)?report\.ts)|\/cli\/render\/(?!error)|checks/,
  )
})

test("a reader that goes early is no error", async () => {
  const child = spawn(process.execPath, [BIN, "explain"], { stdio: ["ignore", "pipe", "pipe"] })
  child.stdout.destroy()
  let stderr = ""
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()))
  const status = await new Promise((resolve) => child.on("close", resolve))
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
})

test.skipIf(!existsSync("/dev/full"))("a result that cannot be written is exit 2", () => {
  const command = `"$0" "$1" explain > /dev/full`
  const { status, stderr } = spawnSync("sh", ["-c", command, process.execPath, BIN], {
    encoding: "utf8",
  })
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: "error: the result could not be written (ERR_OUTPUT)\n",
  })
})

const IMPATIENT_PIPE = `
import fcntl, os, subprocess, sys, time
read, write = os.pipe()
fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096)
os.set_blocking(write, False)
child = subprocess.Popen(sys.argv[1:], stdout=write)
os.close(write)
time.sleep(1)
with os.fdopen(read, "rb") as pipe:
    sys.stdout.buffer.write(pipe.read())
sys.exit(child.wait())
`

test.skipIf(process.platform !== "linux")(
  "a pipe that takes a part only is waited for, and gets everything once",
  () => {
    const { stdout: whole } = node("explain")
    expect(whole.length).toBeGreaterThan(4096)
    const { status, stdout } = spawnSync(
      "python3",
      ["-c", IMPATIENT_PIPE, process.execPath, BIN, "explain"],
      { encoding: "utf8" },
    )
    expect({ status, stdout }).toEqual({ status: 0, stdout: whole })
  },
)

test("an interrupt ends in 130 with nothing on standard output", async () => {
  const hooks = path.join(folder, "hang.mjs")
  // The real program, with use cases that never answer.
  writeFileSync(
    hooks,
    `import { registerHooks } from "node:module"
     const source = \`export const createContext = () => ({
       verify: () => (setInterval(() => {}, 1000), process.stderr.write("ready\\\\n"), new Promise(() => {})),
     })\`
     registerHooks({ load: (url, context, next) => url.endsWith("/src/app/wire.ts")
       ? { format: "module", shortCircuit: true, source } : next(url, context) })`,
  )
  const child = spawn(process.execPath, ["--import", hooks, BIN, "verify", "x"], {
    stdio: ["ignore", "pipe", "pipe"],
  })
  let stdout = ""
  let stderr = ""
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString()))
  child.stderr.on("data", (data: Buffer) => {
    stderr += data.toString()
    if (stderr === "ready\n") child.kill("SIGINT")
  })
  const status = await new Promise((resolve) => child.on("close", resolve))
  expect({ status, stdout, stderr }).toEqual({
    status: 130,
    stdout: "",
    stderr: "ready\nerror: interrupted (ERR_INTERRUPTED)\n",
  })
})

const OLD_NODE = ["/usr/bin/node", "/usr/local/bin/node"].find(isOld)

test.skipIf(OLD_NODE === undefined)(
  "an old Node gets a sentence, not a syntax error",
  () => {
    const out = path.join(folder, "lib")
    execFileSync("node", ["scripts/build.ts", "--out", out])
    const { status, stdout, stderr } = spawnSync(
      OLD_NODE ?? "",
      [path.join(out, "bin.cjs"), "--version"],
      { encoding: "utf8" },
    )
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" })
    expect(stderr).toMatch(
      /^error: wheelproof needs Node\.js 24\.15 or later in 24, or 26 or later, and this is \d+\.\d+\.\d+; [^\n]*standalone wheelproof binary[^\n]*\n$/,
    )
  },
  60_000,
)

function isOld(file: string): boolean {
  if (!existsSync(file)) return false
  const { stdout } = spawnSync(file, ["--version"], { encoding: "utf8" })
  return Number(/^v(\d+)/.exec(stdout)?.[1] ?? "99") < 24
}
