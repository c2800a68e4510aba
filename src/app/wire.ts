import { availableParallelism } from "node:os"
import path from "node:path"
import process from "node:process"

import type { DigestAlgorithm, FileDigests } from "../core/digest.ts"
import { type Breathe, createBreath } from "../io/breath.ts"
import type { HttpClient } from "../io/http.ts"
import { createFiles, type Files } from "../io/files.ts"
import type { AttestEffects } from "./attest/effects.ts"
import type { AttestRequest, AttestWatch } from "./attest/request.ts"
import type { BuildWatch } from "./build/report.ts"
import type { BuildUseCaseEffects } from "./build/build.ts"
import type { LogAccess } from "./look-up.ts"
import type { Builder, BuilderPlace } from "./rehearse/builder.ts"
import type { RehearseEffects } from "./rehearse/scene.ts"
import type { TrustEffects } from "./trust.ts"
import type { TrustRequest } from "./trust-request.ts"
import { createTrustSource, type TrustSource } from "./trust-source.ts"
import type { Report } from "./report.ts"
import type { Produced, SlsaUseCases, UseCases } from "./use-cases.ts"
import type { TargetsRequest, Watch } from "./verify.ts"

/** What the use cases take from the process. */
export interface WireOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** The command line that runs a part of a long `verify` in a process of its own; without it every run stays in this one. */
  readonly partCommand?: readonly [string, ...string[]]
}

/** The only place that constructs real effects. Use cases are loaded when they are called. */
export function createContext(options: WireOptions): UseCases {
  const files = createFiles()
  const effectsOf = (request: TrustRequest): Effects => createEffects(request, files, options)
  return {
    async verify(request, watch) {
      const { resolveTargets } = await import("./verify.ts")
      const resolved = resolveTargets(request, files)
      const report = await runTargets(resolved.request, watch, options)
      return { ...report, notes: [...resolved.notes, ...report.notes] }
    },
    slsa: createSlsa(effectsOf, files),
    async inspect(file) {
      const { inspect } = await import("./inspect.ts")
      return inspect(file, { files, breathe: createBreath(options.signal) })
    },
    async seal(request) {
      const { seal } = await import("./seal.ts")
      return keep(await seal(request.file, effectsOf(request)), request, files)
    },
    trust: createTrustUseCases(files, options),
    async build(request, watch) {
      const { build } = await import("./build/build.ts")
      const stop = AbortSignal.any([options.signal, createTermination()])
      return build(request, await createBuildEffects(files, { ...options, signal: stop }), watch)
    },
    async digest(request) {
      const { digest } = await import("./digest.ts")
      return digest(request, { files, breathe: createBreath(options.signal) })
    },
    async rehearse(request, watch) {
      const { rehearse } = await import("./rehearse/rehearse.ts")
      const stop = AbortSignal.any([options.signal, createTermination()])
      return rehearse(request, await createRehearseEffects({ ...options, signal: stop }), watch)
    },
    async attest(request, watch) {
      const { attest } = await import("./attest/attest.ts")
      return attest(request, await createAttestEffects(request, files, options), watch)
    },
    async world(request) {
      const { runWorld } = await import("./world.ts")
      return runWorld(request, { stop: AbortSignal.any([options.signal, createTermination()]) })
    },
  }
}

async function createBuildEffects(
  files: Files,
  options: WireOptions,
): Promise<BuildUseCaseEffects> {
  const [{ runCommand }, { cacheFolder }] = await Promise.all([
    import("../io/command.ts"),
    import("../sigstore/trust/cache.ts"),
  ])
  const { environment, signal } = options
  const cache = cacheFolder(environment)
  return { files, run: runCommand, environment, signal, breathe: createBreath(signal), cache }
}

const SIGNING_TIMEOUT_MS = 20_000

