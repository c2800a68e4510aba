import { decodeUtf8 } from "../../core/bytes.ts"
import { malformed, WheelproofError } from "../../core/errors.ts"
import { LIMITS } from "../../core/limits.ts"
import type { ArchiveMember, MemberKind } from "./member.ts"
import { parsePax } from "./pax.ts"
import { StreamReader } from "./stream-reader.ts"
import { BLOCK_BYTES, parseTarHeader, type TarHeader } from "./tar-header.ts"

/** What a tar archive is made of, in order: a member, then its content in pieces. */
export type TarPart =
  | { readonly kind: "member"; readonly member: ArchiveMember; readonly isSparse: boolean }
  | { readonly kind: "content"; readonly bytes: Uint8Array }

/**
 * Reads a tar archive (POSIX.1-2001 pax, ustar, GNU long names) from its first byte to its last. After the two blocks of zeros that end
 * it there may only be zeros: some readers go on behind them. Throws `ERR_INPUT_MALFORMED` and `ERR_INPUT_TOO_LARGE`.
 */
export async function* readTar(
  chunks: AsyncIterable<Uint8Array>,
  maxMembers: number = LIMITS.archiveMembers,
): AsyncGenerator<TarPart> {
  const reader = new StreamReader(chunks)
  try {
    yield* readMembers(reader, maxMembers)
    await expectEnd(reader)
  } finally {
    await reader.close()
  }
}

async function* readMembers(reader: StreamReader, maxMembers: number): AsyncGenerator<TarPart> {
  let pending: Extensions = new Map()
  let global: Extensions = new Map()
  for (let count = 0; ; count += 1) {
    if (count > maxMembers) {
      throw new WheelproofError("ERR_INPUT_TOO_LARGE", `the archive has over ${maxMembers} members`)
    }
    const header = parseTarHeader(await reader.take(BLOCK_BYTES, "a header"))
    if (header === undefined) break
    const extension = await readExtension(reader, header)
    if (extension?.scope === "member") {
      pending = new Map([...pending, ...extension.values])
      continue
    }
    if (extension?.scope === "archive") {
      global = new Map([...global, ...extension.values])
      continue
    }
    const member = describe(header, new Map([...global, ...pending]))
    pending = new Map()
    yield member
    for await (const bytes of reader.pieces(member.member.size, "a member's content")) {
      yield { kind: "content", bytes }
    }
    await skipPadding(reader, member.member.size)
  }
  if (pending.size > 0) throw malformed("the archive ends after a header for a further member")
}

type Extensions = ReadonlyMap<string, string>

interface Extension {
  readonly scope: "member" | "archive"
  readonly values: Extensions
}

async function readExtension(
  reader: StreamReader,
  { type, size }: TarHeader,
): Promise<Extension | undefined> {
  if (!"xgLK".includes(type) || type === "\0") return undefined
  if (size > LIMITS.paxBytes) {
    throw new WheelproofError("ERR_INPUT_TOO_LARGE", `a header is over ${LIMITS.paxBytes} bytes`)
  }
  const content = await reader.take(size, "an extended header")
  await skipPadding(reader, size)
  if (type === "x" || type === "g") {
    return { scope: type === "x" ? "member" : "archive", values: parsePax(content) }
  }
  const end = content.indexOf(0)
  const text = decodeUtf8(end === -1 ? content : content.subarray(0, end), "a long name")
  return { scope: "member", values: new Map([[type === "L" ? "path" : "linkpath", text]]) }
}

const KINDS: Readonly<Record<string, MemberKind>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  "1": "hard link",
  "2": "symbolic link",
  "3": "device",
  "4": "device",
  "5": "folder",
  "6": "device",
}

function describe(header: TarHeader, extensions: Extensions): Extract<TarPart, { kind: "member" }> {
  const name = extensions.get("path") ?? header.name
  const kind = kindOf(header.type, name)
  const size = decimal(extensions.get("size"), "size") ?? header.size
  // Readers differ in whether content follows such a header, so there may be none.
  if (kind !== "file" && kind !== "other" && size !== 0) {
    throw malformed(`${JSON.stringify(name)} is a ${kind} and has ${size} bytes of content`)
  }
  const isLink = kind === "symbolic link" || kind === "hard link"
  const target = extensions.get("linkpath") ?? header.target
  const attributes = attributesOf(header, extensions)
  const member = { name, kind, size, ...(isLink ? { target } : {}), attributes }
  return { kind: "member", isSparse: isSparse(header, extensions), member }
}

// Before there was a type for folders, a slash at the end of a file's name made one; some readers still think so of the newer type.
function kindOf(type: string, name: string): MemberKind {
  const kind = KINDS[type] ?? "other"
  if (kind !== "file" || !name.endsWith("/")) return kind
  if (type === "\0") return "folder"
  throw malformed(`${JSON.stringify(name)} is a file by its type and a folder by its name`)
}

function isSparse({ type }: TarHeader, extensions: Extensions): boolean {
  return type === "S" || [...extensions.keys()].some((key) => key.startsWith("GNU.sparse"))
}

function attributesOf(header: TarHeader, extensions: Extensions): Readonly<Record<string, string>> {
  const others = [...extensions].filter(
    ([key]) => !["path", "linkpath", "size", "mtime"].includes(key),
  )
  return {
    modified: extensions.get("mtime") ?? String(header.modified),
    mode: header.mode.toString(8),
    owner: header.owner,
    format: header.format,
    type: header.type === "\0" ? "old" : header.type,
    "extended header": others.map(([key, value]) => `${key}=${value}`).join(" "),
  }
}

function decimal(text: string | undefined, what: string): number | undefined {
  if (text === undefined) return undefined
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value)) return value
  throw malformed(`an extended header's ${what} is not a number`)
}

async function skipPadding(reader: StreamReader, size: number): Promise<void> {
  const rest = size % BLOCK_BYTES
  if (rest !== 0) await reader.take(BLOCK_BYTES - rest, "the padding of a member")
}

async function expectEnd(reader: StreamReader): Promise<void> {
  const second = await reader.take(BLOCK_BYTES, "the end of the archive")
  if (second.some((byte) => byte !== 0))
    throw malformed("a single block of zeros stands in the archive")
  for await (const bytes of reader.rest()) {
    if (bytes.some((byte) => byte !== 0))
      throw malformed("there is data after the end of the archive")
  }
}
