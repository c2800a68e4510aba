import path from "node:path"

import { type Sha256, parseSha256 } from "../core/digest.ts"
import { WheelproofError } from "../core/errors.ts"
import type { Files } from "../io/files.ts"
import { expandPattern, isPattern } from "../io/glob.ts"
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

/**
 * Turns what the user named into targets: files as they are, folders into what is directly inside, patterns into what they match,
 * `sha256:HEX` and `-`. What cannot be read stays a target, so that it is not passed over. Hidden files are left out of folders; evidence and checksum files are left out of folders and patterns, and
 * where the file that they stand beside is a target too (as a shell's `dist/*` gives it). Throws `ERR_INPUT_NOT_FOUND` and `ERR_USAGE`.
 */
export function expandTargets(named: readonly string[], files: Files): Targets {
  const targets: Target[] = []
  const sidecars: string[] = []
  for (const name of named) {
    if (name === "-") targets.push({ kind: "stdin", label: "-" })
    else if (name.startsWith("sha256:")) targets.push(digestTarget(name))
    else targets.push(...fileTargets(name, files, sidecars))
  }
  const unique = [...new Map(targets.map((target) => [keyOf(target), target])).values()]
  const kept = unique.filter((target) => !standsBesideAnother(target, unique, sidecars))
  return { targets: kept, notes: sidecarNote(sidecars) }
}

function fileTargets(name: string, files: Files, sidecars: string[]): readonly Target[] {
  refuseOtherKinds(name)
  const kind = files.kind(name)
  if (kind === "folder") return inside(name, files, sidecars)
  if (kind === "missing" && isPattern(name)) {
    const matches = expandPattern(name).filter((match) => files.kind(match) !== "folder")
    if (matches.length === 0) {
      throw new WheelproofError("ERR_INPUT_NOT_FOUND", `no file matches ${name}`)
    }
    return withoutSidecars(matches, sidecars)
  }
  if (kind === "missing")
    throw new WheelproofError("ERR_INPUT_NOT_FOUND", `there is no file ${name}`)
  return [{ kind: "file", label: name, file: name }]
}

function inside(folder: string, files: Files, sidecars: string[]): readonly Target[] {
  const inFolder = files
    .list(folder)
    .filter((entry) => !entry.startsWith("."))
    .map((entry) => path.join(folder, entry))
    .filter((file) => files.kind(file) !== "folder")
  return withoutSidecars(inFolder, sidecars)
}

function withoutSidecars(found: readonly string[], sidecars: string[]): readonly Target[] {
  const kept: Target[] = []
  for (const file of found) {
    if (isSidecarName(path.basename(file))) sidecars.push(file)
    else kept.push({ kind: "file", label: file, file })
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