async function createAttestEffects(
  request: AttestRequest,
  files: Files,
  options: WireOptions,
): Promise<AttestEffects> {
  const [{ createHttpClient }, { PATIENT, withRetries }, { createClock }, journal, { readStream }] =
    await Promise.all([
      import("../io/http.ts"),
      import("../io/retry.ts"),
      import("../io/clock.ts"),
      import("../io/journal.ts"),
      import("../io/read-stream.ts"),
    ])
  const clock = createClock()
  const http = withRetries(createHttpClient({ offline: request.offline }), clock, PATIENT)
  const limits = { timeoutMs: request.timeoutMs ?? SIGNING_TIMEOUT_MS, signal: options.signal }
  return {
    environment: options.environment,
    files,
    breathe: createBreath(options.signal),
    trust: createTrust(request, files, options),
    http,
    limits,
    now: clock.now,
    openJournal: (folder, name) => journal.openJournal(path.join(folder, name)),
    readStdin: (maxBytes) => readStream(process.stdin, maxBytes),
    async signIn(provider, show) {
      const [{ signIn }, { listenForRedirect }, { openBrowser }] = await Promise.all([
        import("../ci/sign-in.ts"),
        import("../io/redirect-listener.ts"),
        import("../io/browser.ts"),
      ])
      const showBoth = (address: URL): void => {
        show(address)
        openBrowser(address, options.environment)
      }
      return signIn(provider, { http, limits, listen: listenForRedirect, show: showBoth })
    },
  }
}

/** Runs one part of a long `verify`; the request is read from `input`, and what there is to say written as messages. */
export async function runPart(
  input: string,
  write: (data: Uint8Array) => Promise<void>,
  options: WireOptions,
): Promise<void> {
  const { runVerifyPart } = await import("./verify-part.ts")
  await runVerifyPart(input, (request, watch) => runWhole(request, watch, options), write)
}

async function runTargets(
  request: TargetsRequest,
  watch: Watch,
  options: WireOptions,
): Promise<Report> {
  const { partCommand, signal } = options
  if (partCommand === undefined) return runWhole(request, watch, options)
  const { verifyInParts } = await import("./verify-in-parts.ts")
  return verifyInParts(
    request,
    {
      files: createFiles(),
      processors: availableParallelism(),
      runWhole: (whole, heard) => runWhole(whole, heard, options),
      runPart: async (part, hear) => {
        const { startVerifyPart } = await import("./verify-part.ts")
        await startVerifyPart(partCommand, part, hear, signal)
      },
    },
    watch,
  )
}

/** The world that a rehearsal is played in. */
export async function createRehearseEffects(options: WireOptions): Promise<RehearseEffects> {
  const files = createFiles()
  const [{ createHttpClient }, { PATIENT, withRetries }, { createClock }, { createFolders }] =
    await Promise.all([
      import("../io/http.ts"),
      import("../io/retry.ts"),
      import("../io/clock.ts"),
      import("../io/folders.ts"),
    ])
  const { runCommand } = await import("../io/command.ts")
  const clock = createClock()
  return {
    files,
    folders: createFolders(),
    run: runCommand,
    http: withRetries(createHttpClient({ offline: false }), clock, PATIENT),
    environment: options.environment,
    signal: options.signal,
    now: clock.now,
    steady: () => performance.now(),
    verify: async (request) => createContext(options).verify(request, DEAF),
    async attest(request, environment) {
      const { attest } = await import("./attest/attest.ts")
      const job = { ...options, environment }
      return attest(request, await createAttestEffects(request, files, job), DEAF)
    },
    createBuilder: async (place) => createWorkBuilder(place, files, options),
    async startWorld() {
      const { startLocalWorld } = await import("../world/local-world.ts")
      return startLocalWorld()
    },
  }
}

/** A builder that leaves nothing outside of its place, whenever it is interrupted. */
async function createWorkBuilder(
  place: BuilderPlace,
  files: Files,
  options: WireOptions,
): Promise<Builder> {
  const [{ createBuilder }, { workEnvironment }, { runCommand }] = await Promise.all([
    import("./rehearse/builder.ts"),
    import("./rehearse/scene.ts"),
    import("../io/command.ts"),
  ])
  const { signal } = options
  const environment = workEnvironment(options.environment, place.work)
  return createBuilder(place, {
    access: { run: runCommand, environment, signal },
    async build(request) {
      const { build } = await import("./build/build.ts")
      const effects = await createBuildEffects(files, { ...options, environment })
      return build(request, { ...effects, cache: place.work }, DEAF)
    },
  })
}

