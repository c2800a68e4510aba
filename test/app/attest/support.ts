import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { attest } from "../../../src/app/attest/attest.ts"
import type { AttestEffects } from "../../../src/app/attest/effects.ts"
import type { AttestReport, AttestRequest } from "../../../src/app/attest/request.ts"
import { createTrustSource } from "../../../src/app/trust-source.ts"
import { resolveInstances } from "../../../src/app/trust.ts"
import { WheelproofError } from "../../../src/core/errors.ts"
import { createBreath } from "../../../src/io/breath.ts"
import { createFiles } from "../../../src/io/files.ts"
import { createHttpClient } from "../../../src/io/http.ts"
import { openJournal } from "../../../src/io/journal.ts"
import { PATIENT, withRetries } from "../../../src/io/retry.ts"
import { verify } from "../../../src/app/library.ts"
import type { Expectation } from "../../../src/core/expectation.ts"
import { METADATA, SDIST_NAME, sdistBytes, WHEEL_NAME, wheelBytes } from "../../support/archives.ts"
import type { LocalWorld } from "../../../src/world/local-world.ts"
import { githubClaims, type GitHubClaims } from "../../../src/world/oidc/claims.ts"
import { jobEnvironment, tokenRequestEnvironment } from "../../../src/world/oidc/job-environment.ts"
import type { SigningConfigJson } from "../../../src/world/sigstore/signing-config.ts"

export { SDIST_NAME as SDIST, WHEEL_NAME as WHEEL } from "../../support/archives.ts"
const GITHUB = "https://token.actions.githubusercontent.com"

/** A right wheel of this version; its name and its bytes. */
export function wheelOfVersion(version: string): { readonly name: string; readonly bytes: Buffer } {
  return {
    name: `rocket-${version}-py3-none-any.whl`,
    bytes: wheelBytes({
      folder: `rocket-${version}.dist-info`,
      metadata: METADATA.replace("1.0.0", version),
    }),
  }
}

/** How a run ended: its report, or its error. */
export interface Ended {
  readonly report?: AttestReport
  readonly error?: WheelproofError
  /** How long was waited between attempts, in milliseconds, without really waiting. */
  readonly waits: readonly number[]
}

/** What a run may be told. */
export interface RunOptions extends Partial<AttestRequest> {
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly effects?: Partial<AttestEffects>
  /** Names no signing config, so that the one beside the trust root is used. */
  readonly withoutSigningConfig?: boolean
  /** Changes the signing config before it is read. */
  readonly config?: (config: SigningConfigJson) => void
}

/** A folder with distributions in it, and the world's services to attest them with. */
export interface Place {
  readonly folder: string
  readonly dist: string
  readonly trustedRoot: string
  /** The environment of a job of GitHub Actions with these claims. */
  readonly job: (claims?: Partial<GitHubClaims>) => Record<string, string>
  readonly run: (options?: RunOptions) => Promise<Ended>
  /** Writes a file into `dist`. */
  readonly put: (name: string, content: string | Uint8Array) => string
  /** What is in `dist`, hidden files too. */
  readonly names: () => readonly string[]
  readonly read: (name: string) => string
  /** Verifies everything in `dist`, offline: the verdict of each file. */
  readonly verdicts: (expectation?: Expectation) => Promise<readonly string[]>
  readonly remove: () => void
}

/** Makes a folder with a wheel and an sdist. */
export function createPlace(world: LocalWorld): Place {
  const folder = mkdtempSync(path.join(tmpdir(), "wheelproof-test-"))
  const dist = path.join(folder, "dist")
  mkdirSync(dist)
  const trustedRoot = path.join(folder, "trusted_root.json")
  writeFileSync(trustedRoot, JSON.stringify(world.trustedRoot()))
  const put: Place["put"] = (name, content) => {
    const file = path.join(dist, name)
    writeFileSync(file, content)
    return file
  }
  put(WHEEL_NAME, wheelBytes())
  put(SDIST_NAME, sdistBytes())
  return {
    folder,
    dist,
    trustedRoot,
    put,
    job: (claims) => ({
      ...jobEnvironment(githubClaims(claims), world.urls.github),
      ...tokenRequestEnvironment(world.startJob(claims)),
    }),
    async run(options = {}) {
      return runAttest(world, { folder, dist, trustedRoot }, options)
    },
    names: () => readdirSync(dist).toSorted(),
    read: (name) => readFileSync(path.join(dist, name), "utf8"),
    async verdicts(expectation = {}) {
      const { results } = await verify(dist, { trustedRoot, offline: true, expectation })
      return results.map(({ verdict }) => verdict.kind)
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}

async function runAttest(
  world: LocalWorld,
  { folder, dist, trustedRoot }: Pick<Place, "folder" | "dist" | "trustedRoot">,
  { environment = {}, effects = {}, withoutSigningConfig, config, ...given }: RunOptions,
): Promise<Ended> {
  const { logVersion = 1 } = given
  const services = world.signingConfig(logVersion)
  config?.(services)
  const signingConfig = path.join(folder, "signing_config.json")
  writeFileSync(signingConfig, JSON.stringify(services))
  const request: AttestRequest = {
    files: [dist],
    checksumFiles: [],
    force: false,
    dryRun: false,
    anyFile: false,
    project: folder,
    isPart: false,
    issuers: [`${GITHUB}=${world.urls.oidc}/github`],
    trustedRoot,
    ...(given.key === undefined && withoutSigningConfig !== true ? { signingConfig } : {}),
    logVersion,
    privateRepository: false,
    interactive: false,
    offline: false,
    ...given,
  }
  const waits: number[] = []
  try {
    const made = { ...createEffects(request, environment, waits), ...effects }
    return { report: await attest(request, made, SILENT), waits }
  } catch (error) {
    if (error instanceof WheelproofError) return { error, waits }
    throw error
  }
}

const SILENT = { signIn: () => {}, total: () => {}, finished: () => {} }

/** Real effects, except that nobody waits between two attempts. */
function createEffects(
  request: AttestRequest,
  environment: AttestEffects["environment"],
  waits: number[],
): AttestEffects {
  const { signal } = new AbortController()
  const files = createFiles()
  const clock = {
    now: () => Date.now(),
    sleep: async (milliseconds: number) => {
      waits.push(milliseconds)
      await Promise.resolve()
    },
  }
  const { offline, timeoutMs = 10_000 } = request
  return {
    environment,
    files,
    breathe: createBreath(signal),
    http: withRetries(createHttpClient({ offline }), clock, PATIENT),
    limits: { timeoutMs, signal },
    now: clock.now,
    trust: createTrustSource(() =>
      resolveInstances({ request, environment, signal, files, now: Date.now() }),
    ),
    openJournal: (folder, name) => openJournal(path.join(folder, name)),
    readStdin: () => Promise.reject(new Error("standard input was not expected to be read")),
    signIn: () => Promise.reject(new Error("nobody was expected to sign in")),
  }
}

/** Everything that a full run writes for the wheel and the sdist. */
export const WRITTEN: readonly string[] = [
  "multiple.intoto.jsonl",
  ...[WHEEL_NAME, SDIST_NAME].flatMap((name) => [
    name,
    `${name}.publish.attestation`,
    `${name}.sigstore.json`,
    `${name}.slsa.attestation`,
  ]),
].toSorted()

/** Whether a run left nothing behind but the files that were there. */
export function leftNothing({ dist, names }: Place): boolean {
  return (
    names().join() === [WHEEL_NAME, SDIST_NAME].join() &&
    !existsSync(path.join(dist, ".wheelproof-attest"))
  )
}
