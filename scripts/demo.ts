import { spawnSync } from "node:child_process"
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"

const FILE = "sampleproject-4.0.0.tar.gz"
const EVIDENCE = path.resolve("examples/evidence", `${FILE}.provenance`)
const PROGRAM = path.resolve("src/cli/bin.ts")
const EXPECTED = ["--source", "github.com/pypa/sampleproject", "--workflow", "release.yml"]

/**
 * `npm run demo`: fetches a real distribution with pip, verifies it by the provenance object that PyPI publishes for it, and shows that
 * a copy with one byte changed is refused. Ends in 0 only if both came out so.
 */
function demo(folder: string): boolean {
  copyFileSync(EVIDENCE, path.join(folder, `${FILE}.provenance`))
  const verified = download(folder) ? verifyFile(folder) : verifyDigest(folder)
  say(
    verified
      ? "That is what you have just seen: the file's origin, proved offline from PyPI's own attestation."
      : "That is not what this demonstration should show. Please report it.",
  )
  return verified
}

function verifyFile(folder: string): boolean {
  say("Who built and published this file? The attestation beside it says, and wheelproof checks:")
  const genuine = wheelproof(folder, ["verify", FILE, "--offline", ...EXPECTED])
  say("Now a copy in which one byte has changed, with the same attestation:")
  const changed = path.join("changed", FILE)
  const bytes = readFileSync(path.join(folder, FILE))
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] = bytes.readUInt8(middle) === 0 ? 1 : 0
  mkdirSync(path.join(folder, "changed"))
  writeFileSync(path.join(folder, changed), bytes)
  const named = ["--provenance", `${FILE}.provenance`]
  const tampered = wheelproof(folder, ["verify", changed, "--offline", ...named, ...EXPECTED])
  return genuine === 0 && tampered === 1
}

function verifyDigest(folder: string): boolean {
  const evidence = ["--provenance", `${FILE}.provenance`, "--name", FILE]
  const genuine = `sha256:${subjectDigest()}`
  const other = genuine.replace(/.$/, (last) => (last === "0" ? "1" : "0"))
  say("So here is the digest of the file instead. Who built and published it?")
  const passed = wheelproof(folder, ["verify", genuine, "--offline", ...evidence, ...EXPECTED])
  say("Now the digest of another file, with the same attestation:")
  const failed = wheelproof(folder, ["verify", other, "--offline", ...evidence, ...EXPECTED])
  return passed === 0 && failed === 1
}

function subjectDigest(): string {
  const text = readFileSync(EVIDENCE, "utf8")
  const statement: unknown =
    JSON.parse(text).attestation_bundles[0].attestations[0].envelope.statement
  const { subject } = JSON.parse(Buffer.from(String(statement), "base64").toString())
  return subject[0].digest.sha256
}

function download(folder: string): boolean {
  const options = ["--no-deps", "--no-binary", "sampleproject", "--quiet"]
  const args = ["-m", "pip", "download", ...options, "--dest", ".", "sampleproject==4.0.0"]
  say("A real distribution, from the index that this machine's pip is configured with:")
  show(["python3", ...args])
  const { status, error } = spawnSync("python3", args, {
    cwd: folder,
    stdio: ["ignore", "ignore", "ignore"],
    timeout: 60_000,
  })
  if (error === undefined && status === 0) return true
  say(
    `pip could not fetch it (${error === undefined ? `it ended in ${status ?? "a signal"}` : error.message}): no index can be reached from here.`,
  )
  return false
}

function wheelproof(folder: string, args: readonly string[]): number | null {
  show(["wheelproof", ...args])
  const { status } = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
  })
  process.stdout.write(`(exit code ${status ?? "none"})\n`)
  return status
}

function say(sentence: string): void {
  process.stdout.write(`\n${sentence}\n`)
}

function show(command: readonly string[]): void {
  process.stdout.write(`\n$ ${command.join(" ")}\n`)
}

const folder = mkdtempSync(path.join(tmpdir(), "wheelproof-demo-"))
try {
  process.exitCode = demo(folder) ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
