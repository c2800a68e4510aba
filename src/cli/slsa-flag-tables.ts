import { TRUST_FLAGS } from "./flag-tables.ts"

/** slsa-verifier's `verify-artifact`. */
const ARTIFACT_FLAGS = {
  "provenance-path": {
    kind: "file",
    group: "what to verify",
    value: "FILE",
    required: true,
    help: "the attestation, one for all artifacts",
  },
  "source-uri": {
    kind: "text",
    group: "expectations",
    value: "URI",
    required: true,
    help: "expected source repository, such as github.com/owner/name",
  },
  "source-branch": {
    kind: "text",
    group: "expectations",
    value: "BRANCH",
    help: "expected branch",
  },
  "source-tag": { kind: "text", group: "expectations", value: "TAG", help: "expected tag" },
  "source-versioned-tag": {
    kind: "text",
    group: "expectations",
    value: "TAG",
    help: "expected version, compared by the parts that are given",
  },
  "builder-id": {
    kind: "text",
    group: "expectations",
    value: "ID",
    help: "expected builder, with or without @REF",
  },
  "build-workflow-input": {
    kind: "text",
    group: "expectations",
    value: "KEY=VALUE",
    repeatable: true,
    help: "expected input of a workflow_dispatch build",
  },
  "print-provenance": {
    kind: "switch",
    group: "output",
    help: "print the statement of each artifact that passed",
  },
  "provenance-repository": {
    kind: "text",
    group: "output",
    value: "NAME",
    help: "accepted and ignored, as slsa-verifier does",
  },
} as const

/** slsa-verifier's `verify-github-attestation`. */
const GITHUB_FLAGS = {
  "attestation-path": {
    kind: "file",
    group: "what to verify",
    value: "FILE",
    required: true,
    help: "the attestation, a Sigstore bundle",
  },
  "source-uri": {
    kind: "text",
    group: "expectations",
    value: "URI",
    required: true,
    help: "expected source repository, such as github.com/owner/name",
  },
  "builder-id": {
    kind: "text",
    group: "expectations",
    value: "ID",
    required: true,
    help: "expected builder, with or without @REF",
  },
  "print-attestation": {
    kind: "switch",
    group: "output",
    help: "print the statement if the artifact passed",
  },
} as const

/** slsa-verifier's `verify-vsa`. */
const VSA_FLAGS = {
  "subject-digest": {
    kind: "text",
    group: "what to verify",
    value: "TYPE:VALUE",
    repeatable: true,
    help: "digest that the summary must name",
  },
  "attestation-path": {
    kind: "file",
    group: "what to verify",
    value: "FILE",
    required: true,
    help: "the verification summary, a DSSE envelope",
  },
  "verifier-id": {
    kind: "text",
    group: "expectations",
    value: "ID",
    required: true,
    help: "expected verifier",
  },
  "resource-uri": {
    kind: "text",
    group: "expectations",
    value: "URI",
    required: true,
    help: "expected resource",
  },
  "verified-level": {
    kind: "text",
    group: "expectations",
    value: "LEVEL",
    repeatable: true,
    help: "level that must have been reached",
  },
  "public-key-path": {
    kind: "file",
    group: "trust",
    value: "FILE",
    required: true,
    help: "the verifier's public key (PEM)",
  },
  "public-key-id": {
    kind: "text",
    group: "trust",
    value: "ID",
    help: "the key's id; without it, its SSH fingerprint",
  },
  "print-attestation": {
    kind: "switch",
    group: "output",
    help: "print the statement if it passed",
  },
} as const

/** The flags of `verify-artifact`. */
export const VERIFY_ARTIFACT_FLAGS: typeof ARTIFACT_FLAGS & typeof TRUST_FLAGS = {
  ...ARTIFACT_FLAGS,
  ...TRUST_FLAGS,
}

/** The flags of `verify-github-attestation`. */
export const VERIFY_GITHUB_FLAGS: typeof GITHUB_FLAGS & typeof TRUST_FLAGS = {
  ...GITHUB_FLAGS,
  ...TRUST_FLAGS,
}

/** The flags of `verify-vsa`. */
export const VERIFY_VSA_FLAGS: typeof VSA_FLAGS & typeof TRUST_FLAGS = {
  ...VSA_FLAGS,
  ...TRUST_FLAGS,
}
