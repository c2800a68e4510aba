import path from "node:path"

import { type Sha256, parseSha256 } from "../core/digest.ts"
import { WheelproofError } from "../core/errors.ts"
import type { Files } from "../io/files.ts"
import { expandPattern, isPattern, pathsThrough } from "../io/glob.ts"
import { isSidecarName } from "../packaging/sidecars.ts"

/** One thing to verify. */
export type Target =
  | { readonly kind: "file"; readonly label: string; readonly file: string }
  | { readonly kind: "digest"; readonly label: string; readonly sha256: Sha256 }
  | { readonly kind: "stdin"; readonly label: string }

/** What a command line's targets come to. */
export interface Targets {
  readonly targets: readonly Target[]
  /** Sentences about what was left out. */
  readonly notes: readonly string[]
}

/** What a run leaves out on the way to its targets. */
interface LeftOut {
  readonly sidecars: string[]
  /** Sentences about the rest. */
  readonly notes: string[]
}

/**
 * Turns what the user named into targets: files as they are, folders into what is directly inside, patterns into what they match,
 * `sha256:HEX` and `-`. What cannot be read stays a target, so that it is not passed over. Left out, and noted, are hidden files and folders
 * in a folder, folders that a pattern matches, and evidence and checksum files in both, and where the file that they stand beside is a target
 * too (as a shell's `dist/*` gives it). Throws `ERR_INPUT_NOT_FOUND` and `ERR_USAGE`.
 */
export function expandTargets(named: readonly string[], files: Files): Targets {
  const leftOut: LeftOut = { sidecars: [], notes: [] }
  const targets = named.flatMap((name) => targetsOf(name, files, leftOut))
  const unique = [...new Map(targets.map((target) => [keyOf(target), target])).values()]
  const { sidecars, notes } = leftOut
  const kept = unique.filter((target) => !standsBesideAnother(target, unique, sidecars))
  return { targets: kept, notes: [...sidecarNote(sidecars), ...notes] }
}

function targetsOf(name: string, files: Files, leftOut: LeftOut): readonly Target[] {
  const kind = files.kind(name)
  const other = name === "-" || name.startsWith("sha256:")
  if (other && kind !== "missing") throw twoThings(name)
  if (name === "-") return [{ kind: "stdin", label: "-" }]
  if (other) return [digestTarget(name)]
  if (kind === "folder") return inside(name, files, leftOut)
  if (kind !== "missing") return [fileTarget(name)]
  refuseOtherKinds(name)
  if (isPattern(name)) return matching(name, files, leftOut)
  throw new WheelproofError("ERR_INPUT_NOT_FOUND", `there is no file ${name}`)
}

// A file's name is its writer's choice: it must not make us read something else, nor be read in place of it.
function twoThings(name: string): WheelproofError {
  const what = name === "-" ? "standard input" : "a digest"
  return new WheelproofError("ERR_USAGE", `${name} is ${what}, and there is a file of this name`, {
    hint: `write ./${name} for the file, or go to another folder for ${what}`,
  })
}

function fileTarget(name: string): Target {
  const file = readsAsPath(name) ? name : `./${name}`
  return { kind: "file", label: file, file }
}

/** Whether what a command line holds is a path, and neither a flag nor another thing to verify. */
function readsAsPath(name: string): boolean {
  return !/^(?:-|sha256:)/.test(name) && !OTHER_KINDS.some(({ pattern }) => pattern.test(name))
}

function inside(folder: string, files: Files, leftOut: LeftOut): readonly Target[] {
  const entries = files.list(folder)
  const inFolder = entries.filter((entry) => files.kind(path.join(folder, entry)) !== "folder")
  const shown = inFolder.filter((entry) => !entry.startsWith("."))
  const counts = [
    ...counted(inFolder.length - shown.length, "hidden file"),
    ...counted(entries.length - inFolder.length, "folder"),
  ].join(" and ")
  if (counts !== "") leftOut.notes.push(`left out: ${counts} in ${folder}`)
  return withoutSidecars(
    shown.map((entry) => path.join(folder, entry)),
    leftOut,
  )
}

function matching(pattern: string, files: Files, leftOut: LeftOut): readonly Target[] {
  const matches = expandPattern(pattern)
  const found = matches.filter((match) => files.kind(match) !== "folder")
  const closed = pathsThrough(pattern).filter((through) => isClosed(through, files))
  if (found.length + closed.length === 0) {
    throw new WheelproofError("ERR_INPUT_NOT_FOUND", `no file matches ${pattern}`)
  }
  const [folders] = counted(matches.length - found.length, "folder")
  if (folders !== undefined) {
    leftOut.notes.push(`left out: ${folders} that ${pattern} matches`)
  }
  return withoutSidecars([...new Set([...found, ...closed])].toSorted(), leftOut)
}

/** Whether a folder, or what may be one, cannot be looked into. */
function isClosed(folder: string, files: Files): boolean {
  if (files.kind(folder) !== "folder") return files.kind(folder) === "other"
  try {
    files.list(folder)
    return false
  } catch (error) {
    if (error instanceof WheelproofError) return true
    throw error
  }
}

function counted(count: number, noun: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${noun}${count === 1 ? "" : "s"}`]
}

function withoutSidecars(found: readonly string[], { sidecars }: LeftOut): readonly Target[] {
  const kept: Target[] = []
  for (const file of found) {
    if (isSidecarName(path.basename(file))) sidecars.push(file)
    else kept.push(fileTarget(file))
  }
  return kept
}

// A shell's pattern names the sidecars one by one. They are left out where what they stand beside is there too.
function standsBesideAnother(target: Target, all: readonly Target[], sidecars: string[]): boolean {
  if (target.kind !== "file" || !isSidecarName(path.basename(target.file))) return false
  const beside = all.some(
    (other) =>
      other.kind === "file" &&
      other !== target &&
      path.dirname(other.file) === path.dirname(target.file) &&
      !isSidecarName(path.basename(other.file)),
  )
  if (beside) sidecars.push(target.file)
  return beside
}

function digestTarget(name: string): Target {
  try {
    return { kind: "digest", label: name, sha256: parseSha256(name.slice("sha256:".length)) }
  } catch (cause) {
    throw new WheelproofError("ERR_USAGE", `${name} is not sha256: and 64 lower-case hex digits`, {
      cause,
    })
  }
}

const OTHER_KINDS: readonly { readonly pattern: RegExp; readonly hint: string }[] = [
  {
    pattern: /^(?:oci|docker):\/\//,
    hint: "container images are cosign's: `cosign verify-attestation`",
  },
  { pattern: /^(?:npm:|pkg:npm\/)/, hint: "npm packages are npm's: `npm audit signatures`" },
  {
    pattern: /^https?:\/\//,
    hint: "download the file first, with pip or uv, and name it here",
  },
]

function refuseOtherKinds(name: string): void {
  const other = OTHER_KINDS.find(({ pattern }) => pattern.test(name))
  if (other !== undefined) {
    throw new WheelproofError("ERR_USAGE", `${name} is not a file that can be verified here`, {
      hint: other.hint,
    })
  }
}

function keyOf(target: Target): string {
  return target.kind === "file" ? path.resolve(target.file) : target.label
}

function sidecarNote(sidecars: readonly string[]): readonly string[] {
  const count = sidecars.length
  if (count === 0) return []
  return [
    count === 1
      ? `${sidecars[0] ?? ""} is evidence or a checksum, not verified itself`
      : `${count} evidence and checksum files are not verified themselves`,
  ]
}
