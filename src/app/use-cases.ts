import type { ChecksumLine } from "../formats/checksums.ts"
import type { AttestReport, AttestRequest, AttestWatch } from "./attest/request.ts"
import type { BuildReport, BuildRequest, BuildWatch } from "./build/report.ts"
import type { DigestRequest } from "./digest.ts"
import type { Inspection } from "./inspect.ts"
import type { Rehearsal } from "./rehearse/report.ts"
import type { RehearseRequest } from "./rehearse/request.ts"
import type { RehearsalWatch } from "./rehearse/script.ts"
import type { Report, TrustSummary } from "./report.ts"
import type {
  SlsaArtifactRequest,
  SlsaEvent,
  SlsaGithubRequest,
  SlsaVsaRequest,
} from "./slsa-verifier.ts"
import type { TrustRequest } from "./trust-request.ts"
import type { VerifyRequest, Watch } from "./verify.ts"
import type { RunningWorld, WorldRequest } from "./world.ts"

/** One `seal`. Without `output` nothing is written to disk. */
export interface SealRequest extends TrustRequest {
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

/** The drop-in use cases. Each yields its events in order, and throws only what is not about an artifact. */
export interface SlsaUseCases {
  verifyArtifact(request: SlsaArtifactRequest & TrustRequest): AsyncIterable<SlsaEvent>
  verifyGithubAttestation(request: SlsaGithubRequest & TrustRequest): AsyncIterable<SlsaEvent>
  verifyVsa(request: SlsaVsaRequest): AsyncIterable<SlsaEvent>
}

/** Everything the shells can ask for. `wire.ts` builds the real one; tests of the shells build fakes. */
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
  rehearse(request: RehearseRequest, watch: RehearsalWatch): Promise<Rehearsal>
  build(request: BuildRequest, watch: BuildWatch): Promise<BuildReport>
  digest(request: DigestRequest): Promise<readonly ChecksumLine[]>
  attest(request: AttestRequest, watch: AttestWatch): Promise<AttestReport>
  world(request: WorldRequest): Promise<RunningWorld>
}
