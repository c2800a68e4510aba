import path from "node:path"

import { sha256Hex } from "../../core/keys.ts"
import type { BuildContext } from "../../formats/build-context.ts"
import type { ChecksumLine } from "../../formats/checksums.ts"
import type { LogVersion } from "../../formats/choose-services.ts"
import { writeProvenance, writePublish } from "../../formats/write-statement.ts"
import { isDistributionFilename } from "../../packaging/distribution.ts"

/** The forms in which attestations are written. */
export type OutputForm = "bundle" | "attestation"

/** A file to write, and the statement that goes into it. */
export interface PlannedOutput {
  readonly file: string
  readonly form: OutputForm
  /** The statement's. */
  readonly id: string
  /** The name of the one subject that it is about; undefined for all of them. */
  readonly subject: string | undefined
}

/** A statement to sign. */
export interface PlannedStatement {
  /** Tells it, with the kind of log, from all other statements ever: what an earlier run made of the same one can be used again. */
  readonly id: string
  readonly payload: Uint8Array
  /** One of its subjects. */
  readonly subject: ChecksumLine
}

/** Everything that a run signs and writes. */
export interface Plan {
  readonly statements: readonly PlannedStatement[]
  readonly outputs: readonly PlannedOutput[]
  /** The file of the attestation over everything. */
  readonly aggregate: string
}

/** The file of the attestation over all subjects, as the generic SLSA generator calls it. */
export const AGGREGATE = "multiple.intoto.jsonl"

/**
 * What is signed for these subjects and where it goes: for each distribution provenance (`.sigstore.json`, and as PyPI takes it `.slsa.attestation`) and a publish
 * attestation (`.publish.attestation`), and provenance over all of them together. Files that are no distributions get a bundle alone.
 */
export function planStatements(
  subjects: readonly ChecksumLine[],
  context: BuildContext,
  { folder, log }: { readonly folder: string; readonly log: LogVersion | "none" },
): Plan {
  const statements = new Map<string, PlannedStatement>()
  const outputs: PlannedOutput[] = []
  const add = (payload: Uint8Array, subject: ChecksumLine | undefined): string => {
    const id = `${sha256Hex(payload)}-${log}`
    if (subject !== undefined) statements.set(id, { id, payload, subject })
    return id
  }
  for (const subject of subjects) {
    const { name } = subject
    const write = (ending: string, form: OutputForm, id: string): void => {
      outputs.push({ file: path.join(folder, `${name}${ending}`), form, id, subject: name })
    }
    const provenance = add(writeProvenance([subject], context), subject)
    write(".sigstore.json", "bundle", provenance)
    if (!isDistributionFilename(name)) continue
    write(".slsa.attestation", "attestation", provenance)
    write(".publish.attestation", "attestation", add(writePublish(subject), subject))
  }
  const aggregate = path.join(folder, AGGREGATE)
  const all = add(writeProvenance(subjects, context), subjects[0])
  outputs.push({ file: aggregate, form: "bundle", id: all, subject: undefined })
  return { statements: [...statements.values()], outputs, aggregate }
}
