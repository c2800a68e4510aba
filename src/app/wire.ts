import { availableParallelism } from "node:os"
import process from "node:process"

import type { DigestAlgorithm, FileDigests } from "../core/digest.ts"
import { createFiles, type Files } from "../io/files.ts"
import type { LogAccess } from "./look-up.ts"
import type { TrustEffects } from "./trust.ts"
import type { TrustRequest } from "./trust-request.ts"
import { createTrustSource, type TrustSource } from "./trust-source.ts"
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
  }
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
        const { createLogTransport } = await import("../io/log-transport.ts")
        return createLogTransport({ timeoutMs, signal }).postJson(url, body)
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
