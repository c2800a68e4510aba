/** What a member of an archive is. */
export type MemberKind = "file" | "folder" | "symbolic link" | "hard link" | "device" | "other"

/** A member as its headers describe it. */
export interface ArchiveMember {
  /** The name as it is written; foreign text. */
  readonly name: string
  readonly kind: MemberKind
  /** Bytes of content. */
  readonly size: number
  /** What a link points to. */
  readonly target?: string
  /** Everything else that makes two archives of the same content differ, as text: time, mode, owner. */
  readonly attributes: Readonly<Record<string, string>>
}

/**
 * Why a member's name must not be followed, or undefined. Refused are absolute paths, drive letters, backslashes (a separator for some
 * readers), `..`, empty and `.` steps, and control characters. A folder's name may end in a slash.
 */
export function pathProblem(name: string): string | undefined {
  if (name === "") return "the name is empty"
  if (name.length > MAX_PATH) return `the name is over ${MAX_PATH} characters`
  if (name.startsWith("/")) return "the path is absolute"
  if (/^[a-z]:/i.test(name)) return "the path has a drive letter"
  if (name.includes("\\")) return "the path has a backslash"
  if (/[\p{Cc}\u2028\u2029]/u.test(name)) return "the path has control characters"
  const steps = name.replace(/\/$/, "").split("/")
  if (steps.includes("..")) return "the path leads upwards"
  if (steps.some((step) => step === "" || step === ".")) return "the path has an empty step"
  return steps.length > MAX_STEPS ? `the path has over ${MAX_STEPS} steps` : undefined
}

const MAX_PATH = 1_024
const MAX_STEPS = 100
