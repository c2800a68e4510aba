import type { Identity } from "../../core/identity.ts"
import { Refusal } from "./errors.ts"

const GITHUB = "https://github.com/"

/** `owner/name` of the certificate's source repository. */
export function sourceName({ sourceRepository }: Identity): string | undefined {
  return sourceRepository?.startsWith(GITHUB) === true
    ? sourceRepository.slice(GITHUB.length)
    : sourceRepository
}

/** What slsa-verifier asks of a certificate's extensions beyond their agreeing with each other. */
export function checkExtensions(identity: Identity): void {
  const { trigger, sourceCommit, buildConfigDigest, buildConfigUri } = identity
  if (trigger === undefined || sourceCommit === undefined) {
    throw new Refusal("ErrorInvalidFormat", "the certificate names no trigger or no commit")
  }
  if (buildConfigDigest !== undefined && buildConfigDigest !== sourceCommit) {
    throw new Refusal(
      "ErrorInvalidFormat",
      `the workflow is of commit ${buildConfigDigest}, the source of ${sourceCommit}`,
    )
  }
  if (buildConfigUri !== undefined && buildConfigUri.split("@").length !== 2) {
    throw new Refusal(
      "ErrorInvalidFormat",
      `the certificate's workflow ${buildConfigUri} has no single ref`,
    )
  }
}

/** `--source-uri` against the certificate: byte for byte, after `git+https://` and `github.com/` are taken off. */
export function checkCertificateSource(sourceUri: string, identity: Identity): void {
  const expected = withoutPrefix(withoutPrefix(sourceUri, "git+https://"), "github.com/")
  const found = sourceName(identity)
  if (found === expected) return
  throw new Refusal(
    "ErrorMismatchSource",
    `expected ${sourceUri}, found ${found ?? "none"} in the certificate`,
  )
}

function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text
}
