import type { Input, Outcome } from "../command.ts"
import type { Context } from "../context.ts"
import { VIEW_FLAGS } from "../flag-tables.ts"
import { renderSections } from "../render/sections.ts"
import { visible, visibleJson } from "../text.ts"

/** `inspect`: sections for people, or a JSON array with one `{ file, content }` for each file. */
export async function runInspect(
  { positionals, flags }: Input<typeof VIEW_FLAGS>,
  context: Context,
): Promise<Outcome> {
  const useCases = await context.useCases()
  const texts: string[] = []
  const documents: unknown[] = []
  for (const file of positionals) {
    const inspection = await useCases.inspect(file)
    const heading = positionals.length > 1 ? `file ${visible(file)}\n\n` : ""
    texts.push(heading + renderSections(inspection))
    documents.push({ file, content: inspection.json })
  }
  if (flags.choice("format", VIEW_FLAGS.format.choices) === "json") {
    return { stdout: `${visibleJson(documents, 2)}\n`, stderr: "", exit: 0 }
  }
  return { stdout: texts.join("\n"), stderr: "note: nothing of this was verified\n", exit: 0 }
}
