import { WheelproofError } from "../../core/errors.ts"
import type { Input, Outcome } from "../command.ts"
import type { SlsaEvent } from "../../app/slsa-verifier.ts"
import type { Context, Stream } from "../context.ts"
import { slsaExitCode } from "../exit.ts"
import { parseGoBoolean, usageError } from "../parse.ts"
import type {
  VERIFY_ARTIFACT_FLAGS,
  VERIFY_GITHUB_FLAGS,
  VERIFY_VSA_FLAGS,
} from "../slsa-flag-tables.ts"
import { visible, visibleJsonText } from "../text.ts"
import { readTrustFlags } from "./trust-flags.ts"

/** `verify-artifact`, with slsa-verifier's lines and exit codes. */
export async function runVerifyArtifact(
  { positionals, flags }: Input<typeof VERIFY_ARTIFACT_FLAGS>,
  context: Context,
): Promise<Outcome> {
  const sourceBranch = flags.text("source-branch")
  const sourceTag = flags.text("source-tag")
  const sourceVersionedTag = flags.text("source-versioned-tag")
  const builderId = flags.text("builder-id")
  if (sourceTag !== undefined && sourceVersionedTag !== undefined) {
    throw usageError(
      "verify-artifact",
      "--source-tag and --source-versioned-tag exclude each other",
    )
  }
  const request = {
    artifacts: positionals,
    provenancePath: flags.text("provenance-path") ?? "",
    sourceUri: flags.text("source-uri") ?? "",
    ...(sourceBranch === undefined ? {} : { sourceBranch }),
    ...(sourceTag === undefined ? {} : { sourceTag }),
    ...(sourceVersionedTag === undefined ? {} : { sourceVersionedTag }),
    ...(builderId === undefined ? {} : { builderId }),
    workflowInputs: readInputs(flags.list("build-workflow-input")),
    testing: isTesting(context),
    ...readTrustFlags(flags),
  }
  return await report(context, {
    events: async () => (await context.useCases()).slsa.verifyArtifact(request),
    asked: positionals.length,
    subject: artifactSubject,
    print: flags.switch("print-provenance"),
  })
}

/** `verify-github-attestation`, with slsa-verifier's lines and exit codes. */
export async function runVerifyGithub(
  { positionals, flags }: Input<typeof VERIFY_GITHUB_FLAGS>,
  context: Context,
): Promise<Outcome> {
  const request = {
    artifact: positionals[0] ?? "",
    attestationPath: flags.text("attestation-path") ?? "",
    sourceUri: flags.text("source-uri") ?? "",
    builderId: flags.text("builder-id") ?? "",
    testing: isTesting(context),
    ...readTrustFlags(flags),
  }
  return await report(context, {
    events: async () => (await context.useCases()).slsa.verifyGithubAttestation(request),
    asked: 1,
    subject: artifactSubject,
    print: flags.switch("print-attestation"),
  })
}

/** `verify-vsa`, with slsa-verifier's lines and exit codes. */
export async function runVerifyVsa(
  { flags }: Input<typeof VERIFY_VSA_FLAGS>,
  context: Context,
): Promise<Outcome> {
  const request = {
    subjectDigests: flags.list("subject-digest"),
    attestationPath: flags.text("attestation-path") ?? "",
    verifierId: flags.text("verifier-id") ?? "",
    resourceUri: flags.text("resource-uri") ?? "",
    publicKeyPath: flags.text("public-key-path") ?? "",
    publicKeyId: flags.text("public-key-id") ?? "",
    verifiedLevels: flags.list("verified-level"),
  }
  return await report(context, {
    events: async () => (await context.useCases()).slsa.verifyVsa(request),
    asked: 1,
    subject: () => "VSA",
    print: flags.switch("print-attestation"),
  })
}

// slsa-verifier splits at every `=`, so that a value cannot contain one; a repeated key keeps its last value.
function readInputs(inputs: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    inputs.map((input) => {
      const [key, value, ...rest] = input.split("=")
      if (key === undefined || value === undefined || rest.length > 0) {
        throw usageError(
          "verify-artifact",
          `--build-workflow-input takes KEY=VALUE, got \`${visible(input)}\``,
        )
      }
      return [key, value] as const
    }),
  )
}

function isTesting({ terminal }: Context): boolean {
  return parseGoBoolean(terminal.environment["SLSA_VERIFIER_TESTING"] ?? "") ?? false
}

function artifactSubject(target: string): string {
  return `artifact ${visible(target)}`
}

interface Run {
  readonly events: () => Promise<AsyncIterable<SlsaEvent>>
  /** How many targets must pass. */
  readonly asked: number
  readonly subject: (target: string) => string
  /** Print the statement of each target that passed. */
  readonly print: boolean
}

// Lines are written as they happen, as slsa-verifier does: a look-up per artifact can take long.
async function report(context: Context, run: Run): Promise<Outcome> {
  const { stdout, stderr, signal } = context.terminal
  if (isTesting(context)) {
    await stderr.write("WARNING: Insecure SLSA_VERIFIER_TESTING is enabled.\n")
  }
  let passed = 0
  let failure: string | undefined
  try {
    for await (const event of await run.events()) {
      if (signal.aborted) break
      if (event.kind === "passed") {
        passed += 1
        if (run.print) await stdout.write(statementLine(event.payload, stdout))
      }
      await stderr.write(eventLine(event, run.subject))
      if (event.kind === "failed") {
        failure = event.error
        break
      }
    }
  } catch (error) {
    failure = failureOf(error)
  }
  const exit = slsaExitCode(run.asked, passed, failure !== undefined)
  if (exit === 0) return { stdout: "", stderr: "PASSED: SLSA verification passed\n", exit }
  const why = visible(failure ?? "the run ended before every artifact was verified")
  return { stdout: "", stderr: `FAILED: SLSA verification failed: ${why}\n`, exit }
}

// Octet for octet for a program; a terminal would take what is written there for commands.
function statementLine(payload: Uint8Array, { isTerminal }: Stream): string | Uint8Array {
  const line = Buffer.concat([payload, Buffer.from("\n")])
  return isTerminal ? visibleJsonText(line.toString()) : line
}

function eventLine(event: SlsaEvent, subject: Run["subject"]): string {
  switch (event.kind) {
    case "log-entry":
      return `Verified signature against tlog entry index ${visible(event.logIndex)} at URL: ${visible(event.url)}\n`
    case "index-search":
      return "No certificate provided, trying Redis search index to find entries by subject digest\n"
    case "build":
      return `Verified build using builder "${visible(event.builder)}" at commit ${visible(event.commit)}\n`
    case "passed":
      return `Verifying ${subject(event.target)}: PASSED\n\n`
    case "failed":
      return `Verifying ${subject(event.target)}: FAILED: ${visible(event.error)}\n\n`
  }
}

function failureOf(error: unknown): string {
  const expected = error instanceof WheelproofError
  if (!expected || error.code === "ERR_INTERRUPTED" || error.code === "ERR_USAGE") throw error
  return error.hint === undefined ? error.message : `${error.message} (${error.hint})`
}
