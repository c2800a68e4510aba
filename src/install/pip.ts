import path from "node:path"
import process from "node:process"

import type { Sha256 } from "../core/digest.ts"
import { WheelproofError } from "../core/errors.ts"
import { type CommandEnd, lastWords, type RunCommand } from "../io/command.ts"

/** How programs are run for one user. */
export interface UserAccess {
  readonly run: RunCommand
  readonly environment: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** A virtual environment. */
export interface VirtualEnvironment {
  readonly folder: string
  readonly python: string
}

const TIMEOUT_MS = 180_000

/** Makes a virtual environment with pip in it. Throws `ERR_COMMAND`. */
export async function createVirtualEnvironment(
  python: string,
  folder: string,
  access: UserAccess,
): Promise<VirtualEnvironment> {
  const end = await run([python, "-m", "venv", folder], path.dirname(folder), access)
  if (end.status !== 0) {
    throw new WheelproofError("ERR_COMMAND", `no virtual environment: ${lastWords(end)}`, {
      hint: "on Debian and Ubuntu, venv is a package of its own: `apt install python3-venv`",
    })
  }
  const isWindows = process.platform === "win32"
  const program = isWindows
    ? path.join(folder, "Scripts", "python.exe")
    : path.join(folder, "bin", "python")
  return { folder, python: program }
}

/** What to download, from where. */
export interface Download {
  /** The simple index; no other is asked. */
  readonly indexUrl: URL
  /** `name==version`. */
  readonly requirement: string
  readonly folder: string
}

/** `pip download` of one wheel, without its dependencies. The file is neither installed nor believed. */
export async function downloadWheel(
  { python }: VirtualEnvironment,
  { indexUrl, requirement, folder }: Download,
  access: UserAccess,
): Promise<readonly string[]> {
  const args = ["--no-deps", "--only-binary", ":all:", "--index-url", indexUrl.href, requirement]
  const quiet = ["--no-cache-dir", "--quiet", "--dest", folder]
  const end = await run([python, "-m", "pip", "download", ...quiet, ...args], folder, access)
  if (end.status !== 0) throw failed(`pip could not download ${requirement}`, end)
  return ["pip", "download", ...args]
}

/** A file to install, and the digest that it must have. */
export interface ExactFile {
  readonly file: string
  readonly sha256: Sha256
}

/**
 * `pip install` of exactly these files: no index is asked, nothing else is installed, and pip compares each digest again before it unpacks
 * anything (`--require-hashes`).
 */
export async function installExactly(
  { python, folder }: VirtualEnvironment,
  requirements: string,
  access: UserAccess,
): Promise<readonly string[]> {
  const args = ["--no-index", "--no-deps", "--require-hashes", "--requirement", requirements]
  const line: [string, ...string[]] = [
    python,
    "-m",
    "pip",
    "install",
    "--no-cache-dir",
    "--quiet",
    ...args,
  ]
  const end = await run(line, folder, access)
  if (end.status !== 0) throw failed("pip could not install", end)
  return ["pip", "install", ...args]
}

/** What other packages a wheel needs, from whatever index the user's own pip is configured with. */
export async function installDependencies(
  { python, folder }: VirtualEnvironment,
  requirements: readonly string[],
  access: UserAccess,
): Promise<readonly string[]> {
  const line: [string, ...string[]] = [
    python,
    "-m",
    "pip",
    "install",
    "--quiet",
    "--",
    ...requirements,
  ]
  const end = await run(line, folder, access)
  if (end.status !== 0) throw failed("pip could not install the dependencies", end)
  return ["pip", "install", ...requirements]
}

/** The text of a requirements file that names files by their digests (pip, "Hash-checking Mode"). */
export function exactRequirements(files: readonly ExactFile[]): string {
  return files
    .map(({ file, sha256 }) => `${requirementPath(file)} --hash=sha256:${sha256}\n`)
    .join("")
}

// pip splits a line at white space, and `#` begins a comment.
function requirementPath(file: string): string {
  return `./${file.replaceAll(path.sep, "/")}`
}

/** Where Python has a virtual environment's packages. */
export async function sitePackages(
  { python, folder }: VirtualEnvironment,
  access: UserAccess,
): Promise<string> {
  const script = "import sysconfig; print(sysconfig.get_path('platlib'))"
  const end = await run([python, "-I", "-c", script], folder, access)
  if (end.status !== 0) throw failed("Python does not say where its packages are", end)
  return end.stdout.trimEnd()
}

/** Imports modules in a process of its own, and says where each was found. Throws `ERR_COMMAND` with the end of Python's own words. */
export async function importModules(
  { python, folder }: VirtualEnvironment,
  modules: readonly string[],
  access: UserAccess,
): Promise<string> {
  const script =
    "import importlib, sys\nfor name in sys.argv[1:]: print(importlib.import_module(name).__name__)"
  const end = await run([python, "-I", "-c", script, ...modules], folder, access)
  if (end.status !== 0) throw failed(`${modules.join(" ")} could not be imported`, end)
  return end.stdout.trimEnd()
}

async function run(
  command: readonly [string, ...string[]],
  folder: string,
  { run: start, environment, signal }: UserAccess,
): Promise<CommandEnd> {
  return start({ command, folder, environment, timeoutMs: TIMEOUT_MS, signal })
}

function failed(what: string, end: CommandEnd): WheelproofError {
  return new WheelproofError("ERR_COMMAND", `${what}: ${lastWords(end)}`)
}
