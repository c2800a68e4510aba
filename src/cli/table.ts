import { type Command, defineCommand } from "./command.ts"
import {
  DIGEST_FLAGS,
  NO_FLAGS,
  SEAL_FLAGS,
  TRUST_COMMAND_FLAGS,
  VERIFY_FLAGS,
  VIEW_FLAGS,
} from "./flag-tables.ts"
import type { WheelproofError } from "../core/errors.ts"
import { usageError } from "./parse.ts"
import { attest, build } from "./publishing-commands.ts"
import { rehearse, world } from "./rehearsal-commands.ts"
import { suggest } from "./suggest.ts"
import { visible } from "./text.ts"
import { VERIFY_ARTIFACT_FLAGS, VERIFY_GITHUB_FLAGS, VERIFY_VSA_FLAGS } from "./slsa-flag-tables.ts"

const verify = defineCommand(
  {
    name: "verify",
    group: "verify",
    summary: "verify the provenance of files",
    description: [
      "Verifies who built each file, from what, and that it was not changed since. Evidence is looked for beside each file, or is named with --provenance.",
      "Every expectation that is given is compared exactly. What is not given is not compared, and the result says so: without --source anybody's genuine build verifies.",
    ],
    positionals: {
      usage: "WHAT...",
      help: "files, patterns, folders, sha256:HEX, or - for standard input",
      kind: "path",
      minimum: 1,
      maximum: Infinity,
    },
    flags: VERIFY_FLAGS,
    examples: [
      {
        about: "every distribution in a folder, from one tag of one repository",
        line: "wheelproof verify dist --provenance multiple.intoto.jsonl --source github.com/owner/name --source-tag v1.2.3",
      },
      {
        about: "a digest, without the file",
        line: "wheelproof verify sha256:HEX --provenance bundle.sigstore.json --source github.com/owner/name",
      },
      {
        about: "results for code scanning",
        line: "wheelproof verify dist --source github.com/owner/name --format sarif > results.sarif",
      },
    ],
    dialect: "strict",
    exits: [0, 1, 2, 3, 4, 130],
  },
  async () => (await import("./commands/verify.ts")).runVerify,
)

const verifyArtifact = defineCommand(
  {
    name: "verify-artifact",
    group: "verify",
    summary: "drop-in for slsa-verifier's command of this name",
    description: [
      "Takes slsa-verifier's flags and prints its lines. A usage error or any failure ends in exit code 1, as there.",
    ],
    positionals: {
      usage: "ARTIFACT...",
      help: "files to verify; the first failure ends the run",
      kind: "path",
      minimum: 1,
      maximum: Infinity,
    },
    flags: VERIFY_ARTIFACT_FLAGS,
    examples: [
      {
        about: "a wheel by the generic generator's provenance",
        line: "wheelproof verify-artifact pkg-1.0-py3-none-any.whl --provenance-path multiple.intoto.jsonl --source-uri github.com/owner/name --source-tag v1.0",
      },
    ],
    dialect: "pflag",
    exits: [0, 1, 130],
  },
  async () => (await import("./commands/slsa.ts")).runVerifyArtifact,
)

const verifyGithub = defineCommand(
  {
    name: "verify-github-attestation",
    group: "verify",
    summary: "drop-in for slsa-verifier's command of this name",
    description: [
      "Takes slsa-verifier's flags and prints its lines. A usage error or any failure ends in exit code 1, as there.",
    ],
    positionals: {
      usage: "FILE",
      help: "the file to verify",
      kind: "path",
      minimum: 1,
      maximum: 1,
    },
    flags: VERIFY_GITHUB_FLAGS,
    examples: [
      {
        about: "a file by its GitHub attestation",
        line: "wheelproof verify-github-attestation FILE --attestation-path FILE.sigstore.json --source-uri github.com/owner/name --builder-id ID",
      },
    ],
    dialect: "pflag",
    exits: [0, 1, 130],
  },
  async () => (await import("./commands/slsa.ts")).runVerifyGithub,
)

const verifyVsa = defineCommand(
  {
    name: "verify-vsa",
    group: "verify",
    summary: "drop-in for slsa-verifier's command of this name",
    description: [
      "Verifies a SLSA verification summary with the verifier's public key. Only the files that are named are read: the trust root options are accepted and change nothing.",
    ],
    positionals: { usage: "", help: "", kind: "none", minimum: 0, maximum: 0 },
    flags: VERIFY_VSA_FLAGS,
    examples: [
      {
        about: "a summary that must speak for one digest",
        line: "wheelproof verify-vsa --subject-digest sha256:HEX --attestation-path vsa.json --verifier-id ID --resource-uri URI --public-key-path key.pem",
      },
    ],
    dialect: "pflag",
    exits: [0, 1, 130],
  },
  async () => (await import("./commands/slsa.ts")).runVerifyVsa,
)

const inspect = defineCommand(
  {
    name: "inspect",
    group: "evidence",
    summary: "show what evidence says, without verifying it",
    description: [
      "Shows statements, certificates, log entries and timestamps in plain words. Nothing is verified: whoever wrote the file chose every word of it.",
    ],
    positionals: {
      usage: "FILE...",
      help: "evidence in any accepted form",
      kind: "path",
      minimum: 1,
      maximum: Infinity,
    },
    flags: VIEW_FLAGS,
    examples: [{ about: "a bundle", line: "wheelproof inspect bundle.sigstore.json" }],
    dialect: "strict",
    exits: [0, 2, 3, 130],
  },
  async () => (await import("./commands/inspect.ts")).runInspect,
)

