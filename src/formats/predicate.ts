import type { Claim } from "../core/claim.ts"
import { WheelproofError } from "../core/errors.ts"
import { Shape } from "../core/shape.ts"
import type { ReadPredicate } from "../core/statement.ts"
import { PUBLISH_V1 } from "../core/subject.ts"
import { readProvenanceV02 } from "./provenance-v0.2.ts"
import { readProvenanceV1 } from "./provenance-v1.ts"

/** The predicate types of SLSA provenance that we read (slsa.dev, "Provenance" v0.2 and v1). */
export const PROVENANCE_V02 = "https://slsa.dev/provenance/v0.2"
export const PROVENANCE_V1 = "https://slsa.dev/provenance/v1"

const READERS: ReadonlyMap<string, (predicate: Shape) => Claim> = new Map([
  [PROVENANCE_V02, readProvenanceV02],
  [PROVENANCE_V1, readProvenanceV1],
])

/** Reads a predicate by its type. Never throws: a predicate that is not what its type says is a finding, not an error. */
export function readPredicate(predicateType: string, predicate: unknown): ReadPredicate {
  if (predicateType === PUBLISH_V1) return { kind: "publish" }
  const read = READERS.get(predicateType)
  if (read === undefined) return { kind: "other" }
  try {
    return { kind: "provenance", claim: read(new Shape(predicate, "predicate")) }
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    return { kind: "malformed", message: error.message }
  }
}
