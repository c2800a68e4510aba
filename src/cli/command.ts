import type { Context } from "./context.ts"
import type { ExitCode } from "./exit.ts"
import type { Flags, FlagTable } from "./flag.ts"

/** What a command has to say. It never prints and never exits. */
export interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly exit: ExitCode
}

/** The arguments without a flag. */
interface Positionals {
  /** The placeholder in `--help`, with its brackets and dots. */
  readonly usage: string
  readonly help: string
  readonly kind: "none" | "path" | "choice" | "text"
  readonly choices?: readonly string[]
  readonly minimum: number
  readonly maximum: number
}

/** A parsed command line, typed by the command's flag table. */
export interface Input<Table extends FlagTable> {
  readonly positionals: readonly string[]
  readonly flags: Flags<Table>
}

/** The headings of the command list, in order. */
export type CommandGroup = "verify" | "publish" | "evidence" | "trust" | "rehearse" | "help"

interface CommandFacts<Table extends FlagTable> {
  readonly name: string
  readonly group: CommandGroup
  readonly summary: string
  readonly description: readonly string[]
  readonly positionals: Positionals
  readonly flags: Table
  readonly examples: readonly { readonly about: string; readonly line: string }[]
  /**
   * `pflag` is for slsa-verifier's commands: the last of repeated flags counts, empty values and `--switch=true` are taken, and
   * usage errors end in 1.
   */
  readonly dialect: "strict" | "pflag"
  /** For a command that has started something: after an interrupt it ends by itself, once it has put that away, and says how it ended. */
  readonly endsItself?: true
  /** The exit codes it can end in. */
  readonly exits: readonly ExitCode[]
  /** What some of them mean here, where it is not what they mean elsewhere. */
  readonly exitTexts?: Readonly<Partial<Record<ExitCode, string>>>
}

/** One row of the table: the source of parsing, `--help`, completion and docs/cli.md. */
export interface Command extends CommandFacts<FlagTable> {
  run(values: RawInput, context: Context): Promise<Outcome>
}

/** A parsed command line before a command's types are put on it. */
export interface RawInput {
  readonly positionals: readonly string[]
  readonly values: ReadonlyMap<string, readonly string[]>
}

/** The function that a command's file exports. */
export type Run<Table extends FlagTable> = (
  input: Input<Table>,
  context: Context,
) => Promise<Outcome>

/** Makes a row of the table. `load` imports the command's file when it runs, so that no command pays for another. */
export function defineCommand<Table extends FlagTable>(
  facts: CommandFacts<Table>,
  load: () => Promise<Run<Table>>,
): Command {
  return {
    ...facts,
    run: async ({ positionals, values }, context) => {
      const [{ Flags: FlagValues }, run] = await Promise.all([import("./flag.ts"), load()])
      return await run({ positionals, flags: new FlagValues<Table>(values) }, context)
    },
  }
}
