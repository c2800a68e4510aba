import type { UseCases } from "../app/use-cases.ts"

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
