const WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
  ELOOP: "too many symbolic links",
  ENXIO: "it is not a regular file",
  ENOSPC: "no space left",
  EROFS: "the file system is read-only",
  EEXIST: "it exists already",
  ENOENT: "there is no such folder",
}

/** Why a file could not be read or written, in words where we have some. */
export function reasonOf(cause: unknown): string {
  const code = codeOf(cause)
  return WORDS[code] ?? (code === "" ? "unknown reason" : code)
}

/** The system's name for what went wrong; empty where it gave none. */
export function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : ""
}
