import path from "node:path"

import { WheelproofError } from "../core/errors.ts"
import { type CheckedDistribution, checkDistribution } from "../formats/distribution/check.ts"
import { problemsForEverybody } from "../formats/distribution/problem.ts"
import { withFileSource } from "../io/file-source.ts"
import type { Files } from "../io/files.ts"
import { createTreeWriter } from "../io/tree-writer.ts"
import type { WorkFolder } from "../io/work-folder.ts"
import type { BuildFrontend } from "./frontend.ts"
import type { BuildWatch, ToolEffects } from "./run.ts"
import { unpackSdist } from "./unpack.ts"

/** What builds wheels: PyPA's build makes one for this machine, cibuildwheel makes one for each interpreter and platform. */
export type WheelBuilder = "build" | "cibuildwheel"

/** One build of a project. */
export interface BuildOrder {
  readonly project: string
  readonly frontend: BuildFrontend
  readonly wheelBuilder: WheelBuilder
  /** cibuildwheel's command line. */
  readonly cibuildwheel: readonly [string, ...string[]]
  readonly wheels: boolean
  /** What PyPI alone refuses does not stop it. */
  readonly isPrivate: boolean
  readonly settings: readonly string[]
  /** The name of the folder in the work folder that gets the files. */
  readonly into: string
}

/** A file that was built and checked. */
export interface BuiltFile {
  readonly file: string
  readonly checked: CheckedDistribution
}

/** The world that a build works in. */
export interface BuildEffects extends ToolEffects {
  readonly files: Files
  readonly work: WorkFolder
  readonly watch: BuildWatch
}

/**
 * Builds the sdist, checks it, unpacks it, and builds wheels from what was unpacked: what users build from the sdist is what the wheels were
 * built from. The sdist comes first in the answer. Where the sdist has problems there are no wheels. Throws `ERR_COMMAND`.
 */
export async function buildDistributions(
  order: BuildOrder,
  effects: BuildEffects,
): Promise<readonly BuiltFile[]> {
  const { work, watch } = effects
  const output = work.empty(order.into, "sdist")
  watch.step("building the sdist")
  await runBuild(order, ["--sdist", "--outdir", output, order.project], effects)
  const [sdist, ...others] = await checkAll(output, effects)
  if (sdist === undefined || others.length > 0) {
    throw new WheelproofError("ERR_COMMAND", "the build made another number of sdists than one")
  }
  const { problems } = sdist.checked
  const stopping = order.isPrivate ? problemsForEverybody(problems) : problems
  if (!order.wheels || stopping.length > 0) return [sdist]
  const wheels = work.empty(order.into, "wheels")
  if (order.wheelBuilder === "cibuildwheel") await runCibuildwheel(order, sdist, wheels, effects)
  else await buildWheel(order, sdist, wheels, effects)
  return [sdist, ...(await checkAll(wheels, effects))]
}

async function buildWheel(
  order: BuildOrder,
  sdist: BuiltFile,
  output: string,
  effects: BuildEffects,
): Promise<void> {
  const { work, watch } = effects
  const root = work.empty("source")
  const name = await withFileSource(
    effects.files,
    sdist.file,
    async (source) => await unpackSdist(sdist.checked, source, createTreeWriter(root)),
  )
  watch.step("building the wheel from the sdist")
  await runBuild(order, ["--wheel", "--outdir", output, path.join(root, name)], effects)
}

async function runBuild(
  { frontend, settings }: BuildOrder,
  args: readonly string[],
  effects: BuildEffects,
): Promise<void> {
  const flags = settings.map((setting) => `--config-setting=${setting}`)
  // A path that is the same in each run: compilers write it into what they make.
  const place = frontend.takesEnvironmentFolder ? ["--env-dir", effects.work.empty("env")] : []
  await runTool([...frontend.command, ...place, ...flags, ...args], effects)
}

// cibuildwheel takes an sdist, and passes SOURCE_DATE_EPOCH into its containers.
async function runCibuildwheel(
  { cibuildwheel }: BuildOrder,
  sdist: BuiltFile,
  output: string,
  effects: BuildEffects,
): Promise<void> {
  effects.watch.step("building wheels from the sdist with cibuildwheel")
  await runTool([...cibuildwheel, "--output-dir", output, sdist.file], effects)
}

/** A matrix of wheels in emulation takes hours. */
const BUILD_MS = 24 * 3_600_000

async function runTool(
  command: readonly [string, ...string[]],
  { run, environment, signal, work, watch }: BuildEffects,
): Promise<void> {
  const { status } = await run({
    command,
    folder: work.path,
    environment,
    timeoutMs: BUILD_MS,
    signal,
    hear: (line) => watch.line(line),
  })
  if (status === 0) return
  const ended = status === null ? "a signal" : `status ${status}`
  throw new WheelproofError("ERR_COMMAND", `${command.slice(0, 3).join(" ")} ended with ${ended}`, {
    hint: "the last lines that it wrote are above; --verbose shows all of them",
  })
}

async function checkAll(
  folder: string,
  { files, watch }: BuildEffects,
): Promise<readonly BuiltFile[]> {
  const names = files.list(folder).filter((name) => files.kind(path.join(folder, name)) === "file")
  const built: BuiltFile[] = []
  for (const name of names) {
    const file = path.join(folder, name)
    watch.step(`checking ${name}`)
    // oxlint-disable-next-line no-await-in-loop -- one file at a time is in memory
    const checked = await withFileSource(
      files,
      file,
      async (source) => await checkDistribution(name, source),
    )
    built.push({ file, checked })
  }
  return built
}
