import { availableParallelism } from "node:os"
import path from "node:path"
import process from "node:process"

import type { DigestAlgorithm, FileDigests } from "../core/digest.ts"
import { createFiles, type Files } from "../io/files.ts"
import type { AttestEffects } from "./attest/effects.ts"
import type { AttestRequest, AttestWatch } from "./attest/request.ts"
import type { BuildWatch } from "./build/report.ts"
import type { LogAccess } from "./look-up.ts"
import type { RehearseEffects } from "./rehearse/scene.ts"
import type { TrustEffects } from "./trust.ts"
import type { TrustRequest } from "./trust-request.ts"
import { createTrustSource, type TrustSource } from "./trust-source.ts"
import type { Watch } from "./verify.ts"
import type { PartEffects } from "./verify-in-parts.ts"
import type { Produced, SlsaUseCases, UseCases } from "./use-cases.ts"

/** What the use cases take from the process. */
export interface WireOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** The command line that runs a part of a long `verify` in a process of its own; without it every run stays in this one. */
  readonly partCommand?: readonly [string, ...string[]]
}

/** The only place that constructs real effects. Use cases are loaded when they are called. */
export function createContext(options: WireOptions): UseCases {
  const { signal } = options
  const files = createFiles()
  const effectsOf = (request: TrustRequest): Effects => ({
    files,
    trust: createTrust(request, files, options),
    logs: createLogAccess(request, signal),
  })
  return {
    async verify(request, watch) {
      const runWhole: UseCases["verify"] = async (whole, heard) => {
        const { verify } = await import("./verify.ts")
        return verify(
          whole,
          { ...effectsOf(whole), hashStdin, breathe: createBreath(), signal },
          heard,
        )
      }
      const { partCommand } = options
      if (partCommand === undefined || request.concurrency === 1) return runWhole(request, watch)
      const { verifyInParts } = await import("./verify-in-parts.ts")
      const effects = {
        files,
        processors: availableParallelism(),
        runWhole,
        runPart: createPartRunner(partCommand, signal),
      }
      return verifyInParts(request, effects, watch)
    },
    slsa: createSlsa(effectsOf, files),
    async inspect(file) {
      const { inspect } = await import("./inspect.ts")
      return inspect(file, files)
    },
    async seal(request) {
      const { seal } = await import("./seal.ts")
      return keep(await seal(request.file, effectsOf(request)), request, files)
    },
    trust: createTrustUseCases(files, options),
    async build(request, watch) {
      const [{ build }, { runCommand }, { cacheFolder }] = await Promise.all([
        import("./build/build.ts"),
        import("../io/command.ts"),
        import("../sigstore/trust/cache.ts"),
      ])
      const { environment } = options
      const cache = cacheFolder(environment)
      return build(request, { files, run: runCommand, environment, signal, cache }, watch)
    },
    async digest(request) {
      const { digest } = await import("./digest.ts")
      return digest(request, files)
    },
    async rehearse(request, watch) {
      const { rehearse } = await import("./rehearse/rehearse.ts")
      const stop = AbortSignal.any([signal, createTermination()])
      return rehearse(
        request,
        await createRehearseEffects(files, { ...options, signal: stop }),
        watch,
      )
    },
    async attest(request, watch) {
      const { attest } = await import("./attest/attest.ts")
      return attest(request, await createAttestEffects(request, files, options), watch)
    },
    async world(request) {
      const { runWorld } = await import("./world.ts")
      return runWorld(request, { stop: AbortSignal.any([signal, createTermination()]) })
    },
  }
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

async function createRehearseEffects(files: Files, options: WireOptions): Promise<RehearseEffects> {
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
    verify: async (request) => createContext(options).verify(request, DEAF),
    async attest(request, environment) {
      const { attest } = await import("./attest/attest.ts")
      const job = { ...options, environment }
      return attest(request, await createAttestEffects(request, files, job), DEAF)
    },
    async build(request, cache) {
      const [{ build }, { workEnvironment }] = await Promise.all([
        import("./build/build.ts"),
        import("./rehearse/scene.ts"),
      ])
      const environment = workEnvironment(options.environment, cache)
      const { signal } = options
      return build(request, { files, run: runCommand, environment, signal, cache }, DEAF)
    },
    async startWorld() {
      const { startLocalWorld } = await import("../world/local-world.ts")
      return startLocalWorld()
    },
  }
}

/** Hears nothing: the rehearsal's own steps are what is watched. */
const DEAF: Watch & AttestWatch & BuildWatch = {
  total() {},
  finished() {},
  signIn() {},
  step() {},
  line() {},
}

function createPartRunner(
  command: readonly [string, ...string[]],
  signal: AbortSignal,
): PartEffects["runPart"] {
  return async (request, hear) => {
    const { startVerifyPart } = await import("./verify-part.ts")
    await startVerifyPart(command, request, hear, signal)
  }
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

const BREATH_MS = 50

/** Lets the event loop turn every now and then, so that a long run hears an interrupt and draws its progress. */
function createBreath(): () => Promise<void> {
  let last = performance.now()
  return async () => {
    if (performance.now() - last < BREATH_MS) return
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    last = performance.now()
  }
}

interface Effects {
  readonly files: Files
  readonly trust: TrustSource
  readonly logs: LogAccess
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
        const [{ createHttpClient }, { createLogTransport }] = await Promise.all([
          import("../io/http.ts"),
          import("../sigstore/rekor.ts"),
        ])
        const transport = createLogTransport(createHttpClient({ offline }), { timeoutMs, signal })
        return transport.postJson(url, body)
      },
    },
  }
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