const seal = defineCommand(
  {
    name: "seal",
    group: "evidence",
    summary: "make evidence verifiable offline for good",
    description: [
      "Looks an old attestation up in the transparency log once, and writes a bundle that carries the log entry, so that it verifies without the log from then on.",
    ],
    positionals: {
      usage: "FILE",
      help: "the attestation",
      kind: "path",
      minimum: 1,
      maximum: 1,
    },
    flags: SEAL_FLAGS,
    examples: [
      {
        about: "an attestation of the generic generator",
        line: "wheelproof seal multiple.intoto.jsonl --output multiple.sigstore.json",
      },
    ],
    dialect: "strict",
    exits: [0, 2, 3, 130],
  },
  async () => (await import("./commands/seal.ts")).runSeal,
)

const digest = defineCommand(
  {
    name: "digest",
    group: "evidence",
    summary: "digests of files, as provenance generators take them",
    description: [
      "Prints `sha256sum` lines, or with --base64 the one line that the generic SLSA generator takes.",
    ],
    positionals: {
      usage: "FILE...",
      help: "files to digest; with --merge, digest lists",
      kind: "path",
      minimum: 1,
      maximum: Infinity,
    },
    flags: DIGEST_FLAGS,
    examples: [
      { about: "subjects for the generic generator", line: "wheelproof digest dist/* --base64" },
      { about: "one list from a matrix of jobs", line: "wheelproof digest --merge digests-*.txt" },
    ],
    dialect: "strict",
    exits: [0, 2, 3, 130],
  },
  async () => (await import("./commands/digest.ts")).runDigest,
)

const trust = defineCommand(
  {
    name: "trust",
    group: "trust",
    summary: "show, refresh or export the trust root",
    description: [
      "show: which trust root would decide, and how old it is. refresh: fetch the current one. export: print it, for machines without a network.",
    ],
    positionals: {
      usage: "show|refresh|export",
      help: "what to do",
      kind: "choice",
      choices: ["show", "refresh", "export"],
      minimum: 1,
      maximum: 1,
    },
    flags: TRUST_COMMAND_FLAGS,
    examples: [
      {
        about: "carry the trust root to a machine without a network",
        line: "wheelproof trust export --output trusted_root.json",
      },
    ],
    dialect: "strict",
    exits: [0, 2, 3, 130],
  },
  async () => (await import("./commands/trust.ts")).runTrust,
)

const explain = defineCommand(
  {
    name: "explain",
    group: "help",
    summary: "what a check or a code means, and what to do",
    description: [
      "Without CODE, lists every check, every problem that a distribution can have, and every error code. Needs no network.",
    ],
    positionals: {
      usage: "[CODE]",
      help: "a check such as subject-digest, a problem such as record-mismatch, or a code such as ERR_NETWORK",
      kind: "text",
      minimum: 0,
      maximum: 1,
    },
    flags: NO_FLAGS,
    examples: [{ about: "a rejection", line: "wheelproof explain subject-digest" }],
    dialect: "strict",
    exits: [0, 2],
  },
  async () => (await import("./commands/explain.ts")).runExplain,
)

const completion = defineCommand(
  {
    name: "completion",
    group: "help",
    summary: "completion script for a shell",
    description: [
      "Prints a script that completes commands, flags, choices and files. It needs nothing but the shell.",
    ],
    positionals: {
      usage: "bash|zsh|fish",
      help: "the shell",
      kind: "choice",
      choices: ["bash", "zsh", "fish"],
      minimum: 1,
      maximum: 1,
    },
    flags: NO_FLAGS,
    examples: [
      { about: "in ~/.bashrc", line: "source <(wheelproof completion bash)" },
      {
        about: "for fish",
        line: "wheelproof completion fish > ~/.config/fish/completions/wheelproof.fish",
      },
    ],
    dialect: "strict",
    exits: [0, 2],
  },
  async () => (await import("./commands/completion.ts")).runCompletion,
)

const help = defineCommand(
  {
    name: "help",
    group: "help",
    summary: "help for a command",
    description: ["Without COMMAND, lists the commands."],
    positionals: { usage: "[COMMAND]", help: "a command", kind: "text", minimum: 0, maximum: 1 },
    flags: NO_FLAGS,
    examples: [{ about: "help for verify", line: "wheelproof help verify" }],
    dialect: "strict",
    exits: [0, 2],
  },
  async () => (await import("./commands/help.ts")).runHelp,
)

const version = defineCommand(
  {
    name: "version",
    group: "help",
    summary: "print the version",
    description: ["The same as `wheelproof --version`."],
    positionals: { usage: "", help: "", kind: "none", minimum: 0, maximum: 0 },
    flags: NO_FLAGS,
    examples: [],
    dialect: "strict",
    exits: [0, 2],
  },
  async () => (await import("./commands/version.ts")).runVersion,
)

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly Command[] = [
  verify,
  verifyArtifact,
  verifyGithub,
  verifyVsa,
  build,
  attest,
  inspect,
  seal,
  digest,
  trust,
  rehearse,
  world,
  explain,
  completion,
  help,
  version,
]

/** The command of this name, if there is one. */
export function findCommand(name: string): Command | undefined {
  return COMMANDS.find((command) => command.name === name)
}

/** The usage error for a command that does not exist. */
export function unknownCommand(name: string): WheelproofError {
  const near = suggest(
    name,
    COMMANDS.map((command) => command.name),
  )
  const question = near === undefined ? "" : `; did you mean \`${near}\`?`
  return usageError(undefined, `unknown command \`${visible(name)}\`${question}`)
}
