import type { Identity } from "./identity.ts"

/** Where the top-level workflow of a build is, as the certificate proves it. */
export interface WorkflowLocation {
  /** The path of the file in its repository: `.github/workflows/release.yml`. */
  readonly path: string
  /** The ref or commit it was read from. */
  readonly ref: string
}

/**
 * The top-level workflow of an identity: from the build config URI (.18), or for certificates from before 2023, which lack it, from
 * the subject alternative name where that is in the source repository itself.
 * `https://github.com/OWNER/NAME/PATH@REF`, `https://gitlab.com/GROUP/NAME//PATH@REF`.
 */
export function workflowOf(identity: Identity): WorkflowLocation | undefined {
  const { sourceRepository, san } = identity
  const uri = identity.buildConfigUri ?? (san.kind === "uri" ? san.value : undefined)
  if (uri === undefined || sourceRepository === undefined) return undefined
  const prefix = `${sourceRepository}/`
  if (!uri.startsWith(prefix)) return undefined
  const { name, ref } = splitAtRef(uri.slice(prefix.length))
  return ref === undefined ? undefined : { path: name.replace(/^\//, ""), ref }
}

/**
 * Splits `name@ref`. Names and refs may hold an `@` themselves, but a workflow's file is directly in its folder, so that no name holds
 * `@refs/`: the first one is the border, or else the last `@` (before a commit).
 */
export function splitAtRef(uri: string): {
  readonly name: string
  readonly ref: string | undefined
} {
  const before = uri.indexOf("@refs/")
  const at = before === -1 ? uri.lastIndexOf("@") : before
  return at === -1
    ? { name: uri, ref: undefined }
    : { name: uri.slice(0, at), ref: uri.slice(at + 1) }
}

/** The run and attempt in a run URI: `…/actions/runs/ID/attempts/N`. */
export function runOf(
  runUri: string,
): { readonly id: string; readonly attempt: string } | undefined {
  const match = /\/actions\/runs\/([0-9]+)\/attempts\/([0-9]+)$/.exec(runUri)
  return match === null ? undefined : { id: match[1] ?? "", attempt: match[2] ?? "" }
}

/**
 * A repository as it is compared: `host/owner/name`, without scheme, `git+`, user, `.git` or trailing slash. GitHub's names are not
 * case-sensitive, so there lower case; everywhere else as it stands. Undefined for what is no repository address.
 */
export function parseSourceRepository(text: string): string | undefined {
  const bare = text.replace(/^git\+/, "").replace(/^https:\/\//, "")
  const match = /^([a-z0-9.-]+(?::[0-9]+)?)\/([\w.~+/-]*[\w.~+-])\/?$/i.exec(bare)
  if (match === null) return undefined
  const host = (match[1] ?? "").toLowerCase()
  const path = (match[2] ?? "").replace(/\.git$/, "")
  if (!host.includes(".") && !host.includes(":") && host !== "localhost") return undefined
  if (path.split("/").some((part) => part === "" || part === "." || part === "..")) return undefined
  return `${host}/${host === "github.com" ? path.toLowerCase() : path}`
}
