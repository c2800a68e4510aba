import type { Outcome } from "../command.ts"
import type { Produced } from "../../app/use-cases.ts"
import type { WRITE_FLAGS } from "../flag-tables.ts"
import type { Terminal } from "../context.ts"
import type { FlagReader } from "../flag.ts"
import { usageError } from "../parse.ts"
import { noteLines } from "../render/notes.ts"
import { visible, visibleJsonText } from "../text.ts"

/** Where a produced text goes. */
export interface Destination {
  readonly output?: string
  readonly force: boolean
}

/** The output flags of `command`; `--force` without `--output` has nothing to replace and is a usage error. */
export function readDestination(
  command: string,
  flags: FlagReader<typeof WRITE_FLAGS>,
): Destination {
  const output = flags.text("output")
  const force = flags.switch("force")
  if (force && output === undefined) throw usageError(command, "--force needs --output")
  return { force, ...(output === undefined ? {} : { output }) }
}

/** Says what was written; without an output file the content itself goes to standard output. */
export function writtenOutcome(
  { content, notes }: Produced,
  { output }: Destination,
  { stdout }: Terminal,
): Outcome {
  const written = output === undefined ? "" : `wrote ${visible(output)}\n`
  // What is produced is JSON: on a terminal with escapes, which mean the same.
  const shown = stdout.isTerminal ? visibleJsonText(content) : content
  return {
    stdout: output === undefined ? shown : "",
    stderr: noteLines(notes) + written,
    exit: 0,
  }
}
