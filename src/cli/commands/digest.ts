import { formatChecksums } from "../../formats/checksums.ts"
import type { Input, Outcome } from "../command.ts"
import type { Context } from "../context.ts"
import type { DIGEST_FLAGS } from "../flag-tables.ts"

/** `digest`: `sha256sum` lines, or base64 of them on one line. */
export async function runDigest(
  { positionals, flags }: Input<typeof DIGEST_FLAGS>,
  context: Context,
): Promise<Outcome> {
  const useCases = await context.useCases()
  const lines = await useCases.digest({ files: positionals, merge: flags.switch("merge") })
  const text = formatChecksums(lines)
  // Exactly what `base64 -w0` prints: no line end.
  const stdout = flags.switch("base64") ? Buffer.from(text).toString("base64") : text
  return { stdout, stderr: "", exit: 0 }
}
