import type { Input, Outcome } from "../command.ts"
import type { TrustView } from "../../app/use-cases.ts"
import type { Context } from "../context.ts"
import { TRUST_COMMAND_FLAGS } from "../flag-tables.ts"
import { usageError } from "../parse.ts"
import { trustLine } from "../render/human.ts"
import { trustJson } from "../render/json.ts"
import { noteLines } from "../render/notes.ts"
import { renderSections } from "../render/sections.ts"
import { visibleJson } from "../text.ts"
import { readTrustFlags } from "./trust-flags.ts"
import { readDestination, writtenOutcome } from "./write.ts"

/** `trust show`, `trust refresh` and `trust export`. */
export async function runTrust(
  { positionals, flags }: Input<typeof TRUST_COMMAND_FLAGS>,
  context: Context,
): Promise<Outcome> {
  const [action = ""] = positionals
  const request = readTrustFlags(flags)
  if (action === "export") {
    if (flags.given("format")) {
      throw usageError("trust", "`trust export` has one form and takes no --format")
    }
    const destination = readDestination("trust", flags)
    const { trust } = await context.useCases()
    const produced = await trust.export({ ...request, ...destination })
    return writtenOutcome(produced, destination, context.terminal)
  }
  if (flags.given("output") || flags.given("force")) {
    throw usageError(
      "trust",
      `--output and --force go with \`trust export\`, not \`trust ${action}\``,
    )
  }
  const refresh = action === "refresh"
  if (refresh && (request.offline || request.trustedRoot !== undefined)) {
    throw usageError(
      "trust",
      "`trust refresh` asks the network: no --offline and no --trusted-root",
    )
  }
  const { trust } = await context.useCases()
  const view = await (refresh ? trust.refresh(request) : trust.show(request))
  const json = flags.choice("format", TRUST_COMMAND_FLAGS.format.choices) === "json"
  return json ? viewJson(view) : viewText(view, context.terminal.clock.now())
}

function viewJson({ summary, json }: TrustView): Outcome {
  const document = { trust: trustJson(summary), content: json }
  return { stdout: `${visibleJson(document, 2)}\n`, stderr: "", exit: 0 }
}

function viewText(view: TrustView, now: number): Outcome {
  const headline = `trust root: ${trustLine(view.summary, now)}\n`
  const sections = renderSections(view)
  return {
    stdout: sections === "" ? headline : `${headline}\n${sections}`,
    stderr: noteLines(view.summary.notes),
    exit: 0,
  }
}
