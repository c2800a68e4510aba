import type { Breathe } from "../../io/breath.ts"
import type { Files } from "../../io/files.ts"
import type { HttpClient } from "../../io/http.ts"
import type { JournalFile } from "../../io/journal.ts"
import type { TrustSource } from "../trust-source.ts"

/** The world that `attest` works in. */
export interface AttestEffects {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly files: Files
  /** Called again and again while files are hashed. */
  readonly breathe: Breathe
  readonly trust: TrustSource
  /** Tries again by itself. */
  readonly http: HttpClient
  readonly limits: { readonly timeoutMs: number; readonly signal: AbortSignal }
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Opens the journal in a folder of this name, beside what is written. */
  readonly openJournal: (folder: string, name: string) => JournalFile
  /** Standard input to its end, up to so many bytes. */
  readonly readStdin: (maxBytes: number) => Promise<Uint8Array>
  /** Lets a person sign in at a provider, and returns their identity token. */
  readonly signIn: (provider: URL, show: (address: URL) => void) => Promise<string>
}
