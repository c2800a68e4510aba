import { equalBytes, utf8 } from "../../core/bytes.ts"
import { WheelproofError } from "../../core/errors.ts"
import type { Evidence } from "../../core/evidence.ts"
import { LIMITS } from "../../core/limits.ts"
import { parseEvidenceDocument } from "../../formats/evidence-document.ts"
import { writeAttestation } from "../../formats/write-attestation.ts"
import { type BundleParts, bundleText } from "../../formats/write-bundle.ts"
import type { Files } from "../../io/files.ts"
import type { Plan, PlannedOutput, PlannedStatement } from "./plan.ts"
import type { Prove } from "./prove.ts"

/** What decides about files that stand in the way. */
export interface WrittenRules {
  /** Whether they may be replaced. */
  readonly force: boolean
  /** What a bundle calls this run's key, where a key signs. */
  readonly keyHint: string | undefined
  readonly prove: Prove
}

/**
 * The bundles that stand where this run would write, by the id of their statement: an earlier run of the same job wrote them, and they hold. Throws
 * `ERR_OUTPUT` for anything else that stands there, unless it may be replaced.
 */
export function findWritten(
  { outputs, statements }: Plan,
  rules: WrittenRules,
  files: Files,
): ReadonlyMap<string, string> {
  const planned = new Map(statements.map((statement) => [statement.id, statement]))
  const written = new Map<string, string>()
  for (const output of outputs) {
    if (files.kind(output.file) === "missing") continue
    const statement = planned.get(output.id)
    const bundle =
      statement === undefined ? undefined : readWritten(output, statement, rules, files)
    if (bundle !== undefined) written.set(output.id, bundle)
    else if (!rules.force) throw inTheWay(output)
  }
  return written
}

/** The bundle in a file, if it is of this very statement and holds. */
function readWritten(
  { file }: PlannedOutput,
  statement: PlannedStatement,
  { keyHint, prove }: WrittenRules,
  files: Files,
): string | undefined {
  try {
    const [parsed] = parseEvidenceDocument(files.read(file, LIMITS.documentBytes), file)
    if (parsed?.kind !== "evidence") return undefined
    const { content, material, entries, timestamps } = parsed.evidence
    // A PEP 740 object without a certificate does not say which key signed it; it can only be this run's.
    const signer = material.kind === "none" ? keyMaterial(keyHint) : material
    if (signer === undefined) return undefined
    const bundle = bundleText({ content, material: signer, entries, timestamps })
    prove(bundle, statement)
    return bundle
  } catch (error) {
    if (error instanceof WheelproofError) return undefined
    throw error
  }
}

function keyMaterial(hint: string | undefined): BundleParts["material"] | undefined {
  return hint === undefined ? undefined : { kind: "key", hint }
}

function inTheWay({ file }: PlannedOutput): WheelproofError {
  return new WheelproofError("ERR_OUTPUT", `${file} exists already, and is not of this run`, {
    hint: "nothing was signed; name another folder with --output, or replace it with --force",
  })
}

/** The content of a file that a plan has. */
export function contentOf({ form }: PlannedOutput, evidence: Evidence, bundle: string): string {
  return `${form === "bundle" ? bundle : writeAttestation(evidence)}\n`
}

/** Writes what a plan has, whole files only; what stands there already with the same content stays. */
export async function writeOutputs(
  contents: readonly { readonly file: string; readonly content: string }[],
  force: boolean,
  files: Files,
): Promise<void> {
  await files.writeAll(
    contents.filter(({ file, content }) => !isWritten(file, content, files)),
    force,
  )
}

function isWritten(file: string, content: string, files: Files): boolean {
  if (files.kind(file) !== "file") return false
  return equalBytes(files.read(file, LIMITS.documentBytes), utf8(content))
}
