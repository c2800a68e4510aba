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
  /** How pip is run for it, which need not be in it. */
  readonly pip: CommandStart
}

type CommandStart = readonly [program: string, ...args: string[]]

const TIMEOUT_MS = 180_000

/** Makes a virtual environment: with pip in it, or served by the pip of another, which is quicker. Throws `ERR_COMMAND`. */
export async function createVirtualEnvironment(
  program: string,
  folder: string,
  access: UserAccess,
  servedBy?: VirtualEnvironment,
): Promise<VirtualEnvironment> {
  const options = servedBy === undefined ? [] : ["--without-pip"]
  const end = await run([program, "-m", "venv", ...options, folder], path.dirname(folder), access)
  if (end.status !== 0) {
    throw new WheelproofError("ERR_COMMAND", `no virtual environment: ${lastWords(end)}`, {
      hint: "on Debian and Ubuntu, venv is a package of its own: `apt install python3-venv`",
    })
  }
  const inside = process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]
  const python = path.join(folder, ...inside)
  const pip: CommandStart =
    servedBy === undefined ? [python, "-m", "pip"] : [...servedBy.pip, "--python", python]
  return { folder, python, pip }
}

/** What to download, from where. */
export interface Download {
  /** The simple index; no other is asked. */
  readonly indexUrl: URL
  /** Each `name==version`. */
  readonly requirements: readonly string[]
  readonly folder: string
}

/** `pip download` of wheels, without what they depend on. The files are neither installed nor believed. Returns what was typed. */
export async function downloadWheels(
  { pip }: VirtualEnvironment,
  { indexUrl, requirements, folder }: Download,
  access: UserAccess,
): Promise<readonly string[]> {
  const wanted = ["--no-deps", "--only-binary", ":all:", ...requirements]
  const args = ["download", "--index-url", indexUrl.href, ...wanted]
  await runPip(pip, [...args, "--no-cache-dir", "--dest", "."], folder, access)
  return ["pip", ...args]
}

/** A file to install, and the digest that it must have. */
export interface ExactFile {
  readonly filename: string
  readonly sha256: Sha256
}

/** The text of a requirements file that names files beside it by their digests (pip, "Hash-checking Mode"). */
export function exactRequirements(files: readonly ExactFile[]): string {
  return files.map(({ filename, sha256 }) => `./${filename} --hash=sha256:${sha256}\n`).join("")
}

/**
 * `pip install` of exactly the files of a requirements file: no index is asked, nothing else is installed, and pip compares each digest
 * again before it unpacks anything. Returns what was typed.
 */
export async function installExactly(
  { pip }: VirtualEnvironment,
  requirements: string,
  access: UserAccess,
): Promise<readonly string[]> {
  const args = ["install", "--no-index", "--no-deps", "--require-hashes", "--requirement"]
  const { dir, base } = path.parse(requirements)
  await runPip(pip, [...args, base, "--no-cache-dir"], dir, access)
  return ["pip", ...args, base]
}

/** What else is needed, from whatever index the access's pip is configured with. Returns what was typed. */
export async function installDependencies(
  { pip, folder }: VirtualEnvironment,
  requirements: readonly string[],
  access: UserAccess,
): Promise<readonly string[]> {
  const args = ["install", "--", ...requirements]
  await runPip(pip, args, folder, access)
  return ["pip", ...args]
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

/** Imports modules in a process of its own. Throws `ERR_COMMAND` with the end of Python's own words. */
export async function importModules(
  { python, folder }: VirtualEnvironment,
  modules: readonly string[],
  access: UserAccess,
): Promise<void> {
  const script = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
  const end = await run([python, "-I", "-c", script, ...modules], folder, access)
  if (end.status !== 0) throw failed(`${modules.join(" ")} could not be imported`, end)
}

async function runPip(
  pip: CommandStart,
  [action = "", ...args]: readonly string[],
  folder: string,
  access: UserAccess,
): Promise<void> {
  const end = await run([...pip, action, "--quiet", ...args], folder, access)
  if (end.status !== 0) throw failed(`pip ${action} failed`, end)
}

async function run(
  command: CommandStart,
  folder: string,
  { run: start, environment, signal }: UserAccess,
): Promise<CommandEnd> {
  return start({ command, folder, environment, timeoutMs: TIMEOUT_MS, signal })
}

function failed(what: string, end: CommandEnd): WheelproofError {
  return new WheelproofError("ERR_COMMAND", `${what}: ${lastWords(end)}`)
}
