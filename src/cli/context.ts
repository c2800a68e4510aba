import type { Report, TrustSummary } from "../app/report.ts"
import type { Sha256 } from "../core/digest.ts"
import type { Expectation } from "../core/expectation.ts"

/** One output stream. `write` resolves when the data was handed on, and also when nobody reads any more. */
export interface Stream {
  readonly isTerminal: boolean
  readonly columns: number
  write(data: string | Uint8Array): Promise<void>
}

/** Time, as progress and reports need it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls `tick` again and again until the returned function is called; never keeps the process alive. */
  every(milliseconds: number, tick: () => void): () => void
}

/** What the shell knows of the world around it. */
export interface Terminal {
  readonly stdout: Stream
  readonly stderr: Stream
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** Aborted by the user's interrupt. */
  readonly signal: AbortSignal
}

/** What a command may touch. Use cases are loaded on first use: `--help` must not pay for them. */
export interface Context {
  readonly terminal: Terminal
  useCases(): Promise<UseCases>
}

/** Where trust comes from, and whom we may ask. */
export interface TrustRequest {
  /** The path of a trusted root file. */
  readonly trustedRoot?: string
  readonly offline: boolean
  readonly rekorUrl?: URL
  /** For each network request. */
  readonly timeoutMs?: number
}

/** One `verify`. Everything is as the user wrote it, except that flags were checked for their form. */
export interface VerifyRequest extends TrustRequest {
  /** Files, patterns, folders, `sha256:HEX`, `-` for standard input. */
  readonly targets: readonly string[]
  /** Files and folders that hold evidence. */
  readonly provenance: readonly string[]
  /** `source` is as the user wrote it; the use case normalises it with the evidence's own rule. */
  readonly expectation: Expectation
  /** PEM files of managed keys. */
  readonly keys: readonly string[]
  /** The distribution's published file name. */
  readonly name?: string
  readonly concurrency?: number
}

/** Hears how far a long run is. */
export interface Watch {
  /** The number of targets is known now. */
  total(count: number): void
  /** One target more is concluded. */
  finished(target: string): void
}

/** slsa-verifier's `verify-artifact`: absent means that the flag was not given, `""` that it was given empty. */
export interface SlsaArtifactRequest extends TrustRequest {
  readonly artifacts: readonly string[]
  readonly provenancePath: string
  readonly sourceUri: string
  readonly sourceBranch?: string
  readonly sourceTag?: string
  readonly sourceVersionedTag?: string
  readonly builderId?: string
  readonly workflowInputs: ReadonlyMap<string, string>
  /** `SLSA_VERIFIER_TESTING` is on. */
  readonly testing: boolean
}

/** slsa-verifier's `verify-github-attestation`. */
export interface SlsaGithubRequest extends TrustRequest {
  readonly artifact: string
  readonly attestationPath: string
  readonly sourceUri: string
  readonly builderId: string
  readonly testing: boolean
}

/** slsa-verifier's `verify-vsa`. */
export interface SlsaVsaRequest {
  /** Each `type:value`. */
  readonly subjectDigests: readonly string[]
  readonly attestationPath: string
  readonly verifierId: string
  readonly resourceUri: string
  readonly publicKeyPath: string
  readonly publicKeyId: string
  readonly verifiedLevels: readonly string[]
}

/** What happens during a drop-in command, in order. The shell prints each as slsa-verifier does. */
export type SlsaEvent =
  | { readonly kind: "log-entry"; readonly logIndex: string; readonly url: string }
  | { readonly kind: "index-search" }
  | { readonly kind: "build"; readonly builder: string; readonly commit: string }
  /** One artifact (or the VSA) passed all checks; `payload` is what was signed. */
  | { readonly kind: "passed"; readonly target: string; readonly payload: Uint8Array }
  /** The first failure ends the run. */
  | { readonly kind: "failed"; readonly target: string; readonly error: string }

/** The drop-in use cases. Each yields its events in order, and throws only what is not about an artifact. */
export interface SlsaUseCases {
  verifyArtifact(request: SlsaArtifactRequest): AsyncIterable<SlsaEvent>
  verifyGithubAttestation(request: SlsaGithubRequest): AsyncIterable<SlsaEvent>
  verifyVsa(request: SlsaVsaRequest): AsyncIterable<SlsaEvent>
}

/** Labelled rows under a title; rendered without knowing what they are about. */
interface Section {
  readonly title: string
  readonly rows: readonly { readonly label: string; readonly value: string }[]
}

/** Something to look at: for people in sections, for programs as JSON. */
export interface Inspection {
  readonly sections: readonly Section[]
  readonly json: unknown
}

/** One `seal`. Without `output` nothing is written to disk. */
interface SealRequest extends TrustRequest {
  readonly file: string
  readonly output?: string
  /** Replace `output` if it exists. */
  readonly force: boolean
}

/** Text that was made: written to `output` if one was named, else for standard output. */
export interface Produced {
  readonly content: string
  readonly notes: readonly string[]
}

/** The trust root, to look at. */
export interface TrustView extends Inspection {
  readonly summary: TrustSummary
}

/** A line of `sha256sum`. */
export interface DigestLine {
  readonly name: string
  readonly sha256: Sha256
}

/** Everything the shell can ask for. `app/wire.ts` builds the real one; tests build fakes. */
export interface UseCases {
  verify(request: VerifyRequest, watch: Watch): Promise<Report>
  readonly slsa: SlsaUseCases
  inspect(file: string): Promise<Inspection>
  seal(request: SealRequest): Promise<Produced>
  readonly trust: {
    show(request: TrustRequest): Promise<TrustView>
    refresh(request: TrustRequest): Promise<TrustView>
    export(
      request: TrustRequest & { readonly output?: string; readonly force: boolean },
    ): Promise<Produced>
  }
  /** Digests of files; with `merge` the union of the digest lists (plain or base64) in the files. */
  digest(request: {
    readonly files: readonly string[]
    readonly merge: boolean
  }): Promise<readonly DigestLine[]>
}
