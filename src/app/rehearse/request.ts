import type { Rehearsal } from "./report.ts"

/** One `rehearse`. */
export interface RehearseRequest {
  /** The project's folder; without one the examples are rehearsed. */
  readonly project?: string
  /** Keep the rehearsal's folder. */
  readonly keep: boolean
  /** A page to write about the rehearsal. */
  readonly page?: {
    readonly file: string
    /** Replace the file if it exists. */
    readonly force: boolean
    readonly render: (rehearsal: Rehearsal) => string
  }
}
