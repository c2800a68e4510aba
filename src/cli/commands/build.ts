import { type BuildRequest, type BuildWatch, isBuilt } from "../../app/build/report.ts"
import { BUILD_FLAGS } from "../build-flag-tables.ts"
import type { Input, Outcome } from "../command.ts"
import type { Context, Stream } from "../context.ts"
import type { Flags } from "../flag.ts"
import { usageError } from "../parse.ts"
import { buildJson, buildText } from "../render/build.ts"
import { noteLines } from "../render/notes.ts"
import { visible } from "../text.ts"

/** `build`: what was made and whether it is right; how far it is on standard error. */
export async function runBuild(
  { positionals, flags }: Input<typeof BUILD_FLAGS>,
  context: Context,
): Promise<Outcome> {
  const request = readRequest(positionals[0] ?? ".", flags)
  const quiet = flags.switch("quiet")
  const useCases = await context.useCases()
  const { stderr } = context.terminal
  const watch = createWatch(stderr, { quiet, verbose: flags.switch("verbose") })
  const report = await useCases.build(request, watch).catch(async (error: unknown) => {
    await watch.failed()
    throw error
  })
  const exit = isBuilt(report) && report.output !== undefined ? 0 : 1
  const json = flags.choice("format", BUILD_FLAGS.format.choices) === "json"
  const notes = quiet || json ? "" : noteLines(report.notes)
  return { stdout: json ? buildJson(report, exit) : buildText(report, quiet), stderr: notes, exit }
}

function readRequest(folder: string, flags: Flags<typeof BUILD_FLAGS>): BuildRequest {
  if (flags.switch("cibuildwheel") && flags.switch("no-cibuildwheel")) {
    throw usageError("build", "--cibuildwheel and --no-cibuildwheel exclude each other")
  }
  const settings = flags.list("config-setting")
  const broken = settings.find((setting) => !/^[^=\s-][^=]*=/.test(setting))
  if (broken !== undefined) {
    throw usageError("build", `--config-setting takes KEY=VALUE, got \`${visible(broken)}\``)
  }
  const [output, python] = [flags.text("output"), flags.text("python")]
  const only = flags.choice("only", BUILD_FLAGS.only.choices)
  return {
    folder,
    settings,
    clean: flags.switch("clean"),
    requireClean: flags.switch("require-clean"),
    checkReproducible: flags.switch("check-reproducible"),
    isPart: flags.switch("partial"),
    isPrivate: flags.switch("private"),
    ...(output === undefined ? {} : { output }),
    ...(python === undefined ? {} : { python }),
    ...(only === undefined ? {} : { only }),
    ...(flags.switch("cibuildwheel") ? { wheelBuilder: "cibuildwheel" } : {}),
    ...(flags.switch("no-cibuildwheel") ? { wheelBuilder: "build" } : {}),
  }
}

/** What is shown of a failed tool's output where it was not shown as it came. */
const TAIL_LINES = 40

interface TalkativeWatch extends BuildWatch {
  /** Shows the end of what was held back. */
  failed(): Promise<void>
}

function createWatch(
  stderr: Stream,
  { quiet, verbose }: { readonly quiet: boolean; readonly verbose: boolean },
): TalkativeWatch {
  let tail: string[] = []
  const say = (text: string): void => void stderr.write(`${text}\n`)
  return {
    step(words) {
      tail = []
      if (!quiet) say(visible(words))
    },
    line(text) {
      if (verbose) say(`  ${visible(text)}`)
      else tail = [...tail.slice(1 - TAIL_LINES), text]
    },
    async failed() {
      for (const text of tail) await stderr.write(`  ${visible(text)}\n`)
    },
  }
}
