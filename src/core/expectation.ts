import { WheelproofError } from "./errors.ts"

/**
 * Whom and what to trust. Every value is compared exactly; what is absent is not compared, and the report says so.
 * There are no patterns here.
 */
export interface Expectation {
  /** `host/owner/name`, as {@link parseSourceRepository} writes it. */
  readonly source?: string
  /** A full ref: `refs/tags/v1`. */
  readonly sourceRef?: string
  /** Lower-case hex. */
  readonly sourceCommit?: string
  /** The top-level workflow: its file name, or its path in the repository. */
  readonly workflow?: string
  /** The builder's URI, with or without `@ref`. */
  readonly builder?: string
  /** The certificate's subject alternative name. */
  readonly identity?: string
  readonly issuer?: string
  readonly repositoryId?: string
  readonly ownerId?: string
  readonly trigger?: string
  readonly denySelfHostedRunners?: boolean
  /** A predicate type URI. */
  readonly predicate?: string
}

interface Form {
  readonly words: string
  readonly fits: (value: unknown) => boolean
}

const matching = (words: string, pattern: RegExp): Form => ({
  words,
  fits: (value) => typeof value === "string" && pattern.test(value),
})
const TEXT = matching("a text that is not empty", /./s)
const ID = matching("a number in decimal digits", /^\d+$/)

const FORM_OF: Readonly<Record<keyof Expectation, Form>> = {
  source: TEXT,
  sourceRef: matching("a full ref, such as refs/heads/main", /^refs\/./),
  sourceCommit: matching(
    "a full commit, 40 or 64 lower-case hex digits",
    /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/,
  ),
  workflow: TEXT,
  builder: TEXT,
  identity: TEXT,
  issuer: TEXT,
  repositoryId: ID,
  ownerId: ID,
  trigger: TEXT,
  denySelfHostedRunners: { words: "true or false", fits: (value) => typeof value === "boolean" },
  predicate: TEXT,
}
const FORMS: ReadonlyMap<string, Form> = new Map(Object.entries(FORM_OF))

/**
 * Refuses an expectation that would not be compared as it was meant: a member that there is not, or of another form. Callers without a
 * type checker would otherwise misspell one and see a pass. Throws `ERR_USAGE`.
 */
export function checkExpectation(expectation: Expectation): void {
  for (const [name, value] of Object.entries(expectation)) {
    if (value === undefined) continue
    const form = FORMS.get(name)
    if (form === undefined) {
      throw new WheelproofError("ERR_USAGE", `there is no expectation ${JSON.stringify(name)}`, {
        hint: `those that there are: ${[...FORMS.keys()].join(", ")}`,
      })
    }
    if (!form.fits(value)) {
      throw new WheelproofError("ERR_USAGE", `the expectation ${name} is ${form.words}`)
    }
  }
}
