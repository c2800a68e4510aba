import type { Expectation } from "../../core/expectation.ts"
import type { Reason, Verdict } from "../../core/verdict.ts"
import type { RunCommand } from "../../io/command.ts"
import type { Files } from "../../io/files.ts"
import type { Folders } from "../../io/folders.ts"
import type { HttpClient } from "../../io/http.ts"
import type { StoreAccess } from "../../publish/trusted-publishing.ts"
import type { LocalWorld } from "../../world/local-world.ts"
import type { AttestReport, AttestRequest } from "../attest/request.ts"
import type { FileResult, Report } from "../report.ts"
import type { VerifyRequest } from "../verify.ts"
import type { Builder, BuilderPlace } from "./builder.ts"
import type { Attack, Chain, Rehearsal } from "./report.ts"
import type { Script } from "./script.ts"
import type { Services } from "./services.ts"
import type { Tools } from "./tools.ts"

/** The world that a rehearsal is played in. */
export interface RehearseEffects {
  readonly files: Files
  readonly folders: Folders
  readonly run: RunCommand
  readonly http: HttpClient
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Milliseconds since some moment; never goes back. */
  readonly steady: () => number
  /** `verify`, as the command of this name runs it. */
  readonly verify: (request: VerifyRequest) => Promise<Report>
  /** `attest`, as the command of this name runs it in a job with this environment. */
  readonly attest: (
    request: AttestRequest,
    environment: Readonly<Record<string, string>>,
  ) => Promise<AttestReport>
  readonly createBuilder: (place: BuilderPlace) => Promise<Builder>
  readonly startWorld: () => Promise<LocalWorld>
}

/** What the rehearsal has come to so far. */
export interface Plot {
  projects: Rehearsal["projects"]
  chain?: Chain
  readonly attacks: Attack[]
  readonly notes: string[]
}

/** Everything that the acts are played with. */
export interface Performance {
  /** The folder of the user's project; the examples without it. */
  readonly project: string | undefined
  readonly tools: Tools
  readonly script: Script
  readonly effects: RehearseEffects
  readonly world: LocalWorld
  readonly services: Services
  readonly plot: Plot
}

const TIMEOUT_MS = 30_000

/** How the rehearsal's own requests to the stores are made. */
export function storeAccess({ http, signal }: RehearseEffects): StoreAccess {
  return { http, signal, timeoutMs: TIMEOUT_MS }
}

/** The variables of an environment that are there. */
export function definedOnly(
  environment: RehearseEffects["environment"],
): Readonly<Record<string, string>> {
  const defined: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) defined[name] = value
  }
  return defined
}

/** The user's environment, but for where programs put what they need for a while: an interrupt leaves nothing of that behind. */
export function workEnvironment(
  environment: RehearseEffects["environment"],
  folder: string,
): Readonly<Record<string, string>> {
  return { ...definedOnly(environment), TMPDIR: folder, TEMP: folder, TMP: folder }
}

/** A `verify` of these files by this evidence, and the command line that does the same. */
export function verification(
  targets: readonly string[],
  provenance: readonly string[],
  expectation: Expectation,
  trustedRoot: string,
): { readonly request: VerifyRequest; readonly command: readonly string[] } {
  return {
    request: { targets, provenance, expectation, keys: [], trustedRoot, offline: true },
    command: [
      "wheelproof",
      "verify",
      ...targets,
      ...provenance.flatMap((file) => ["--provenance", file]),
      ...expectationFlags(expectation),
      "--trusted-root",
      trustedRoot,
      "--offline",
    ],
  }
}

function expectationFlags(expectation: Expectation): readonly string[] {
  const { source, sourceRef, workflow, denySelfHostedRunners } = expectation
  return [
    ...(source === undefined ? [] : ["--source", source]),
    ...(sourceRef === undefined ? [] : ["--source-ref", sourceRef]),
    ...(workflow === undefined ? [] : ["--workflow", workflow]),
    ...(denySelfHostedRunners === true ? ["--deny-self-hosted-runners"] : []),
  ]
}

/** A report whose paths are those within the rehearsal's folder, as `short` makes them. */
export function shortReport(report: Report, short: (text: string) => string): Report {
  return { ...report, results: report.results.map((result) => shortResult(result, short)) }
}

function shortResult(result: FileResult, short: (text: string) => string): FileResult {
  const { target, verdict } = result
  return { ...result, target: short(target), verdict: shortVerdict(verdict, short) }
}

function shortVerdict(verdict: Verdict, short: (text: string) => string): Verdict {
  switch (verdict.kind) {
    case "verified": {
      const { evidence, notes } = verdict.proof
      const { form, origin } = evidence
      return {
        kind: "verified",
        proof: {
          ...verdict.proof,
          evidence: { form, origin: short(origin) },
          notes: notes.map(short),
        },
      }
    }
    case "rejected": {
      const [first, ...others] = verdict.reasons
      return {
        kind: "rejected",
        reasons: [shortReason(first, short), ...others.map((reason) => shortReason(reason, short))],
      }
    }
    case "undecided":
      return { ...verdict, message: short(verdict.message) }
  }
}

function shortReason(reason: Reason, short: (text: string) => string): Reason {
  const { expected, found, origin } = reason
  return {
    ...reason,
    expected: short(expected),
    found: short(found),
    ...(origin === undefined ? {} : { origin: short(origin) }),
  }
}
