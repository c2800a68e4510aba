import type { Report } from "../../src/app/report.ts"
import type { Context, Terminal } from "../../src/cli/context.ts"
import type { UseCases } from "../../src/app/use-cases.ts"
import type { ExitCode } from "../../src/cli/exit.ts"
import { main } from "../../src/cli/main.ts"
import { parseSha256 } from "../../src/core/digest.ts"
import type { Identity } from "../../src/core/identity.ts"
import type { Proof } from "../../src/core/verdict.ts"

/** 2026-11-24T10:00:00Z, the time of every test. */
const NOW: number = Date.UTC(2026, 10, 24, 10)

/** What a run printed and ended in. */
export interface Run {
  readonly exit: ExitCode
  readonly stdout: string
  readonly stderr: string
}

/** A terminal whose streams are kept. */
export function fakeTerminal(overrides: Partial<Terminal> = {}): {
  readonly terminal: Terminal
  readonly written: { stdout: string; stderr: string }
} {
  const written = { stdout: "", stderr: "" }
  const stream = (name: "stdout" | "stderr") => ({
    isTerminal: false,
    columns: 80,
    write: async (data: string | Uint8Array) => {
      written[name] += typeof data === "string" ? data : Buffer.from(data).toString()
    },
  })
  const terminal: Terminal = {
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    environment: {},
    clock: { now: () => NOW, every: () => () => undefined },
    signal: new AbortController().signal,
    ...overrides,
  }
  return { terminal, written }
}

function refuse(): never {
  throw new Error("this use case was not expected to be called")
}

/** Use cases of which only the given ones may be called. */
export function fakeUseCases(given: Partial<UseCases>): UseCases {
  return {
    verify: refuse,
    slsa: { verifyArtifact: refuse, verifyGithubAttestation: refuse, verifyVsa: refuse },
    inspect: refuse,
    seal: refuse,
    trust: { show: refuse, refresh: refuse, export: refuse },
    rehearse: refuse,
    build: refuse,
    digest: refuse,
    attest: refuse,
    world: refuse,
    ...given,
  }
}

/** Runs a command line with fakes. */
export async function run(
  argv: readonly string[],
  given: Partial<UseCases> = {},
  overrides: Partial<Terminal> = {},
): Promise<Run> {
  const { terminal, written } = fakeTerminal(overrides)
  const context: Context = { terminal, useCases: async () => fakeUseCases(given) }
  const exit = await main(argv, context)
  return { exit, ...written }
}

/** One line of shell in, one transcript out. */
export async function transcript(
  line: string,
  given: Partial<UseCases> = {},
  overrides: Partial<Terminal> = {},
): Promise<string> {
  const argv = line === "" ? [] : line.split(" ")
  const { exit, stdout, stderr } = await run(argv, given, overrides)
  const error = stderr === "" ? "" : `--- stderr\n${stderr}`
  return `$ wheelproof ${line}\nexit ${exit}\n${stdout}${error}`
}

/** The digest of every test file. */
export const DIGEST: ReturnType<typeof parseSha256> = parseSha256("ab".repeat(32))

const IDENTITY: Identity = {
  san: {
    kind: "uri",
    value: "https://github.com/owner/name/.github/workflows/release.yml@refs/tags/v1",
  },
  issuer: "https://token.actions.githubusercontent.com",
  sourceRepository: "https://github.com/owner/name",
  sourceRef: "refs/tags/v1",
  sourceCommit: "c".repeat(40),
  buildConfigUri: "https://github.com/owner/name/.github/workflows/release.yml@refs/tags/v1",
  buildSignerUri: "https://github.com/owner/name/.github/workflows/release.yml@refs/tags/v1",
  runnerEnvironment: "github-hosted",
  trigger: "push",
  runUri: "https://github.com/owner/name/actions/runs/1/attempts/1",
}

