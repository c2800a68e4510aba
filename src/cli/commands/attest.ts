import type { AttestRequest, AttestWatch } from "../../app/attest/request.ts"
import { WheelproofError } from "../../core/errors.ts"
import { parseTimestamp } from "../../formats/rfc3339.ts"
import { ATTEST_FLAGS } from "../attest-flag-tables.ts"
import type { Input, Outcome } from "../command.ts"
import type { Context, Terminal } from "../context.ts"
import type { Flags } from "../flag.ts"
import { usageError } from "../parse.ts"
import { withoutAbsent } from "../present.ts"
import { createProgress, type Progress } from "../progress.ts"
import { attestJson, attestText } from "../render/attest.ts"
import { noteLines } from "../render/notes.ts"
import { visible } from "../text.ts"
import { readRootFlags } from "./trust-flags.ts"

type AttestFlags = Flags<typeof ATTEST_FLAGS>

/** `attest`: reads the flags, asks the use case, says what was signed and where it is. */
export async function runAttest(
  { positionals, flags }: Input<typeof ATTEST_FLAGS>,
  context: Context,
): Promise<Outcome> {
  const { terminal } = context
  const quiet = flags.switch("quiet")
  const request = readRequest(positionals, flags, terminal)
  const json = flags.choice("format", ATTEST_FLAGS.format.choices) === "json"
  const useCases = await context.useCases()
  const watch = createWatch(terminal, quiet)
  const report = await useCases.attest(request, watch).finally(() => watch.clear())
  if (json) return { stdout: attestJson(report), stderr: "", exit: 0 }
  return {
    stdout: attestText(report, { quiet }),
    stderr: quiet ? "" : noteLines([...report.notes, ...(report.trust?.notes ?? [])]),
    exit: 0,
  }
}

function readRequest(
  files: readonly string[],
  flags: AttestFlags,
  terminal: Terminal,
): AttestRequest {
  const checksums = flags.text("subjects-base64")
  const checksumFiles = flags.list("subjects")
  if (files.length === 0 && checksums === undefined && checksumFiles.length === 0) {
    throw usageError("attest", "FILE... is missing, and so are --subjects and --subjects-base64")
  }
  const key = flags.text("key")
  const identityToken = flags.text("identity-token")
  refuseContradictions(flags, key, identityToken)
  const texts = {
    checksums,
    key,
    identityToken,
    project: flags.text("project") ?? ".",
    output: flags.text("output"),
    signingConfig: flags.text("signing-config"),
  }
  const builtAfter = readTime(flags.text("built-after"))
  const concurrency = flags.number("concurrency")
  return {
    files,
    checksumFiles,
    ...withoutAbsent(texts),
    ...(builtAfter === undefined ? {} : { builtAfter }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...readRootFlags(flags),
    force: flags.switch("force"),
    dryRun: flags.switch("dry-run"),
    anyFile: flags.switch("any-file"),
    isPart: flags.switch("partial"),
    privateRepository: flags.switch("private-repository"),
    issuers: flags.list("oidc-issuer"),
    logVersion: flags.choice("rekor-version", ["1", "2"]) === "2" ? 2 : 1,
    interactive: terminal.stderr.isTerminal,
  }
}

// A key knows no identity and no log: what goes with those would be ignored, and nothing that is given is.
function refuseContradictions(
  flags: AttestFlags,
  key: string | undefined,
  identityToken: string | undefined,
): void {
  if (key === undefined) return
  const flag = (["identity-token", "oidc-issuer", "signing-config", "rekor-version"] as const).find(
    (name) => flags.given(name),
  )
  if (flag !== undefined) throw usageError("attest", `--key and --${flag} exclude each other`)
  if (key === "-" && identityToken === "-") {
    throw usageError("attest", "there is one standard input, and two flags that read it")
  }
}

function readTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  try {
    return parseTimestamp(text, "--built-after")
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    throw usageError(
      "attest",
      `--built-after takes a time such as 2026-11-24T10:00:00Z, got \`${visible(text)}\``,
    )
  }
}

interface Watching extends AttestWatch {
  clear(): void
}

/** Says where to sign in, and shows progress from the first signature on: while a person signs in there is none. */
function createWatch(terminal: Terminal, quiet: boolean): Watching {
  let progress: Progress | undefined
  return {
    signIn: (address) => {
      void terminal.stderr.write(
        `note: your e-mail address will be in the certificate, and with it in a public log for ever\nsign in at ${visible(address.href)}\n`,
      )
    },
    total: (count) => {
      progress = createProgress(terminal, { verb: "signing", quiet })
      progress.total(count)
    },
    finished: (name) => progress?.finished(name),
    clear: () => progress?.clear(),
  }
}
