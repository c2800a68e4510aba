import { rehearsalOutcome } from "../../app/rehearse/report.ts"
import type { RehearseRequest } from "../../app/rehearse/request.ts"
import type { Input, Outcome } from "../command.ts"
import type { Context } from "../context.ts"
import { rehearsalExitCode } from "../exit.ts"
import { REHEARSE_FLAGS } from "../flag-tables.ts"
import type { Flags } from "../flag.ts"
import { usageError } from "../parse.ts"
import { noteLines } from "../render/notes.ts"
import { renderRehearsal } from "../render/rehearsal/human.ts"
import { chooseStyle } from "../render/style.ts"
import { createStepProgress } from "../step-progress.ts"
import { visible } from "../text.ts"

/** `rehearse`: the steps on standard error as they end, the result on standard output, and a page if one is asked for. */
export async function runRehearse(
  { positionals, flags }: Input<typeof REHEARSE_FLAGS>,
  context: Context,
): Promise<Outcome> {
  const request = await readRequest(positionals[0], flags)
  const { terminal } = context
  const { environment } = terminal
  const quiet = flags.switch("quiet")
  const color = flags.choice("color", REHEARSE_FLAGS.color.choices) ?? "auto"
  const useCases = await context.useCases()
  const progress = createStepProgress(terminal, {
    style: chooseStyle(color, terminal.stderr.isTerminal, environment),
    quiet,
  })
  const rehearsal = await useCases.rehearse(request, progress).finally(() => progress.clear())
  const isJson = flags.choice("format", REHEARSE_FLAGS.format.choices) === "json"
  const style = chooseStyle(color, terminal.stdout.isTerminal, environment)
  const wrote = request.page === undefined ? "" : `wrote ${visible(request.page.file)}\n`
  return {
    stdout: isJson
      ? (await import("../render/rehearsal/json.ts")).renderRehearsalJson(rehearsal)
      : renderRehearsal(rehearsal, style),
    stderr: (quiet || isJson ? "" : noteLines(rehearsal.notes)) + (quiet ? "" : wrote),
    exit: rehearsalExitCode(rehearsalOutcome(rehearsal)),
  }
}

async function readRequest(
  project: string | undefined,
  flags: Flags<typeof REHEARSE_FLAGS>,
): Promise<RehearseRequest> {
  const file = flags.text("html")
  const force = flags.switch("force")
  if (force && file === undefined) throw usageError("rehearse", "--force needs --html")
  const request = { keep: flags.switch("keep"), ...(project === undefined ? {} : { project }) }
  if (file === undefined) return request
  const { renderRehearsalPage } = await import("../render/rehearsal/page.ts")
  return { ...request, page: { file, force, render: renderRehearsalPage } }
}
