import { WheelproofError } from "../core/errors.ts"

/** What every use case of the placeholder does. */
type Missing = () => Promise<never>

/** Placeholder until the use cases are joined: every use case fails with `ERR_CONFIG`. */
export function createContext(_options: {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}): {
  verify: Missing
  slsa: Record<
    "verifyArtifact" | "verifyGithubAttestation" | "verifyVsa",
    () => AsyncIterable<never>
  >
  inspect: Missing
  seal: Missing
  trust: Record<"show" | "refresh" | "export", Missing>
  digest: Missing
} {
  return {
    verify: missing,
    slsa: { verifyArtifact: none, verifyGithubAttestation: none, verifyVsa: none },
    inspect: missing,
    seal: missing,
    trust: { show: missing, refresh: missing, export: missing },
    digest: missing,
  }
}

async function missing(): Promise<never> {
  throw new WheelproofError("ERR_CONFIG", "this build has no use cases yet")
}

async function* none(): AsyncGenerator<never> {
  yield await missing()
}
