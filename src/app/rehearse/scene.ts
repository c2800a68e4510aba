import type { Expectation } from "../../core/expectation.ts"
import type { RunCommand } from "../../io/command.ts"
import type { Files } from "../../io/files.ts"
import type { HttpClient } from "../../io/http.ts"
import type { StoreAccess } from "../../publish/trusted-publishing.ts"
import type { Report } from "../report.ts"
import type { VerifyRequest } from "../verify.ts"

/** The world that a rehearsal is played in. */
export interface RehearseEffects {
  readonly files: Files
  readonly run: RunCommand
  readonly http: HttpClient
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** `verify`, as the command of this name runs it. */
  readonly verify: (request: VerifyRequest) => Promise<Report>
}

const TIMEOUT_MS = 30_000

/** How the rehearsal's own requests to the stores are made. */
export function storeAccess({ http, signal }: RehearseEffects): StoreAccess {
  return { http, signal, timeoutMs: TIMEOUT_MS }
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
