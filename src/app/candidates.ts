import { createHash, type Hash } from "node:crypto"

import type { Evidence } from "../core/evidence.ts"

/** How many attestations about one file are looked at. No release has nearly as many. */
export const MAX_CANDIDATES = 1_024
/** How long all of them together may be, in bytes; the first may be longer. */
const MAX_BYTES = 8 * 1024 * 1024

/**
 * Attestations about one file, each once and up to a limit. Whoever writes evidence chooses how much there is of it; memory, time and output
 * must not be theirs to choose.
 */
export class Candidates {
  readonly #kept: Evidence[] = []
  readonly #seen = new Set<string>()
  #bytes = 0
  #more = 0

  /** Keeps one, unless it is here already or the limit is reached. */
  add(evidence: Evidence): void {
    const [first] = this.#kept
    // Most files have one attestation: there is nothing to compare until a second one comes.
    if (first !== undefined && this.#seen.size === 0) this.#remember(measure(first))
    if (first !== undefined && !this.#isNew(measure(evidence))) return
    this.#kept.push(evidence)
  }

  /** Those that were kept, in order. */
  get kept(): readonly Evidence[] {
    return this.#kept
  }

  /** How many there were besides. */
  get more(): number {
    return this.#more
  }

  #isNew(measured: Measured): boolean {
    if (this.#seen.has(measured.print)) return false
    if (this.#kept.length < MAX_CANDIDATES && this.#bytes + measured.bytes <= MAX_BYTES) {
      this.#remember(measured)
      return true
    }
    this.#more += 1
    return false
  }

  #remember({ print, bytes }: Measured): void {
    this.#seen.add(print)
    this.#bytes += bytes
  }
}

interface Measured {
  /** Equal for two attestations that differ in nothing but where they came from. */
  readonly print: string
  readonly bytes: number
}

function measure(evidence: Evidence): Measured {
  const hash = createHash("sha256")
  // A statement is what its payload says.
  const content = { ...evidence.content, statement: undefined }
  const bytes = feed({ ...evidence, content, origin: undefined }, hash)
  return { print: hash.digest("base64"), bytes }
}

/** Feeds a value to a hash, each part with its kind and length before it, so that no two values are fed alike; how many bytes it holds. */
function feed(value: unknown, hash: Hash): number {
  if (value instanceof Uint8Array) {
    hash.update(`bytes ${value.byteLength} `).update(value)
    return value.byteLength
  }
  if (typeof value === "object" && value !== null) {
    const members = value instanceof Map ? [...value] : Object.entries(value)
    hash.update(`members ${members.length} `)
    return members.reduce((sum, [name, member]) => sum + feed(name, hash) + feed(member, hash), 0)
  }
  const text = String(value)
  hash.update(`${typeof value} ${Buffer.byteLength(text)} ${text}`)
  return Buffer.byteLength(text)
}
