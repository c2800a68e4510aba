import { createHash, type Hash } from "node:crypto"

import { concatBytes } from "../../core/bytes.ts"
import { parseSha256, type Sha256 } from "../../core/digest.ts"
import { WheelproofError } from "../../core/errors.ts"
import { zipContent, type ZipMember } from "../archive/zip.ts"
import { attempt, type CheckSubject } from "./subject.ts"
import type { WheelRecord } from "./wheel-record.ts"

/** What a file of the wheel really is. */
export interface FileFacts {
  readonly size: number
  readonly sha256: Sha256
  /** By the algorithm that RECORD names for it, in URL-safe base64 without padding; undefined where it names none that we take. */
  readonly recorded: string | undefined
}

/** Reads every file once: its digests, and whether its data is what its headers say. Files that cannot be read are not in the answer. */
export async function digestFiles(
  members: readonly ZipMember[],
  record: WheelRecord | undefined,
  { source, problems }: CheckSubject,
): Promise<ReadonlyMap<string, FileFacts>> {
  const facts = new Map<string, FileFacts>()
  for (const member of members) {
    if (member.kind === "folder") continue
    const found = await attempt(problems, "member-content", member.name, async () => {
      const algorithm = record?.lines.get(member.name)?.algorithm
      const hash = createHash("sha256")
      const other = createOther(algorithm)
      for await (const chunk of zipContent(source, member)) {
        hash.update(chunk)
        other?.update(chunk)
      }
      const digest = hash.digest()
      const recorded = algorithm === "sha256" ? digest : other?.digest()
      return {
        size: member.size,
        sha256: parseSha256(digest.toString("hex")),
        recorded: recorded?.toString("base64url"),
      }
    })
    if (found !== undefined) facts.set(member.name, found)
  }
  return facts
}

function createOther(algorithm: string | undefined): Hash | undefined {
  return algorithm === "sha384" || algorithm === "sha512" ? createHash(algorithm) : undefined
}

/** A file of at most `limit` bytes, or undefined: where there is none, and where it cannot be read, which {@link digestFiles} reports. */
export async function readSmallFile(
  members: readonly ZipMember[],
  name: string,
  limit: number,
  { source, problems }: CheckSubject,
): Promise<Uint8Array | undefined> {
  const member = members.find((each) => each.name === name && each.kind === "file")
  if (member === undefined) return undefined
  if (member.size > limit) {
    problems.add("archive-size", `the file is over ${limit} bytes`, { where: name })
    return undefined
  }
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of zipContent(source, member)) chunks.push(chunk)
  } catch (error) {
    if (error instanceof WheelproofError && error.code === "ERR_INPUT_MALFORMED") return undefined
    throw error
  }
  return concatBytes(...chunks)
}
