/** `verify`: what to verify, and by which evidence. */
export const SUBJECT_FLAGS = {
  provenance: {
    kind: "path",
    group: "what to verify",
    value: "FILE|FOLDER",
    repeatable: true,
    help: "evidence to use; without it, evidence is looked for beside each file",
  },
  name: {
    kind: "text",
    group: "what to verify",
    value: "NAME",
    help: "the published file name, where the target's own is another",
  },
  key: {
    kind: "file",
    group: "what to verify",
    value: "FILE",
    repeatable: true,
    help: "a publisher's public key (PEM), for evidence without a certificate",
  },
} as const

/** `verify`: whom and what the user expects. Every value is compared exactly. */
export const EXPECTATION_FLAGS = {
  source: {
    kind: "text",
    group: "expectations",
    value: "REPOSITORY",
    help: "source repository: github.com/owner/name, or its address",
  },
  "source-tag": {
    kind: "text",
    group: "expectations",
    value: "TAG",
    help: "source tag; the same as --source-ref refs/tags/TAG",
  },
  "source-ref": {
    kind: "text",
    group: "expectations",
    value: "REF",
    help: "full source ref, such as refs/heads/main",
  },
  "source-commit": {
    kind: "text",
    group: "expectations",
    value: "COMMIT",
    help: "full source commit, 40 or 64 hex digits",
  },
  workflow: {
    kind: "text",
    group: "expectations",
    value: "FILE",
    help: "top-level workflow: its file name, or its path in the repository",
  },
  builder: {
    kind: "text",
    group: "expectations",
    value: "URI",
    help: "builder; without @REF every ref of it",
  },
  identity: {
    kind: "text",
    group: "expectations",
    value: "NAME",
    help: "the certificate's subject alternative name, whole",
  },
  issuer: {
    kind: "text",
    group: "expectations",
    value: "URL",
    help: "the identity provider that the certificate names",
  },
  "repository-id": {
    kind: "text",
    group: "expectations",
    value: "ID",
    help: "numeric id of the source repository; survives a rename",
  },
  "owner-id": {
    kind: "text",
    group: "expectations",
    value: "ID",
    help: "numeric id of the repository's owner",
  },
  trigger: {
    kind: "text",
    group: "expectations",
    value: "EVENT",
    help: "the event that started the build, such as push or release",
  },
  predicate: {
    kind: "text",
    group: "expectations",
    value: "TYPE",
    help: "predicate type of the statement",
  },
  "deny-self-hosted-runners": {
    kind: "switch",
    group: "expectations",
    help: "reject builds on machines that the publisher runs",
  },
} as const

/** Where trust comes from, and what the network may cost. */
export const ROOT_FLAGS = {
  "trusted-root": {
    kind: "file",
    group: "trust",
    value: "FILE",
    help: "trusted root to use instead of the Sigstore public instance's",
  },
  offline: { kind: "switch", group: "trust", help: "open no network connection" },
  timeout: {
    kind: "number",
    group: "trust",
    value: "SECONDS",
    minimum: 0.1,
    maximum: 3600,
    help: "time limit of each network request",
  },
} as const

/** Whom we may ask about evidence. */
export const LOOK_UP_FLAGS = {
  "rekor-url": {
    kind: "url",
    group: "trust",
    value: "URL",
    help: "transparency log to ask, for evidence that needs a look-up",
  },
} as const

/** Both. */
export const TRUST_FLAGS: typeof ROOT_FLAGS & typeof LOOK_UP_FLAGS = {
  "trusted-root": ROOT_FLAGS["trusted-root"],
  offline: ROOT_FLAGS.offline,
  ...LOOK_UP_FLAGS,
  timeout: ROOT_FLAGS.timeout,
}

/** How results look. */
export const OUTPUT_FLAGS = {
  format: {
    kind: "choice",
    group: "output",
    value: "FORMAT",
    choices: ["human", "json", "jsonl", "sarif", "github", "markdown"],
    help: "form of the results",
  },
  quiet: {
    kind: "switch",
    group: "output",
    short: "q",
    help: "say nothing about what was verified; no progress, no notes",
  },
  verbose: {
    kind: "switch",
    group: "output",
    short: "v",
    help: "say everything that was proved and compared",
  },
  color: {
    kind: "choice",
    group: "output",
    value: "WHEN",
    choices: ["auto", "always", "never"],
    help: "colour in human output; auto means on a terminal",
  },
  concurrency: {
    kind: "number",
    group: "output",
    value: "N",
    minimum: 1,
    maximum: 256,
    integer: true,
    help: "files to work on at the same time",
  },
} as const

