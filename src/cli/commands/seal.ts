import type { Input, Outcome } from "../command.ts"
import type { Context } from "../context.ts"
import type { SEAL_FLAGS } from "../flag-tables.ts"
import { readTrustFlags } from "./trust-flags.ts"
import { readDestination, writtenOutcome } from "./write.ts"

/** `seal`: the sealed bundle on standard output, or in the file of `--output`. */
export async function runSeal(
  { positionals, flags }: Input<typeof SEAL_FLAGS>,
  context: Context,
): Promise<Outcome> {
  const destination = readDestination("seal", flags)
  const useCases = await context.useCases()
  const file = positionals[0] ?? ""
  const produced = await useCases.seal({ file, ...destination, ...readTrustFlags(flags) })
  return writtenOutcome(produced, destination, context.terminal)
}
