import { hash } from "node:crypto"
import path from "node:path"

import {
  type BuildEffects,
  type BuildOrder,
  buildDistributions,
  type BuiltFile,
} from "../../build/build.ts"
import { buildEnvironment } from "../../build/environment.ts"
import { findCibuildwheel, findFrontend } from "../../build/frontend.ts"
import type { BuildWatch } from "../../build/run.ts"
import { WheelproofError } from "../../core/errors.ts"
import { checkReleaseSet } from "../../formats/distribution/check-set.ts"
import { problemsForEverybody } from "../../formats/distribution/problem.ts"
import type { Breathe } from "../../io/breath.ts"
import type { RunCommand } from "../../io/command.ts"
import type { Files } from "../../io/files.ts"
import { hashFile } from "../../io/hash-file.ts"
import { fillOutput } from "../../io/output-folder.ts"
import { takeWorkFolder, type WorkFolder } from "../../io/work-folder.ts"
import { type ProjectFileSettings, readProjectSettings } from "../project-settings.ts"
import { compareBuilds } from "./compare.ts"
import { checkOutput } from "./output.ts"
import { type BuildReport, type BuildRequest, type BuiltFileReport, isBuilt } from "./report.ts"
import { describeSource, type SourceDescription } from "./source.ts"

/** The world that `build` works in. */
export interface BuildUseCaseEffects {
  readonly files: Files
  readonly run: RunCommand
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly breathe: Breathe
  /** The user's folder for what may be made again. */
  readonly cache: string
}

/**
 * The `build` use case: an sdist, and wheels built from it, each opened and checked, together compared with what is declared, and put into
 * the output folder only if all of it is right. Throws what stands in the way of a build: `ERR_USAGE`, `ERR_CONFIG`, `ERR_COMMAND`,
 * `ERR_OUTPUT`, and what reading throws.
 */
export async function build(
  request: BuildRequest,
  effects: BuildUseCaseEffects,
  watch: BuildWatch,
): Promise<BuildReport> {
  const project = findProject(request.folder, effects.files)
  const settings = readProjectSettings(project, effects.files)
  const output = path.resolve(request.output ?? path.join(project, "dist"))
  checkOutput(output, project, request.clean)
  const source = await describeSource(project, output, request, effects)
  const work = takeWorkFolder(path.join(effects.cache, "build"), nameOf(project))
  let kept: readonly string[] = []
  try {
    const environment = buildEnvironment(effects.environment, source.facts.sourceDateEpoch)
    const inside: Inside = { ...effects, environment, work, watch }
    const order = await makeOrder(project, settings, request, inside)
    const { report, files } = await buildAndJudge(order, { request, settings, source }, inside)
    if (isBuilt(report)) {
      fillOutput(output, files)
      return { ...report, output }
    }
    kept = [FIRST, SECOND]
    return { ...report, notes: [...report.notes, keptNote(work)] }
  } finally {
    work.leave(kept)
  }
}

const FIRST = "first"
const SECOND = "second"

function findProject(folder: string, files: Files): string {
  const project = path.resolve(folder)
  const isProject = ["pyproject.toml", "setup.py"].some(
    (name) => files.kind(path.join(project, name)) === "file",
  )
  if (isProject) return project
  throw new WheelproofError("ERR_INPUT_NOT_FOUND", `${folder} has no pyproject.toml`, {
    hint: "name the folder of a Python project",
  })
}

// The same for the same folder: what compilers write of it into their output is the same in each build.
function nameOf(project: string): string {
  return hash("sha256", project).slice(0, 16)
}

function keptNote(work: WorkFolder): string {
  return `nothing was put out; what was built is in ${path.join(work.path, FIRST)}`
}

async function makeOrder(
  project: string,
  settings: ProjectFileSettings,
  { wheelBuilder, python, only, isPrivate, settings: backendSettings }: BuildRequest,
  effects: BuildEffects,
): Promise<BuildOrder> {
  const builder = wheelBuilder ?? (settings.hasCibuildwheel ? "cibuildwheel" : "build")
  const wheels = only !== "sdist"
  return {
    project,
    wheels,
    isPrivate,
    wheelBuilder: builder,
    settings: backendSettings,
    into: FIRST,
    frontend: await findFrontend(python, effects.work.path, effects),
    cibuildwheel:
      builder === "cibuildwheel" && wheels
        ? await findCibuildwheel(python, effects.work.path, effects)
        : ["cibuildwheel"],
  }
}

type Inside = BuildEffects & Pick<BuildUseCaseEffects, "breathe">

interface Facts {
  readonly request: BuildRequest
  readonly settings: ProjectFileSettings
  readonly source: SourceDescription
}

async function buildAndJudge(
  order: BuildOrder,
  { request, settings, source }: Facts,
  effects: Inside,
): Promise<{ readonly report: BuildReport; readonly files: readonly string[] }> {
  const first = chosen(await buildDistributions(order, effects), request)
  const files: BuiltFileReport[] = []
  for (const each of first) files.push(await describeFile(each, request, effects))
  const names = files.map(({ name }) => name)
  const isPart = request.isPart || request.only !== undefined
  const setProblems = checkReleaseSet(names, settings.expected, { isPart })
  const report: BuildReport = {
    files,
    setProblems,
    isSetDeclared: settings.expected !== undefined,
    source: source.facts,
    frontend: order.frontend.name,
    wheelBuilder: order.wheelBuilder,
    notes: source.notes,
  }
  const paths = first.map(({ file }) => file)
  if (!request.checkReproducible || !isBuilt(report)) return { report, files: paths }
  const second = chosen(await buildDistributions({ ...order, into: SECOND }, effects), request)
  return {
    report: { ...report, reproducibility: await compareBuilds(first, second, effects.files) },
    files: paths,
  }
}

// The sdist is always built, because wheels are built from it. Where it is wrong there are no wheels, and it is what has to be shown.
function chosen(built: readonly BuiltFile[], { only }: BuildRequest): readonly BuiltFile[] {
  const wheels = built.filter(({ checked }) => checked.distribution?.kind === "wheel")
  return only === "wheels" && wheels.length > 0 ? wheels : built
}

async function describeFile(
  { file, checked }: BuiltFile,
  { isPrivate }: BuildRequest,
  { files, breathe }: Pick<BuildUseCaseEffects, "files" | "breathe">,
): Promise<BuiltFileReport> {
  const problems = isPrivate ? problemsForEverybody(checked.problems) : checked.problems
  return {
    name: checked.filename,
    size: files.withFile(file, (_, size) => size),
    sha256: (await hashFile(files, file, breathe)).sha256,
    problems,
    tolerated: checked.problems.filter((problem) => !problems.includes(problem)),
  }
}
