import type { Input, Outcome } from "../command.ts"
import type { Context, DigestLine } from "../context.ts"
import type { DIGEST_FLAGS } from "../flag-tables.ts"

/** `digest`: `sha256sum` lines, or base64 of them on one line. */
export async function runDigest(
  { positionals, flags }: Input<typeof DIGEST_FLAGS>,
  context: Context,
): Promise<Outcome> {
  const useCases = await context.useCases()
  const lines = await useCases.digest({ files: positionals, merge: flags.switch("merge") })
  const text = lines.map(digestLine).join("")
  const stdout = flags.switch("base64") ? `${Buffer.from(text).toString("base64")}\n` : text
  return { stdout, stderr: "", exit: 0 }
}

// GNU coreutils: a name with a backslash or line break is escaped, and a backslash before the digest says so.
function digestLine({ name, sha256 }: DigestLine): string {
  const escaped = name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r")
  return `${escaped === name ? "" : "\\"}${sha256}  ${escaped}\n`
}
