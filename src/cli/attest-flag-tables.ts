import { ROOT_FLAGS, VIEW_FLAGS } from "./flag-tables.ts"

/** `attest`: what is attested. */
export const ATTEST_SUBJECT_FLAGS = {
  subjects: {
    kind: "file",
    group: "what to attest",
    value: "FILE",
    repeatable: true,
    help: "digests that the build handed over (`sha256sum` lines or base64 of them): the files must be these and no others; without files, the digests alone are attested",
  },
  "subjects-base64": {
    kind: "text",
    group: "what to attest",
    value: "BASE64",
    help: "the same, as the generic SLSA generator takes it",
  },
  "any-file": {
    kind: "switch",
    group: "what to attest",
    help: "take files that are neither sdist nor wheel, or are broken",
  },
  project: {
    kind: "folder",
    group: "what to attest",
    value: "FOLDER",
    help: "the project that may declare the files of a release; the current folder without it",
  },
  partial: {
    kind: "switch",
    group: "what to attest",
    help: "these are the files of one job of several: what is missing of the declared set is another's",
  },
  "built-after": {
    kind: "text",
    group: "what to attest",
    value: "TIME",
    help: "refuse files that are older than this (RFC 3339); on GitHub Actions and GitLab without it, older than the run",
  },
} as const

/** `attest`: who signs, and with which services. */
export const SIGNING_FLAGS = {
  key: {
    kind: "file",
    group: "signing",
    value: "FILE",
    help: "sign with a private key of your own (PEM; - for standard input) instead of an identity; no log is told",
  },
  "identity-token": {
    kind: "file",
    group: "signing",
    value: "FILE",
    help: "a file with an OIDC token for the audience sigstore (- for standard input), instead of the platform's own",
  },
  "oidc-issuer": {
    kind: "text",
    group: "signing",
    value: "ISSUER[=URL]",
    repeatable: true,
    help: "accept identity tokens of this issuer too; its keys are looked up at URL, if that is not its own address",
  },
  "signing-config": {
    kind: "file",
    group: "signing",
    value: "FILE",
    help: "services to sign with, instead of the Sigstore public instance's",
  },
  "rekor-version": {
    kind: "choice",
    group: "signing",
    value: "VERSION",
    choices: ["1", "2"],
    help: "transparency log to write to; PyPI takes 1 alone, which is the default, 2 adds a timestamp",
  },
  "private-repository": {
    kind: "switch",
    group: "signing",
    help: "agree that the name of a repository that is not public goes into a public log for ever",
  },
} as const

/** `attest`: what is written, and how it is told. */
export const ATTEST_OUTPUT_FLAGS = {
  output: {
    kind: "folder",
    group: "output",
    value: "FOLDER",
    help: "where the attestations go; beside the files without it",
  },
  force: {
    kind: "switch",
    group: "output",
    help: "replace attestations that are there already",
  },
  "dry-run": {
    kind: "switch",
    group: "output",
    help: "print the statements that would be signed, one a line; sign and write nothing",
  },
  quiet: {
    kind: "switch",
    group: "output",
    short: "q",
    help: "say nothing but errors; no progress, no notes",
  },
  concurrency: {
    kind: "number",
    group: "output",
    value: "N",
    minimum: 1,
    maximum: 32,
    integer: true,
    help: "signatures to make at the same time",
  },
} as const

/** The flags of `attest`. */
export const ATTEST_FLAGS: typeof ATTEST_SUBJECT_FLAGS &
  typeof SIGNING_FLAGS &
  typeof ROOT_FLAGS &
  typeof ATTEST_OUTPUT_FLAGS &
  typeof VIEW_FLAGS = {
  ...ATTEST_SUBJECT_FLAGS,
  ...SIGNING_FLAGS,
  ...ROOT_FLAGS,
  ...ATTEST_OUTPUT_FLAGS,
  ...VIEW_FLAGS,
}
