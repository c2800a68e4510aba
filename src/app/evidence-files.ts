import path from "node:path"

import { WheelproofError } from "../core/errors.ts"
import { LIMITS } from "../core/limits.ts"
import { parseEvidenceDocument, type ParsedEvidence } from "../formats/evidence-document.ts"
import { evidenceLines, isBlank } from "../formats/evidence-lines.ts"
import type { Breathe } from "../io/breath.ts"
import type { Files, Line } from "../io/files.ts"
import { isSidecarName, sidecarNames } from "../packaging/sidecars.ts"

/** JSON Lines are read line by line beyond this size, so that memory stays flat. */
const WHOLE_BYTES = LIMITS.documentBytes

/** The world that evidence is read from. */
export interface EvidenceEffects {
  readonly files: Files
  readonly breathe: Breathe
}

/**
 * The evidence in a file, one attestation after the other: one JSON document, or JSON Lines with one on each line. What cannot be read
 * as evidence is yielded as malformed; a file that cannot be read at all throws.
 */
export async function* readEvidenceFile(
  { files, breathe }: EvidenceEffects,
  file: string,
): AsyncGenerator<ParsedEvidence> {
  await breathe()
  const size = files.withFile(file, (_, bytes) => bytes)
  if (size <= WHOLE_BYTES) {
    const bytes = files.read(file, WHOLE_BYTES)
    const lines = evidenceLines(bytes)
    if (lines === undefined) yield* parseEvidenceDocument(bytes, file)
    else
      for (const line of lines) {
        await breathe()
        yield* parseLine(file, line)
      }
    return
  }
  for (const line of files.lines(file, LIMITS.documentBytes)) {
    await breathe()
    yield* parseLine(file, line)
  }
}

function parseLine(file: string, { number, bytes }: Line): readonly ParsedEvidence[] {
  return isBlank(bytes) ? [] : parseEvidenceDocument(bytes, `${file} line ${number}`)
}

/** The files that a `--provenance` argument names: a file itself, or the evidence files directly in a folder. */
export function evidenceFilesIn(files: Files, named: string): readonly string[] {
  switch (files.kind(named)) {
    case "file":
    case "other":
      return [named]
    case "folder":
      return files
        .list(named)
        .filter((entry) => isSidecarName(entry) || entry.endsWith(".json"))
        .map((entry) => path.join(named, entry))
        .filter((file) => files.kind(file) === "file")
    case "missing":
      throw new WheelproofError("ERR_INPUT_NOT_FOUND", `there is no evidence file ${named}`)
  }
}

/** The evidence files that stand beside a file, by their names. */
export function sidecarsOf(files: Files, file: string): readonly string[] {
  return sidecarNames(path.basename(file))
    .map((name) => path.join(path.dirname(file), name))
    .filter((sidecar) => files.kind(sidecar) === "file")
}
