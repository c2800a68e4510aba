import path from "node:path"

import { WheelproofError } from "../core/errors.ts"
import { LIMITS } from "../core/limits.ts"
import { parseEvidenceDocument, type ParsedEvidence } from "../formats/evidence-document.ts"
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
    const lines = documentLines(bytes)
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

const BRACE = 0x7b
const NEWLINE = 0x0a

/**
 * The lines of JSON Lines; undefined for one document. They differ in their second line: of one indented document it never begins
 * with a brace.
 */
function documentLines(bytes: Uint8Array): readonly Line[] | undefined {
  const lines: Line[] = []
  for (let start = 0, number = 1; start < bytes.byteLength; number += 1) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline === -1 ? bytes.byteLength : newline
    const line = bytes.subarray(start, end)
    if (!isBlank(line)) {
      if (line[0] !== BRACE) return undefined
      lines.push({ number, bytes: line })
    }
    start = end + 1
  }
  return lines.length > 1 ? lines : undefined
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
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
