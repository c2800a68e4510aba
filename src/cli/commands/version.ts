import type { Outcome } from "../command.ts"
import { VERSION } from "../version.ts"

/** `version` and `--version`. */
export async function runVersion(): Promise<Outcome> {
  return { stdout: `wheelproof ${VERSION}\n`, stderr: "", exit: 0 }
}