/** The flags of `verify`. */
export const VERIFY_FLAGS: typeof SUBJECT_FLAGS &
  typeof EXPECTATION_FLAGS &
  typeof TRUST_FLAGS &
  typeof OUTPUT_FLAGS = { ...SUBJECT_FLAGS, ...EXPECTATION_FLAGS, ...TRUST_FLAGS, ...OUTPUT_FLAGS }

/** The flags of commands that show something. */
export const VIEW_FLAGS = {
  format: {
    kind: "choice",
    group: "output",
    value: "FORMAT",
    choices: ["human", "json"],
    help: "form of the output",
  },
} as const

/** The flags of commands that can write a file. */
export const WRITE_FLAGS = {
  output: {
    kind: "file",
    group: "output",
    value: "FILE",
    help: "write to this file instead of standard output",
  },
  force: { kind: "switch", group: "output", help: "replace the output file if it exists" },
} as const

/** The flags of `seal`. */
export const SEAL_FLAGS: typeof TRUST_FLAGS & typeof WRITE_FLAGS = {
  ...TRUST_FLAGS,
  ...WRITE_FLAGS,
}

/** The flags of `trust`. */
export const TRUST_COMMAND_FLAGS: typeof TRUST_FLAGS & typeof VIEW_FLAGS & typeof WRITE_FLAGS = {
  ...TRUST_FLAGS,
  ...VIEW_FLAGS,
  ...WRITE_FLAGS,
}

/** The flags of `digest`. */
export const DIGEST_FLAGS = {
  base64: {
    kind: "switch",
    group: "output",
    help: "one line of base64, as the generic SLSA generator takes it",
  },
  merge: {
    kind: "switch",
    group: "what to verify",
    help: "the files are digest lists of a matrix (plain or base64); print their union",
  },
} as const

const REHEARSAL_FLAGS = {
  keep: {
    kind: "switch",
    group: "output",
    help: "keep the folder with everything that was made, and say where it is",
  },
  html: {
    kind: "file",
    group: "output",
    value: "FILE",
    help: "write a page that draws the chain from the commit to the installed files",
  },
  force: { kind: "switch", group: "output", help: "replace the page if it exists" },
  quiet: { kind: "switch", group: "output", short: "q", help: "no progress, no notes" },
} as const

/** The flags of `rehearse`. */
export const REHEARSE_FLAGS: typeof REHEARSAL_FLAGS &
  typeof VIEW_FLAGS &
  Pick<typeof OUTPUT_FLAGS, "color"> = {
  ...REHEARSAL_FLAGS,
  ...VIEW_FLAGS,
  color: OUTPUT_FLAGS.color,
}

/** The flags of `world`. */
export const WORLD_FLAGS = {
  state: {
    kind: "folder",
    group: "the world",
    value: "DIR",
    help: "keep keys, logs, files and addresses here for the next time",
  },
  repository: {
    kind: "text",
    group: "the world",
    value: "OWNER/NAME",
    help: "the repository on the local GitHub whose job gets the tokens; acme/rocket",
  },
  ref: {
    kind: "text",
    group: "the world",
    value: "REF",
    help: "the full ref that the job was started for; refs/tags/v1.0.0",
  },
  commit: {
    kind: "text",
    group: "the world",
    value: "COMMIT",
    help: "the commit that the job builds, 40 hex digits",
  },
  workflow: {
    kind: "text",
    group: "the world",
    value: "FILE",
    help: "the name of the job's workflow file; release.yml",
  },
  job: {
    kind: "switch",
    group: "the world",
    help: "print the other variables of a GitHub job too, GITHUB_ACTIONS among them",
  },
  format: {
    kind: "choice",
    group: "output",
    value: "FORMAT",
    choices: ["shell", "json"],
    help: "export lines for a shell, or one line of JSON",
  },
} as const

/** A command without flags of its own. */
export const NO_FLAGS = {} as const
