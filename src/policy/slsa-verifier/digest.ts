import { Refusal } from "./errors.ts"
import { textOf } from "./statement.ts"

/** Whether some subject has the artifact's digest under the name of an algorithm of its length; subjects' names do not count. */
export function checkDigest(subjects: readonly unknown[], hexDigest: string): void {
  const bits = hexDigest.length * 4
  if (bits < 256) throw new Refusal("ErrorInvalidHash", `a digest of ${bits} bits is too short`)
  if (subjects.length === 0)
    throw new Refusal("ErrorInvalidDssePayload", "the statement has no subjects")
  if (subjects.some((subject) => textOf(subject, "digest", `sha${bits}`) === hexDigest)) return
  throw new Refusal("ErrorMismatchHash", `expected a subject with sha${bits}:${hexDigest}`)
}
