import type { LogEntry } from "../../core/evidence.ts"
import type { Signed } from "./signed.ts"

/** A transparency log that signatures are written to. */
export interface LogWriter {
  readonly url: URL
  /**
   * Has the log take a signature in. The same one again gives the same entry; undefined where the log has it and does not give it. Throws
   * `ERR_SIGNING` and `ERR_NETWORK`.
   */
  add(signed: Signed): Promise<LogEntry | undefined>
  /** The entry that was made of a signature earlier; undefined where there is none, or the log cannot be asked. */
  find(signed: Signed): Promise<LogEntry | undefined>
}