/** Hears nothing: the rehearsal's own steps are what is watched. */
const DEAF: Watch & AttestWatch & BuildWatch = {
  total() {},
  finished() {},
  signIn() {},
  step() {},
  line() {},
}

/** Aborts when the process is asked to end; without it the process ends at once. */
function createTermination(): AbortSignal {
  const termination = new AbortController()
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      termination.abort()
    })
  }
  return termination.signal
}

async function runWhole(
  request: TargetsRequest,
  watch: Watch,
  options: WireOptions,
): Promise<Report> {
  const { verifyTargets } = await import("./verify.ts")
  const effects = createEffects(request, createFiles(), options)
  return verifyTargets(request, { ...effects, hashStdin }, watch)
}

interface Effects {
  readonly files: Files
  readonly breathe: Breathe
  readonly trust: TrustSource
  readonly logs: LogAccess
}

function createEffects(request: TrustRequest, files: Files, options: WireOptions): Effects {
  return {
    files,
    breathe: createBreath(options.signal),
    trust: createTrust(request, files, options),
    logs: createLogAccess(request, options.signal),
  }
}

const LOG_TIMEOUT_MS = 20_000

function createTrust(request: TrustRequest, files: Files, options: WireOptions): TrustSource {
  return createTrustSource(async () => {
    const { resolveInstances } = await import("./trust.ts")
    return resolveInstances(trustEffects(request, files, options))
  })
}

function trustEffects(
  request: TrustRequest,
  files: Files,
  { environment, signal }: WireOptions,
): TrustEffects {
  return { request, environment, signal, files, now: Date.now() }
}

function createLogAccess(request: TrustRequest, signal: AbortSignal): LogAccess {
  const { offline, rekorUrl, timeoutMs = LOG_TIMEOUT_MS } = request
  return {
    offline,
    rekorUrl,
    transport: {
      async postJson(url, body) {
        const { createLogTransport } = await import("../sigstore/rekor.ts")
        const http = await createShortHttp(offline)
        return createLogTransport(http, { timeoutMs, signal }).postJson(url, body)
      },
    },
  }
}

async function createShortHttp(offline: boolean): Promise<HttpClient> {
  const [{ createHttpClient }, { SHORT, withRetries }, { createClock }] = await Promise.all([
    import("../io/http.ts"),
    import("../io/retry.ts"),
    import("../io/clock.ts"),
  ])
  return withRetries(createHttpClient({ offline }), createClock(), SHORT)
}

async function hashStdin(algorithms: readonly DigestAlgorithm[]): Promise<FileDigests> {
  const { hashStream } = await import("../io/hash-stream.ts")
  return hashStream(process.stdin, algorithms)
}

function createSlsa(effectsOf: (request: TrustRequest) => Effects, files: Files): SlsaUseCases {
  return {
    async *verifyArtifact(request) {
      const { verifyArtifact } = await import("./slsa-verifier.ts")
      yield* verifyArtifact(request, effectsOf(request))
    },
    async *verifyGithubAttestation(request) {
      const { verifyGithubAttestation } = await import("./slsa-verifier.ts")
      yield* verifyGithubAttestation(request, effectsOf(request))
    },
    async *verifyVsa(request) {
      const { verifyVsa } = await import("./slsa-verifier.ts")
      yield* verifyVsa(request, files)
    },
  }
}

function createTrustUseCases(files: Files, options: WireOptions): UseCases["trust"] {
  return {
    async show(request) {
      const { showTrust } = await import("./trust.ts")
      return showTrust(trustEffects(request, files, options))
    },
    async refresh(request) {
      const { refreshTrust } = await import("./trust.ts")
      return refreshTrust(trustEffects(request, files, options))
    },
    async export(request) {
      const { exportTrust } = await import("./trust.ts")
      return keep(await exportTrust(trustEffects(request, files, options)), request, files)
    },
  }
}

/** Writes what was made to the file that the user named, if any. */
function keep(
  produced: Produced,
  { output, force }: { readonly output?: string; readonly force: boolean },
  files: Files,
): Produced {
  if (output !== undefined) files.write(output, produced.content, force)
  return produced
}
