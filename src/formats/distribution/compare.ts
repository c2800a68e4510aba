import type { ByteSource } from "../archive/byte-source.ts"
import { readPieces } from "../archive/byte-source.ts"
import { gunzip, readGzipHeader } from "../archive/gzip.ts"
import { StreamReader } from "../archive/stream-reader.ts"
import { readTar } from "../archive/tar.ts"
import { readZip, zipContent } from "../archive/zip.ts"
import type { CheckedDistribution } from "./check.ts"
import type { DistributionMember } from "./content.ts"

/** What two builds of one distribution can differ in. */
export type DifferenceKind =
  | "members"
  | "order"
  | "kind"
  | "content"
  | "modified"
  | "mode"
  | "owner"
  | "compression"
  | "header"
  | "bytes"

/** What each kind of difference usually comes from. */
export const DIFFERENCE_TEXTS: Readonly<Record<DifferenceKind, string>> = {
  members: "the build includes what an earlier build or another tool left in the tree",
  order: "the backend takes files in the order in which the file system lists them",
  kind: "a link or a special file was made in one build and not in the other",
  content:
    "a time, a path, a random number or an order went into the file: look at the offset that is named",
  modified: "the backend does not use SOURCE_DATE_EPOCH for it",
  mode: "the mode comes from the file system and the process's mask",
  owner: "the backend writes who ran the build",
  compression: "another compressor, or another level of it",
  header: "another version of the tool, or another system",
  bytes: "where to begin with a byte-by-byte comparison",
}

/** One thing in which two builds of one distribution differ. */
export interface DistributionDifference {
  readonly kind: DifferenceKind
  /** The member; absent where it is about the archive. */
  readonly where?: string
  /** The first byte that differs, in the member's content or, without `where`, in the file. */
  readonly offset?: number
  /** What the two have, as one sentence; foreign text. */
  readonly found: string
}

/** A distribution that was checked, with its bytes. */
export interface BuiltDistribution {
  readonly checked: CheckedDistribution
  readonly source: ByteSource
}

/** Members whose content is looked through for the first byte that differs; of the others it is said that they differ. */
const MAX_LOOKED_THROUGH = 20

/**
 * Says in what two builds of one distribution differ: members, their order, their content, what is said of them, and how they are packed.
 * Empty only where the bytes are the same. Both have to be without problems; throws `ERR_INPUT_MALFORMED` where they cannot be read.
 */
export async function compareDistributions(
  one: BuiltDistribution,
  other: BuiltDistribution,
): Promise<readonly DistributionDifference[]> {
  const offset = await firstDifference(wholeOf(one.source), wholeOf(other.source))
  if (offset === undefined) return []
  const inside = [
    ...compareLists(one.checked.members, other.checked.members),
    ...(await compareMembers(one, other)),
  ]
  const outside = inside.length > 0 ? [] : compareHeaders(one, other)
  const found = `the first byte that differs is at offset ${offset} of the file`
  return [...inside, ...outside, { kind: "bytes", offset, found }]
}

function compareLists(
  one: readonly DistributionMember[],
  other: readonly DistributionMember[],
): readonly DistributionDifference[] {
  const names = one.map(({ name }) => name)
  const otherNames = other.map(({ name }) => name)
  const [set, otherSet] = [new Set(names), new Set(otherNames)]
  const common = names.filter((name) => otherSet.has(name))
  const otherCommon = otherNames.filter((name) => set.has(name))
  return [
    ...onlyIn("first", names, otherSet),
    ...onlyIn("second", otherNames, set),
    ...compareOrder(common, otherCommon),
  ]
}

function onlyIn(
  build: string,
  names: readonly string[],
  others: ReadonlySet<string>,
): readonly DistributionDifference[] {
  return names
    .filter((name) => !others.has(name))
    .map((where) => ({ kind: "members", where, found: `only the ${build} build has it` }))
}

function compareOrder(
  names: readonly string[],
  others: readonly string[],
): readonly DistributionDifference[] {
  const at = names.findIndex((name, index) => name !== others[index])
  if (at === -1) return []
  const [one = "", other = ""] = [names[at], others[at]]
  const found = `member ${at + 1} is ${one} in the first build and ${other} in the second`
  return [{ kind: "order", found }]
}

