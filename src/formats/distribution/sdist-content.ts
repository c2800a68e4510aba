import { createHash, type Hash } from "node:crypto"

import { concatBytes } from "../../core/bytes.ts"
import { parseSha256 } from "../../core/digest.ts"
import { WheelproofError } from "../../core/errors.ts"
import { LIMITS } from "../../core/limits.ts"
import { gunzip } from "../archive/gzip.ts"
import type { ArchiveMember } from "../archive/member.ts"
import { readTar } from "../archive/tar.ts"
import type { DistributionMember } from "./content.ts"
import type { ProblemCode } from "./problems.ts"
import { attempt, type CheckSubject, expansionLimit } from "./subject.ts"

/** What an sdist holds. */
export interface SdistContent {
  readonly members: readonly DistributionMember[]
  /** The bytes of the first `FOLDER/PKG-INFO`. */
  readonly metadataFile?: Uint8Array
}

/** Reads an sdist from its first byte to its last, once. What cannot be read is a problem, and what came before it is returned. */
export async function readSdist(subject: CheckSubject): Promise<SdistContent> {
  const { source, problems } = subject
  const reading = new Reading(subject)
  const state: { code: ProblemCode } = { code: "tar-framing" }
  const chunks = bounded(gunzip(source), expansionLimit(source), () => {
    state.code = "gzip-framing"
  })
  try {
    for await (const part of readTar(chunks)) {
      if (part.kind === "content") reading.content(part.bytes)
      else reading.member(part.member, part.isSparse)
    }
  } catch (error) {
    await attempt(problems, state.code, undefined, () => {
      throw error
    })
  }
  return reading.finish()
}

/** Passes chunks on until they are too many; says when it was their source that failed. */
async function* bounded(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
  failed: () => void,
): AsyncGenerator<Uint8Array> {
  let length = 0
  try {
    for await (const chunk of chunks) {
      length += chunk.byteLength
      if (length > limit) {
        throw new WheelproofError("ERR_INPUT_TOO_LARGE", `the file expands to over ${limit} bytes`)
      }
      yield chunk
    }
  } catch (error) {
    failed()
    throw error
  }
}

/** Collects members as they come. */
class Reading {
  readonly #subject: CheckSubject
  readonly #members: DistributionMember[] = []
  #open: { readonly member: ArchiveMember; readonly hash: Hash } | undefined
  #metadata: { readonly name: string; readonly chunks: Uint8Array[] } | undefined

  constructor(subject: CheckSubject) {
    this.#subject = subject
  }

  member(member: ArchiveMember, isSparse: boolean): void {
    this.#close()
    this.#open = { member, hash: createHash("sha256") }
    const { name: where, kind, size } = member
    const { problems } = this.#subject
    if (isSparse) problems.add("tar-sparse", "the member is sparse", { where })
    if (kind === "device" || kind === "other") {
      const found =
        kind === "device" ? "the member is a device or a pipe" : "the member has an unknown type"
      problems.add("member-kind", found, { where })
    }
    const isMetadata = kind === "file" && /^[^/]+\/PKG-INFO$/.test(where)
    if (!isMetadata || this.#metadata !== undefined) return
    if (size > LIMITS.metadataBytes) {
      problems.add("archive-size", `the file is over ${LIMITS.metadataBytes} bytes`, { where })
    } else this.#metadata = { name: where, chunks: [] }
  }

  content(bytes: Uint8Array): void {
    this.#open?.hash.update(bytes)
    if (this.#metadata !== undefined && this.#metadata.name === this.#open?.member.name) {
      this.#metadata.chunks.push(bytes)
    }
  }

  finish(): SdistContent {
    this.#close()
    return {
      members: this.#members,
      ...(this.#metadata === undefined
        ? {}
        : { metadataFile: concatBytes(...this.#metadata.chunks) }),
    }
  }

  #close(): void {
    const open = this.#open
    if (open === undefined) return
    const { member, hash } = open
    const sha256 = parseSha256(hash.digest("hex"))
    this.#members.push(member.kind === "file" ? { ...member, sha256 } : member)
    this.#open = undefined
  }
}
