import type { Finding } from "../core/check.ts"
import type { Sha256 } from "../core/digest.ts"
import type { Evidence } from "../core/evidence.ts"
import { outOfScope } from "../core/scope.ts"
import type { ParsedEvidence } from "../formats/evidence-document.ts"

/** What was found about one artifact, and what was passed over on the way. */
export interface FoundEvidence {
  readonly evidence: readonly Evidence[]
  /** Documents that could not be read as evidence. */
  readonly malformed: readonly { readonly origin: string; readonly message: string }[]
  /** How many attestations were about other files, with some of their names. */
  readonly others: { readonly count: number; readonly examples: readonly string[] }
  /** Why one of those was not for us at all, such as an npm package's. */
  readonly outOfScope: Finding | undefined
}

const EXAMPLES = 3
const MAX_MALFORMED = 20

/**
 * Attestations for a known set of artifacts, out of a stream of any length: what is about none of them is counted and let go, so memory
 * depends on the artifacts and not on the stream.
 */
export class EvidencePool {
  readonly #byDigest = new Map<string, Evidence[]>()
  readonly #unnamed: Evidence[] = []
  readonly #malformed: { origin: string; message: string }[] = []
  readonly #examples: string[] = []
  #others = 0
  #outOfScope: Finding | undefined

  constructor(wanted: Iterable<Sha256>) {
    for (const sha256 of wanted) this.#byDigest.set(sha256, [])
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
      this.#unnamed.push(evidence)
      return
    }
    const lists = [...new Set(digests)].map((digest) => this.#byDigest.get(digest))
    const wanted = lists.filter((list) => list !== undefined)
    for (const list of wanted) list.push(evidence)
    if (wanted.length === 0) this.#passOver(evidence)
  }

  /** What there is about one artifact. */
  find(sha256: Sha256): FoundEvidence {
    return {
      evidence: [...(this.#byDigest.get(sha256) ?? []), ...this.#unnamed],
      malformed: this.#malformed,
      others: { count: this.#others, examples: this.#examples },
      outOfScope: this.#outOfScope,
    }
  }

  #passOver({ content }: Evidence): void {
    this.#others += 1
    if (content.kind !== "dsse") return
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