async function compareMembers(
  one: BuiltDistribution,
  other: BuiltDistribution,
): Promise<readonly DistributionDifference[]> {
  const others = new Map(other.checked.members.map((member) => [member.name, member]))
  const differences: DistributionDifference[] = []
  let lookedThrough = 0
  for (const member of one.checked.members) {
    const twin = others.get(member.name)
    if (twin === undefined) continue
    differences.push(...compareWords(member, twin))
    if (member.sha256 === twin.sha256) continue
    const isLookedAt = lookedThrough < MAX_LOOKED_THROUGH
    lookedThrough += 1
    differences.push(await compareContent(member, twin, isLookedAt ? [one, other] : undefined))
  }
  return differences
}

async function compareContent(
  { name, size }: DistributionMember,
  twin: DistributionMember,
  builds: readonly [BuiltDistribution, BuiltDistribution] | undefined,
): Promise<DistributionDifference> {
  const sizes =
    size === twin.size
      ? `the content differs (${size} bytes)`
      : `the content has ${size} bytes in the first build and ${twin.size} in the second`
  if (builds === undefined) return { kind: "content", where: name, found: sizes }
  const [first, second] = builds.map((build) => contentOf(build, name))
  const offset =
    first === undefined || second === undefined ? undefined : await firstDifference(first, second)
  return offset === undefined
    ? { kind: "content", where: name, found: sizes }
    : { kind: "content", where: name, offset, found: `${sizes}, from offset ${offset} on` }
}

const WORD_KINDS: Readonly<Record<string, DifferenceKind>> = {
  modified: "modified",
  mode: "mode",
  owner: "owner",
  compression: "compression",
}

// What headers say of a member beside its content.
function compareWords(
  one: DistributionMember,
  other: DistributionMember,
): readonly DistributionDifference[] {
  const where = one.name
  const words = [
    ["kind", one.kind, other.kind],
    ["target", one.target ?? "", other.target ?? ""],
    ...Object.entries(one.attributes).map(
      ([word, value]) => [word, value, other.attributes[word] ?? ""] as const,
    ),
  ] as const
  return words
    .filter(([, value, twin]) => value !== twin)
    .map(([word, value, twin]) => ({
      kind: word === "kind" || word === "target" ? "kind" : (WORD_KINDS[word] ?? "header"),
      where,
      found: `${word}: ${value} in the first build, ${twin} in the second`,
    }))
}

// The same members, the same order, the same words: then it is how they are packed.
function compareHeaders(
  { source, checked }: BuiltDistribution,
  other: BuiltDistribution,
): readonly DistributionDifference[] {
  if (checked.distribution?.kind === "wheel") {
    return [{ kind: "compression", found: "the members are the same and packed differently" }]
  }
  const { end: _, ...one } = readGzipHeader(source)
  const { end: __, ...two } = readGzipHeader(other.source)
  const words = Object.entries(one).map(
    ([word, value]) =>
      [word, value, Object.entries(two).find(([name]) => name === word)?.[1]] as const,
  )
  const differing = words.filter(([, value, twin]) => value !== twin)
  if (differing.length === 0) {
    return [{ kind: "compression", found: "the content is the same and compressed differently" }]
  }
  return differing.map(([word, value, twin]) => ({
    kind: word === "modified" ? "modified" : "header",
    found: `${word} in the gzip header: ${value ?? "none"} in the first build, ${twin ?? "none"} in the second`,
  }))
}

async function* wholeOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  yield* readPieces(source, 0, source.size)
}

async function* contentOf(
  { checked, source }: BuiltDistribution,
  name: string,
): AsyncGenerator<Uint8Array> {
  if (checked.distribution?.kind === "wheel") {
    const member = readZip(source, () => undefined).find((each) => each.name === name)
    if (member !== undefined) yield* zipContent(source, member)
    return
  }
  let isIn = false
  for await (const part of readTar(gunzip(source))) {
    if (part.kind === "member") isIn = part.member.name === name
    else if (isIn) yield part.bytes
  }
}

/** The offset of the first byte that differs, or where the shorter one ends; undefined where they are the same. */
async function firstDifference(
  one: AsyncIterable<Uint8Array>,
  other: AsyncIterable<Uint8Array>,
): Promise<number | undefined> {
  const reader = new StreamReader(other)
  let offset = 0
  try {
    for await (const chunk of one) {
      const twin = await reader.upTo(chunk.byteLength)
      const at = chunk.findIndex((byte, index) => byte !== twin[index])
      if (at !== -1) return offset + at
      offset += chunk.byteLength
    }
    return (await reader.upTo(1)).byteLength === 0 ? undefined : offset
  } finally {
    await reader.close()
  }
}
