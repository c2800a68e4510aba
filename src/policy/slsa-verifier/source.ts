import { Refusal } from "./errors.ts"

/** Writes a git URI the one way it is compared: `git+https://…`. */
export function normalizeGitUri(uri: string): string {
  if (uri.startsWith("git+")) return uri
  return uri.includes("://") ? `git+${uri}` : `git+https://${uri}`
}

/** The source URIs of a provenance, and who asks about them. */
export interface SourceQuestion {
  /** `--source-uri`. */
  readonly expected: string
  /** Of the first material. */
  readonly sourceUri: string
  /** Of the configuration that triggered the build. */
  readonly triggerUri: string
  /** Delegators' statements may leave the ref of the source out. */
  readonly mayLackRef: boolean
}

/** `--source-uri` against the statement: trigger and source name that repository, and each other. */
export function checkSource({ expected, sourceUri, triggerUri, mayLackRef }: SourceQuestion): void {
  const wanted = normalizeGitUri(expected)
  if (!wanted.startsWith("git+https://github.com/")) {
    throw new Refusal("ErrorMalformedURI", `${expected} is not on github.com`)
  }
  const trigger = splitGitUri(triggerUri)
  const source = splitGitUri(sourceUri)
  if (trigger.repository !== wanted) throw mismatch(wanted, trigger.repository)
  if (trigger.ref === "") throw new Refusal("ErrorMalformedURI", `${triggerUri} has no ref`)
  if (source.repository !== wanted) throw mismatch(wanted, source.repository)
  if (source.ref === "") {
    if (mayLackRef) return
    throw new Refusal("ErrorMalformedURI", `${sourceUri} has no ref`)
  }
  if (sourceUri !== triggerUri) {
    throw new Refusal(
      "ErrorInvalidDssePayload",
      `the trigger is ${triggerUri}, the source ${sourceUri}`,
    )
  }
}

/** Splits `git+https://host/owner/name@ref` at its first `@`. */
export function splitGitUri(uri: string): { readonly repository: string; readonly ref: string } {
  if (!uri.startsWith("git+"))
    throw new Refusal("ErrorMalformedURI", `${JSON.stringify(uri)} is not git+…`)
  const at = uri.indexOf("@")
  return at === -1
    ? { repository: uri, ref: "" }
    : { repository: uri.slice(0, at), ref: uri.slice(at + 1) }
}

function mismatch(expected: string, found: string): Refusal {
  return new Refusal("ErrorMismatchSource", `expected ${expected}, found ${found}`)
}
