import type { Sha256 } from "./digest.ts"

/** One subject of a statement: a name that is only a label, and digests by algorithm (in-toto `ResourceDescriptor`). */
export interface Subject {
  readonly name: string | undefined
  readonly digest: ReadonlyMap<string, string>
}

/** An in-toto statement, v0.1 or v1, as far as verification reads it. Its predicate is still unread JSON. */
export interface Statement {
  readonly type: string
  readonly predicateType: string
  readonly predicate: unknown
  readonly subjects: readonly Subject[]
}

/** The SHA-256 digests that a statement names; the ones it can speak for. */
export function namesDigest(statement: Statement, sha256: Sha256): boolean {
  return statement.subjects.some((subject) => subject.digest.get("sha256") === sha256)
}
