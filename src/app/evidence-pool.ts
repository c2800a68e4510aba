import type { Finding } from "../core/check.ts"
import type { Artifact } from "../core/artifact.ts"
import type { Evidence } from "../core/evidence.ts"
import { outOfScope } from "../core/scope.ts"
import type { ParsedEvidence } from "../formats/evidence-document.ts"
import { Candidates } from "./candidates.ts"

/** What was found about one artifact, and what was passed over on the way. */
export interface FoundEvidence {
  readonly evidence: readonly Evidence[]
  /** How many more there were than are looked at. */
  readonly notLookedAt: number
  /** Documents that could not be read as evidence. */
  readonly malformed: readonly { readonly origin: string; readonly message: string }[]
  /** How many attestations were about other files, with some of their names. */
  readonly others: { readonly count: number; readonly examples: readonly string[] }
  /** An attestation among those for a file of this artifact's name. */
  readonly namesake: Namesake | undefined
  /** Why one of those was not for us at all, such as an npm package's. */
  readonly outOfScope: Finding | undefined
}

/** What evidence says of another file of the same name. */
export interface Namesake {
  readonly origin: string
  readonly digest: string
}

const EXAMPLES = 3
const MAX_MALFORMED = 20

/**
 * Attestations for a known set of artifacts, out of a stream of any length: what is about none of them, and what is more than anybody needs
 * about one, is counted and let go. So memory depends on the artifacts and not on the stream.
 */
export class EvidencePool {
  readonly #byDigest = new Map<string, Candidates>()
  readonly #unnamed = new Candidates()
  readonly #malformed: { origin: string; message: string }[] = []
  readonly #examples: string[] = []
  readonly #namesakes = new Map<string, Namesake | undefined>()
  #others = 0
  #outOfScope: Finding | undefined

  constructor(wanted: Iterable<Artifact>) {
    for (const { digests, name } of wanted) {
      this.#byDigest.set(digests.sha256, new Candidates())
      if (name !== undefined) this.#namesakes.set(name, undefined)
    }
  }

  /** Keeps an attestation if it can be about one of the artifacts. */
  add(parsed: ParsedEvidence): void {
    if (parsed.kind === "malformed") {
      if (this.#malformed.length < MAX_MALFORMED) this.#malformed.push(parsed)
      return
    }
    const { evidence } = parsed
    const digests = digestsOf(evidence)
    if (digests === undefined) {
      this.#unnamed.add(evidence)
      return
    }
    const lists = [...new Set(digests)].map((digest) => this.#byDigest.get(digest))
    const wanted = lists.filter((list) => list !== undefined)
    for (const list of wanted) list.add(evidence)
    if (wanted.length === 0) this.#passOver(evidence)
  }

  /** What there is about one artifact. */
  find({ digests, name }: Artifact): FoundEvidence {
    const own = this.#byDigest.get(digests.sha256)
    return {
      evidence: [...(own?.kept ?? []), ...this.#unnamed.kept],
      notLookedAt: (own?.more ?? 0) + this.#unnamed.more,
      namesake: name === undefined ? undefined : this.#namesakes.get(name),
      malformed: this.#malformed,
      others: { count: this.#others, examples: this.#examples },
      outOfScope: this.#outOfScope,
    }
  }

  #passOver({ content, origin }: Evidence): void {
    this.#others += 1
    if (content.kind !== "dsse") return
    for (const { name, digest } of content.statement.subjects) {
      const sha256 = digest.get("sha256")
      if (name === undefined || sha256 === undefined || !this.#namesakes.has(name)) continue
      this.#namesakes.set(name, { origin, digest: `sha256:${sha256}` })
    }
    this.#outOfScope ??= outOfScope(content.statement)
    if (this.#examples.length >= EXAMPLES) return
    const [subject] = content.statement.subjects
    const digest = subject?.digest.get("sha256")
    this.#examples.push(
      `${subject?.name ?? "a file without a name"} (${digest === undefined ? "no sha256" : `sha256:${digest}`})`,
    )
  }
}

/** The SHA-256 digests that evidence names; undefined where a file's own signature names none, which may be about any file. */
function digestsOf({ content }: Evidence): readonly string[] | undefined {
  if (content.kind === "message") {
    return content.digest?.algorithm === "sha256" ? [content.digest.value] : undefined
  }
  return content.statement.subjects
    .map(({ digest }) => digest.get("sha256"))
    .filter((digest) => digest !== undefined)
}