/** Everything that a proof can hold. */
export const PROOF: Proof = {
  digests: { sha256: DIGEST },
  evidence: { form: "sigstore-bundle-v0.3", origin: "dist/bundle.json" },
  subjectName: "name-1.0-py3-none-any.whl",
  subjectCount: 2,
  predicateType: "https://slsa.dev/provenance/v1",
  identity: IDENTITY,
  claim: {
    builder: "https://github.com/actions/runner/github-hosted",
    resolvedDependencies: [
      {
        uri: "git+https://github.com/owner/name",
        digest: new Map([["gitCommit", "c".repeat(40)]]),
      },
      { uri: undefined, digest: new Map() },
    ],
  },
  publisher: { kind: "GitHub", repository: "owner/name", workflow: "release.yml" },
  instance: "public-good",
  times: [
    { source: "rekor-set", time: Date.UTC(2026, 0, 2, 3, 4, 5), authority: "rekor.sigstore.dev" },
    { source: "rfc3161", time: Date.UTC(2026, 0, 2, 3, 4, 6), authority: "CN=tsa" },
  ],
  logEntries: [{ log: "rekor.sigstore.dev", logIndex: "123", kind: "dsse/0.0.1", proof: "both" }],
  crossChecked: ["repository", "ref"],
  compared: [{ field: "source", value: "github.com/owner/name" }],
  notCompared: [
    { field: "source-ref", value: "refs/tags/v1" },
    { field: "workflow", value: "release.yml" },
  ],
  notes: ["the evidence is old"],
}

/** One result of each kind. */
export const REPORT: Report = {
  results: [
    {
      target: "dist/a.whl",
      name: "a.whl",
      digests: PROOF.digests,
      verdict: { kind: "verified", proof: PROOF },
    },
    {
      target: "dist/b.whl",
      verdict: {
        kind: "rejected",
        reasons: [
          {
            check: "subject-digest",
            expected: `sha256:${DIGEST}`,
            found: "2 other subjects",
            origin: "dist/bundle.json",
          },
          {
            check: "expect-source",
            expected: "github.com/owner/name",
            found: "github.com/evil/name",
          },
        ],
      },
    },
    {
      target: "dist/c.whl",
      verdict: {
        kind: "undecided",
        code: "ERR_NETWORK",
        message: "the log did not answer",
        hint: "try again",
      },
    },
  ],
  trust: {
    source: "cache",
    origin: "https://tuf.example",
    version: 12,
    asOf: NOW - 4 * 86_400_000,
    instances: ["public-good"],
    notes: ["the trust root could not be refreshed"],
  },
  notes: ["1 file was skipped"],
}

/** A report with only its verified result. */
export const VERIFIED: Report = { ...REPORT, results: REPORT.results.slice(0, 1) }

/** Text as an attacker writes it: escape sequence, line break, reordering, zero width, runner command. */
export const HOSTILE = "a\u001B[31mb\r\n::error::c\u202Ed\u200Be\u2028f##[g]\u00A0h|`<b>"

/** A proof, a reason and an error made of hostile text. */
export const HOSTILE_REPORT: Report = {
  results: [
    {
      target: `dist/${HOSTILE}`,
      verdict: {
        kind: "verified",
        proof: {
          ...PROOF,
          evidence: { ...PROOF.evidence, origin: HOSTILE },
          subjectName: HOSTILE,
          predicateType: HOSTILE,
          identity: {
            san: { kind: "uri", value: HOSTILE },
            issuer: HOSTILE,
            sourceRepository: HOSTILE,
            runUri: HOSTILE,
          },
          claim: { sourceRef: HOSTILE, inputs: { [HOSTILE]: HOSTILE }, resolvedDependencies: [] },
          times: [{ source: "rfc3161", time: Infinity, authority: HOSTILE }],
          logEntries: [{ log: HOSTILE, logIndex: HOSTILE, kind: HOSTILE, proof: "promise" }],
          crossChecked: [HOSTILE],
          compared: [],
          notCompared: [{ field: "source", value: HOSTILE }],
          notes: [HOSTILE],
        },
      },
    },
    {
      target: HOSTILE,
      verdict: {
        kind: "rejected",
        reasons: [{ check: "signature", expected: HOSTILE, found: HOSTILE, origin: HOSTILE }],
      },
    },
    {
      target: HOSTILE,
      verdict: { kind: "undecided", code: "ERR_NETWORK", message: HOSTILE, hint: HOSTILE },
    },
  ],
  notes: [HOSTILE],
}

/** The paths of a JSON value's leaves, `[]` for each element; what is among `stops` counts as one. */
export function leaves(value: unknown, stops: readonly string[], path = ""): string[] {
  if (stops.includes(path)) return [path]
  if (Array.isArray(value)) return value.flatMap((item) => leaves(item, stops, `${path}[]`))
  if (typeof value !== "object" || value === null) return [path]
  return Object.entries(value).flatMap(([key, item]) =>
    leaves(item, stops, path === "" ? key : `${path}.${key}`),
  )
}
