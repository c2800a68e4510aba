/** What every flag has. */
interface FlagBase {
  /** The heading it stands under in `--help`. */
  readonly group: FlagGroup
  readonly help: string
  /** The placeholder of its value in `--help`. */
  readonly value?: string
  readonly short?: string
  readonly repeatable?: true
  readonly required?: true
}

/** The headings of `--help`, in order. */
export type FlagGroup =
  | "what to verify"
  | "what to build"
  | "what to attest"
  | "expectations"
  | "signing"
  | "trust"
  | "the world"
  | "output"

/** One flag: its kind decides how it is checked, completed and documented. */
export type FlagSpec = FlagBase &
  (
    | { readonly kind: "switch" | "text" | "file" | "folder" | "path" | "url" }
    | { readonly kind: "choice"; readonly choices: readonly string[] }
    | {
        readonly kind: "number"
        readonly minimum: number
        readonly maximum: number
        readonly integer?: true
      }
  )

/** The flags of a command by name, without dashes. */
export type FlagTable = Readonly<Record<string, FlagSpec>>

type NameOf<Table, Shape> = {
  [Name in keyof Table]: Table[Name] extends Shape ? Name : never
}[keyof Table] &
  string

type TextShape = {
  readonly kind: "text" | "file" | "folder" | "path" | "url"
  readonly repeatable?: never
}

/** The values of one command line. Each accessor takes only the names of flags of its kind: a typing error is a type error. */
export class Flags<Table extends FlagTable> {
  readonly #values: ReadonlyMap<string, readonly string[]>

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values
  }

  /** Whether the flag stands on the command line, even with an empty value. */
  given(name: keyof Table & string): boolean {
    return this.#values.has(name)
  }

  /** Whether a switch is on. */
  switch(name: NameOf<Table, { readonly kind: "switch" }>): boolean {
    return this.#last(name) === "true"
  }

  /** The value of a flag that is given at most once. */
  text(name: NameOf<Table, TextShape>): string | undefined {
    return this.#last(name)
  }

  /** The values of a repeatable flag, in order. */
  list(name: NameOf<Table, { readonly repeatable: true }>): readonly string[] {
    return this.#values.get(name) ?? []
  }

  /** The value of a number flag; parsing has checked its range. */
  number(name: NameOf<Table, { readonly kind: "number" }>): number | undefined {
    const text = this.#last(name)
    return text === undefined ? undefined : Number(text)
  }

  /** The value of an URL flag; parsing has checked its form. */
  url(name: NameOf<Table, { readonly kind: "url" }>): URL | undefined {
    const text = this.#last(name)
    return text === undefined ? undefined : new URL(text)
  }

  /** The value of a choice flag, as one of `choices`, which are the table's own. */
  choice<Choice extends string>(
    name: NameOf<Table, { readonly kind: "choice"; readonly choices: readonly Choice[] }>,
    choices: readonly Choice[],
  ): Choice | undefined {
    const text = this.#last(name)
    return choices.find((choice) => choice === text)
  }

  #last(name: string): string | undefined {
    return this.#values.get(name)?.at(-1)
  }
}

/** The part of {@link Flags} that reads one shared table; the flags of every command that includes that table fit. */
export type FlagReader<Table extends FlagTable> = Pick<
  Flags<Table>,
  "switch" | "text" | "number" | "url"
>
