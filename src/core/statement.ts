import type { Claim } from "./claim.ts"
import type { Sha256 } from "./digest.ts"

/** One subject of a statement: a name that is only a label, and digests by algorithm (in-toto `ResourceDescriptor`). */
export interface Subject {
  readonly name: string | undefined
  readonly digest: ReadonlyMap<string, string>
}

/** What a predicate turned out to be: provenance in our one shape, something without provenance, or not what its type says. */
export type ReadPredicate =
  | { readonly kind: "provenance"; readonly claim: Claim }
  | { readonly kind: "publish" }
  | { readonly kind: "other" }
  | { readonly kind: "malformed"; readonly message: string }

/** An in-toto statement as far as verification reads it. */
export interface Statement {
  readonly type: string
  readonly predicateType: string
  readonly predicate: ReadPredicate
  readonly subjects: readonly Subject[]
}

/** The statement types that we know (in-toto attestation spec, "Statement", v0.1 and v1). */
export const STATEMENT_TYPES: ReadonlySet<string> = new Set([
  "https://in-toto.io/Statement/v0.1",
  "https://in-toto.io/Statement/v1",
])

/** Whether a statement can speak for a file with this digest. */
export function namesDigest(statement: Statement, sha256: Sha256): boolean {
  return statement.subjects.some((subject) => subject.digest.get("sha256") === sha256)
}
