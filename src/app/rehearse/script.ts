import path from "node:path"

import { type ErrorCode, WheelproofError } from "../../core/errors.ts"
import type { Reason } from "../../core/verdict.ts"
import { refuseAborted } from "../../io/command.ts"
import type { Files } from "../../io/files.ts"
import { sha256Of } from "./digest-of.ts"
import type {
  Actor,
  CommandLine,
  Fact,
  MadeFile,
  RehearsalStep,
  StepError,
  StepOutcome,
} from "./report.ts"

/** Hears what a rehearsal is at. */
export interface RehearsalWatch {
  started(step: Pick<RehearsalStep, "id" | "actor" | "title">): void
  finished(step: RehearsalStep): void
}

/** What a step notes down while it runs. */
export interface StepNotes {
  /** What a person would type. */
  command(line: CommandLine): void
  fact(label: string, value: string): void
  /** Files that the step made, by path. */
  made(...files: readonly string[]): void
  /** Why the step failed; it goes on to its end. */
  failed(reasons: readonly Reason[]): void
}

/** What is to be done in a step. */
export interface StepPlan {
  readonly id: string
  readonly actor: Actor
  readonly title: string
}

/** What a script needs of the world. */
export interface ScriptEffects {
  readonly files: Files
  /** Milliseconds since some moment; never goes back. */
  readonly steady: () => number
  readonly signal: AbortSignal
}

/** The rest of the rehearsal cannot be played, because this step did not come out as promised. It is in the script. */
export class StepFailed extends Error {
  override readonly name = "StepFailed"
}

/** Plays the steps one by one and writes them down: each with its time, the files that it made and how it came out. */
export class Script {
  readonly #folder: string
  readonly #effects: ScriptEffects
  readonly #watch: RehearsalWatch
  readonly #begin: number
  readonly #steps: RehearsalStep[] = []

  /** Files are named by their path in `folder`. */
  constructor(folder: string, effects: ScriptEffects, watch: RehearsalWatch) {
    this.#folder = folder
    this.#effects = effects
    this.#watch = watch
    this.#begin = effects.steady()
  }

  get steps(): readonly RehearsalStep[] {
    return this.#steps
  }

  /** Milliseconds since the beginning. */
  elapsed(): number {
    return this.#effects.steady() - this.#begin
  }

  /** The path of a file in the rehearsal's folder. */
  path(...parts: readonly string[]): string {
    return path.join(this.#folder, ...parts)
  }

  /** A text in which paths of the rehearsal's folder are those within it. */
  short(text: string): string {
    return text.replaceAll(`${this.#folder}${path.sep}`, "")
  }

  /** Plays a step. Throws `StepFailed` where it did not come out as promised, and `ERR_INTERRUPTED`. */
  async step<Value>(plan: StepPlan, play: (notes: StepNotes) => Promise<Value>): Promise<Value> {
    const { signal } = this.#effects
    refuseAborted(signal)
    this.#watch.started(plan)
    const start = this.elapsed()
    const record = createRecord()
    const outcome = await attempt(async () => play(record.notes))
    refuseAborted(signal)
    this.#write(plan, record, start, "error" in outcome ? outcome.error : undefined)
    if ("error" in outcome || record.reasons.length > 0) throw new StepFailed(plan.id)
    return outcome.value
  }

  #write(
    { id, actor, title }: StepPlan,
    { commands, facts, files, reasons }: StepRecord,
    start: number,
    error: StepError | undefined,
  ): void {
    const step: RehearsalStep = {
      id,
      actor,
      title,
      outcome: reasons.length > 0 ? "failed" : outcomeOf(error),
      start,
      milliseconds: this.elapsed() - start,
      commands,
      files: [...new Set(files)].map((file) => this.#measure(file)),
      facts,
      reasons,
      ...(error === undefined ? {} : { error: { ...error, message: this.short(error.message) } }),
    }
    this.#steps.push(step)
    this.#watch.finished(step)
  }

  #measure(file: string): MadeFile {
    const { files } = this.#effects
    const sha256 = sha256Of(file, files)
    const bytes = files.withFile(file, (_, size) => size)
    return { path: path.relative(this.#folder, file).replaceAll(path.sep, "/"), bytes, sha256 }
  }
}

/** What another run, on another day or with another network, may do better. Every other error is a promise that was not kept. */
const OPEN: ReadonlySet<ErrorCode> = new Set([
  "ERR_NETWORK",
  "ERR_LOG_UNREACHABLE",
  "ERR_OFFLINE",
  "ERR_COMMAND",
  "ERR_OUTPUT",
])

async function attempt<Value>(
  play: () => Promise<Value>,
): Promise<{ readonly value: Value } | { readonly error: StepError }> {
  try {
    return { value: await play() }
  } catch (error) {
    if (!(error instanceof WheelproofError) || error.code === "ERR_INTERRUPTED") throw error
    const { code, message, hint } = error
    return { error: { code, message, ...(hint === undefined ? {} : { hint }) } }
  }
}

function outcomeOf(error: StepError | undefined): StepOutcome {
  if (error === undefined) return "passed"
  return OPEN.has(error.code) ? "undecided" : "failed"
}

interface StepRecord {
  readonly notes: StepNotes
  readonly commands: CommandLine[]
  readonly facts: Fact[]
  readonly files: string[]
  readonly reasons: Reason[]
}

function createRecord(): StepRecord {
  const commands: CommandLine[] = []
  const facts: Fact[] = []
  const files: string[] = []
  const reasons: Reason[] = []
  return {
    commands,
    facts,
    files,
    reasons,
    notes: {
      command: (line) => commands.push(line),
      fact: (label, value) => facts.push({ label, value }),
      made: (...made) => files.push(...made),
      failed: (found) => reasons.push(...found),
    },
  }
}
