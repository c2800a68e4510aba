import type { Report } from "../../app/report.ts"
import type { Expectation } from "../../core/expectation.ts"
import type { Input, Outcome } from "../command.ts"
import type { VerifyRequest } from "../../app/verify.ts"
import type { Context } from "../context.ts"
import { reportExitCode } from "../exit.ts"
import { OUTPUT_FLAGS, type VERIFY_FLAGS } from "../flag-tables.ts"
import type { Flags } from "../flag.ts"
import { usageError } from "../parse.ts"
import { withoutAbsent } from "../present.ts"
import { createProgress } from "../progress.ts"
import { renderNotes } from "../render/notes.ts"
import { chooseStyle } from "../render/style.ts"
import { readTrustFlags } from "./trust-flags.ts"

type VerifyFlags = Flags<typeof VERIFY_FLAGS>
type Format = (typeof OUTPUT_FLAGS.format.choices)[number]

/** `verify`: reads the flags, asks the use case, renders its report. */
export async function runVerify(
  { positionals, flags }: Input<typeof VERIFY_FLAGS>,
  context: Context,
): Promise<Outcome> {
  const request = readRequest(positionals, flags)
  const format = flags.choice("format", OUTPUT_FLAGS.format.choices) ?? "human"
  const quiet = flags.switch("quiet")
  const useCases = await context.useCases()
  const progress = createProgress(context.terminal, { verb: "verifying", quiet })
  const report = await useCases.verify(request, progress).finally(() => progress.clear())
  return {
    stdout: await render(report, format, flags, context),
    stderr: renderNotes(report, { quiet, inDocument: format === "json" || format === "jsonl" }),
    exit: reportExitCode(report),
  }
}

function readRequest(targets: readonly string[], flags: VerifyFlags): VerifyRequest {
  if (targets.filter((target) => target === "-").length > 1) {
    throw usageError("verify", "`-` is given twice, and there is one standard input")
  }
  const name = flags.text("name")
  const concurrency = flags.number("concurrency")
  return {
    targets,
    provenance: flags.list("provenance"),
    keys: flags.list("key"),
    expectation: readExpectation(flags),
    ...(name === undefined ? {} : { name }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...readTrustFlags(flags),
  }
}

function readExpectation(flags: VerifyFlags): Expectation {
  const texts = {
    source: flags.text("source"),
    sourceRef: readRef(flags),
    sourceCommit: readCommit(flags),
    workflow: flags.text("workflow"),
    builder: flags.text("builder"),
    identity: flags.text("identity"),
    issuer: flags.text("issuer"),
    repositoryId: readId("repository-id", flags.text("repository-id")),
    ownerId: readId("owner-id", flags.text("owner-id")),
    trigger: flags.text("trigger"),
    predicate: flags.text("predicate"),
  }
  const deny = flags.switch("deny-self-hosted-runners")
  return { ...withoutAbsent(texts), ...(deny ? { denySelfHostedRunners: true } : {}) }
}

function readRef(flags: VerifyFlags): string | undefined {
  const tag = flags.text("source-tag")
  const ref = flags.text("source-ref")
  if (tag !== undefined && ref !== undefined) {
    throw usageError("verify", "--source-tag and --source-ref exclude each other")
  }
  if (tag?.startsWith("refs/") === true) {
    throw usageError("verify", "--source-tag takes a tag's name; a full ref goes to --source-ref")
  }
  if (ref !== undefined && !ref.startsWith("refs/")) {
    throw usageError("verify", "--source-ref takes a full ref, such as refs/heads/main")
  }
  return tag === undefined ? ref : `refs/tags/${tag}`
}

function readCommit(flags: VerifyFlags): string | undefined {
  const commit = flags.text("source-commit")?.toLowerCase()
  if (commit === undefined || /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) return commit
  throw usageError("verify", "--source-commit takes a full commit, 40 or 64 hex digits")
}

function readId(flag: string, id: string | undefined): string | undefined {
  if (id === undefined || /^\d+$/.test(id)) return id
  throw usageError("verify", `--${flag} takes a number`)
}

async function render(
  report: Report,
  format: Format,
  flags: VerifyFlags,
  { terminal }: Context,
): Promise<string> {
  switch (format) {
    case "human": {
      if (report.results.length === 0) return ""
      const color = flags.choice("color", OUTPUT_FLAGS.color.choices) ?? "auto"
      const { renderHuman } = await import("../render/human.ts")
      return renderHuman(report, {
        style: chooseStyle(color, terminal.stdout.isTerminal, terminal.environment),
        quiet: flags.switch("quiet"),
        verbose: flags.switch("verbose"),
        now: terminal.clock.now(),
      })
    }
    case "json":
      return (await import("../render/json.ts")).renderJson(report)
    case "jsonl":
      return (await import("../render/json.ts")).renderJsonLines(report)
    case "sarif":
      return (await import("../render/sarif.ts")).renderSarif(report)
    case "github":
      return (await import("../render/github.ts")).renderGithub(report)
    case "markdown":
      return (await import("../render/markdown.ts")).renderMarkdown(report, terminal.clock.now())
  }
}
