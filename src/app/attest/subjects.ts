import path from "node:path"

import { WheelproofError } from "../../core/errors.ts"
import { type ChecksumLine, mergeChecksums, parseChecksums } from "../../formats/checksums.ts"
import type { Files } from "../../io/files.ts"
import { hashFile } from "../../io/hash-file.ts"
import { parseDistributionFilename } from "../../packaging/distribution.ts"
import { isSidecarName } from "../../packaging/sidecars.ts"
import { expandTargets, type Target } from "../targets.ts"
import { checkDistributions } from "./distributions.ts"
import type { AttestEffects } from "./effects.ts"
import type { AttestRequest } from "./request.ts"

/** A moment before which files of this run cannot have been made, and how it is known. */
export interface RunStart {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly source: string
}

/** What is attested. */
export interface Subjects {
  readonly subjects: readonly ChecksumLine[]
  /** The one folder that all files are in; undefined for several, or without files. */
  readonly folder: string | undefined
  readonly notes: readonly string[]
}

const MAX_CHECKSUM_BYTES = 16_777_216

/**
 * The files and digests that a request names, by name and digest, sorted. Refuses what nobody should vouch for: nothing at all, two files of one name or
 * of the same content, names that are no distributions, archives that are broken, a release that is not whole, files that the given checksums do not name or name otherwise, and without
 * checksums files that are older than the run. Throws `ERR_USAGE`, and what reading throws.
 */
export async function collectSubjects(
  request: AttestRequest,
  runStart: RunStart | undefined,
  { files, breathe }: Pick<AttestEffects, "files" | "breathe">,
): Promise<Subjects> {
  const { targets, notes } = expandTargets(request.files, withoutJournal(files))
  const found = targets.map((target) => requireFile(target))
  const listed = readChecksums(request, files)
  const hashed: ChecksumLine[] = []
  for (const file of found) {
    const { sha256 } = await hashFile(files, file, breathe)
    hashed.push({ name: path.basename(file), sha256 })
  }
  if (listed === undefined) checkAges(found, runStart, files)
  else if (hashed.length > 0) compareWithList(hashed, listed)
  const subjects = hashed.length > 0 ? hashed : (listed ?? [])
  checkSubjects(subjects, request.anyFile)
  const names = subjects.map(({ name }) => name)
  const warnings = await checkDistributions(found, names, request, { files, breathe })
  const folders = new Set(found.map((file) => path.dirname(file)))
  return {
    subjects: subjects.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    folder: folders.size === 1 ? [...folders][0] : undefined,
    notes: [...notes, ...warnings],
  }
}

/** The folder of a run that is under way, beside what it writes. */
export const JOURNAL_FOLDER = ".wheelproof-attest"

// What an earlier run left there is no file that anybody meant.
function withoutJournal(files: Files): Files {
  return {
    ...files,
    list: (folder) => files.list(folder).filter((entry) => entry !== JOURNAL_FOLDER),
  }
}

function requireFile(target: Target): string {
  if (target.kind === "file") return target.file
  throw new WheelproofError("ERR_USAGE", `${target.label} is not a file that can be attested`, {
    hint: "digests go to --subjects or --subjects-base64, each with a name",
  })
}

function readChecksums(
  { checksums, checksumFiles }: AttestRequest,
  files: Files,
): readonly ChecksumLine[] | undefined {
  const lists = checksumFiles.map((file) => parseChecksums(files.read(file, MAX_CHECKSUM_BYTES)))
  if (checksums !== undefined) lists.push(parseChecksums(Buffer.from(checksums)))
  return lists.length === 0 ? undefined : mergeChecksums(lists)
}

/** A file that was there before the run began was made by something else. */
function checkAges(found: readonly string[], runStart: RunStart | undefined, files: Files): void {
  if (runStart === undefined) return
  for (const file of found) {
    const modified = files.modifiedAt(file) ?? 0
    // Some file systems keep whole seconds only.
    if (modified >= Math.floor(runStart.time / 1000) * 1000) continue
    const [changed, began] = [modified, runStart.time].map((time) => new Date(time).toISOString())
    throw new WheelproofError(
      "ERR_USAGE",
      `${file} was last changed at ${changed}, before ${runStart.source} at ${began}: this run did not build it`,
      {
        hint: "have the job that built it hand its digests over, and name them with --subjects or --subjects-base64; or say since when files count with --built-after",
      },
    )
  }
}

function compareWithList(hashed: readonly ChecksumLine[], listed: readonly ChecksumLine[]): void {
  const expected = new Map(listed.map(({ name, sha256 }) => [name, sha256]))
  for (const { name, sha256 } of hashed) {
    const digest = expected.get(name)
    if (digest === undefined) {
      throw mismatch(`${name} is not in the checksums: the build did not make it`)
    }
    if (digest !== sha256) {
      throw mismatch(`${name} has sha256:${sha256}, and the build made it with sha256:${digest}`)
    }
  }
  const present = new Set(hashed.map(({ name }) => name))
  const missing = listed.find(({ name }) => !present.has(name))
  if (missing !== undefined) {
    throw mismatch(`${missing.name} is in the checksums and not among the files`)
  }
}

function mismatch(message: string): WheelproofError {
  return new WheelproofError("ERR_USAGE", message, {
    hint: "nothing was signed; find out where the file was exchanged, lost or added between the build and here",
  })
}

function checkSubjects(subjects: readonly ChecksumLine[], anyFile: boolean): void {
  if (subjects.length === 0) {
    throw new WheelproofError("ERR_USAGE", "there is nothing to attest", {
      hint: "name sdists and wheels, or the folder that they are in",
    })
  }
  const names = new Set<string>()
  const digests = new Map<string, string>()
  for (const { name, sha256 } of subjects) {
    if (names.has(name)) {
      throw new WheelproofError("ERR_USAGE", `two of the files have the name ${name}`)
    }
    const twin = digests.get(sha256)
    if (twin !== undefined) {
      throw new WheelproofError("ERR_USAGE", `${twin} and ${name} are the same file`)
    }
    if (isSidecarName(name)) {
      throw new WheelproofError("ERR_USAGE", `${name} is evidence or a checksum by its name`)
    }
    names.add(name)
    digests.set(sha256, name)
    if (!anyFile) checkDistribution(name)
  }
}

function checkDistribution(name: string): void {
  try {
    parseDistributionFilename(name)
  } catch (cause) {
    if (!(cause instanceof WheelproofError)) throw cause
    throw new WheelproofError("ERR_USAGE", cause.message, {
      hint: "leave it out, or attest it as it is with --any-file",
      cause,
    })
  }
}
