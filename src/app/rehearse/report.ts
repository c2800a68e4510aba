import type { ErrorCode } from "../../core/errors.ts"
import type { Reason } from "../../core/verdict.ts"

/** Whose part a step plays. */
export type Actor = "stage" | "maintainer" | "user" | "attacker"

/** A file that a step made, by its path in the rehearsal's folder. */
export interface MadeFile {
  readonly path: string
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
}

/** A command line, word by word. */
export type CommandLine = readonly string[]

/** A labelled value, for people. */
export interface Fact {
  readonly label: string
  readonly value: string
}

/** How a step came out: as promised, against the promise, or not at all. */
export type StepOutcome = "passed" | "failed" | "undecided"

/** One step of a rehearsal. */
export interface RehearsalStep {
  readonly id: string
  readonly actor: Actor
  readonly title: string
  readonly outcome: StepOutcome
  /** Milliseconds from the beginning of the rehearsal to that of the step. */
  readonly start: number
  readonly milliseconds: number
  /** What a person would type for it, word by word. */
  readonly commands: readonly CommandLine[]
  readonly files: readonly MadeFile[]
  readonly facts: readonly Fact[]
  /** Failed: why. */
  readonly reasons: readonly Reason[]
  /** Undecided, or failed by an error: which. */
  readonly error?: StepError
}

/** An error that ended a step. */
export interface StepError {
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string
}

/** Who vouches for a claim in the chain. */
export type Voucher =
  | "certificate"
  | "certificate and statement"
  | "statement alone"
  | "transparency log"
  | "timestamp authority"
  | "certificate log"
  | "index alone"
  | "release alone"
  | "measured here"

/** Something that is known about a link of the chain, and by whose word. */
export interface VouchedClaim extends Fact {
  readonly by: Voucher
}

/** One link of the chain. */
export interface ChainLink {
  readonly id: string
  readonly title: string
  /** One sentence: what holds this link to the one before. */
  readonly holds: string
  /** The SHA-256 that this link is about, where it is about a file. */
  readonly sha256?: string
  readonly claims: readonly VouchedClaim[]
}

/** From the commit to installed files: a trunk that all files share, then a lane for each wheel. */
export interface Chain {
  readonly trunk: readonly ChainLink[]
  readonly lanes: readonly { readonly file: string; readonly links: readonly ChainLink[] }[]
}

/** An attack, and how it ended. It is refused only if the verifier rejected the file. */
export interface Attack {
  readonly id: string
  readonly title: string
  /** What the attacker did, as one or two sentences. */
  readonly story: string
  /** What pip made of it, without a verifier. */
  readonly withoutVerifier: string
  readonly commands: readonly CommandLine[]
  /** The digest of what was served. */
  readonly served: string
  /** The digest of the maintainer's file of this name. */
  readonly genuine: string
  readonly refused: boolean
  readonly reasons: readonly Reason[]
}

/** Reasons without those that say the same of another attestation. */
export function distinctReasons(reasons: readonly Reason[]): readonly Reason[] {
  const keys = reasons.map(keyOf)
  return reasons.filter((reason, index) => keys.indexOf(keyOf(reason)) === index)
}

function keyOf({ check, expected, found }: Reason): string {
  return `${check} ${expected} ${found}`
}

/** A whole rehearsal. */
export interface Rehearsal {
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly milliseconds: number
  readonly projects: readonly { readonly name: string; readonly version: string }[]
  readonly steps: readonly RehearsalStep[]
  /** Absent where the rehearsal did not get that far. */
  readonly chain?: Chain
  readonly attacks: readonly Attack[]
  /** Sentences a reader must know. */
  readonly notes: readonly string[]
  /** Where everything is, if it was kept. */
  readonly folder?: string
}

/** How the whole came out. It passed only if there are steps and every one of them passed. */
export function rehearsalOutcome({ steps }: Pick<Rehearsal, "steps">): StepOutcome {
  if (steps.some(({ outcome }) => outcome === "failed")) return "failed"
  const passed = steps.length > 0 && steps.every(({ outcome }) => outcome === "passed")
  return passed ? "passed" : "undecided"
}
