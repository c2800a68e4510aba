import { crc32 } from "node:zlib"

import { malformed } from "../../core/errors.ts"
import { type ByteSource, readPieces } from "./byte-source.ts"
import { type Inflated, inflate } from "./inflate.ts"
import type { ArchiveMember } from "./member.ts"
import type { ZipFaultHandler } from "./zip-fault.ts"
import {
  type CentralHeader,
  type LocalHeader,
  readCentralDirectory,
  readEnd,
  readLocalHeader,
} from "./zip-records.ts"

/** A file or folder in a zip archive, and where its data lies. */
export interface ZipMember extends ArchiveMember {
  readonly crc: number
  readonly compression: "stored" | "deflated"
  readonly compressedSize: number
  readonly dataOffset: number
}

/**
 * Reads the framing of a zip archive: every record from its first byte to its last, so that a reader that follows the central directory
 * and one that streams local headers see the same files (the rules that PyPI has had since 2025, and stricter where a comment is
 * concerned). Faults are handed to `report`; what can still be read is returned. Throws `ERR_INPUT_MALFORMED` and `ERR_INPUT_TOO_LARGE`
 * where nothing can.
 */
export function readZip(source: ByteSource, report: ZipFaultHandler): readonly ZipMember[] {
  const end = readEnd(source, report)
  const central = readCentralDirectory(source, end, report)
  const members: ZipMember[] = []
  const names = new Set<string>()
  let expected = 0
  for (const header of central.toSorted((one, other) => one.offset - other.offset)) {
    const local = readLocalHeader(source, header, report)
    if (header.offset !== expected) reportGap(header, expected, report)
    compareHeaders(header, local, report)
    if (names.has(header.name)) {
      report("duplicate", "the archive has two members of this name", {
        where: header.name,
        pypi: "Duplicate filename in local headers",
      })
    }
    names.add(header.name)
    const dataOffset = header.offset + local.length
    expected = dataOffset + header.compressedSize
    const member = memberOf(header, dataOffset, report)
    if (member !== undefined) members.push(member)
  }
  if (expected !== end.directoryOffset) {
    report(
      "framing",
      `the last member ends at ${expected} and the directory begins at ${end.directoryOffset}`,
      { pypi: "Unknown record signature" },
    )
  }
  return members
}

/**
 * The content of a member, checked against its size and CRC-32 as it comes, and never more than the size that its headers declare. Throws
 * `ERR_INPUT_MALFORMED`.
 */
export async function* zipContent(
  source: ByteSource,
  { name, size, crc, compression, compressedSize, dataOffset }: ZipMember,
): AsyncGenerator<Uint8Array> {
  if (dataOffset + compressedSize > source.size) throw malformed("the data is cut off")
  const inflated: Inflated = { consumed: compressedSize }
  const pieces = readPieces(source, dataOffset, compressedSize)
  let length = 0
  let checksum = 0
  for await (const chunk of compression === "stored" ? pieces : inflate(pieces, inflated, name)) {
    length += chunk.byteLength
    if (length > size)
      throw malformed(`there is more data than the ${size} bytes that are declared`)
    checksum = crc32(chunk, checksum)
    yield chunk
  }
  if (length !== size) throw malformed(`there are ${length} bytes of data and ${size} are declared`)
  if (checksum !== crc) throw malformed("the data does not match the CRC-32 of its header")
  if (inflated.consumed !== compressedSize) {
    throw malformed(
      `${compressedSize - inflated.consumed} bytes are hidden after the compressed data`,
    )
  }
}

function reportGap(header: CentralHeader, expected: number, report: ZipFaultHandler): void {
  const found =
    header.offset > expected
      ? `${header.offset - expected} bytes before the member belong to nothing`
      : "the member overlaps with another"
  report("framing", found, { where: header.name, pypi: "Unknown record signature" })
}

function compareHeaders(central: CentralHeader, local: LocalHeader, report: ZipFaultHandler): void {
  const { name: where } = central
  if ((local.flags & DATA_DESCRIPTOR) !== 0 || (central.flags & DATA_DESCRIPTOR) !== 0) {
    report("data-descriptor", "sizes and checksum stand behind the data instead of before it", {
      where,
      pypi: "ZIP contains a data descriptor",
    })
    return
  }
  const differ = (what: string, pypi?: string): void =>
    report("headers-differ", `${what} in the local header and in the directory differ`, {
      where,
      ...(pypi === undefined ? {} : { pypi }),
    })
  if (local.name !== central.name) differ("the names", "Filename not in central directory")
  if (local.compressedSize !== central.compressedSize) {
    differ("the compressed sizes", "Mis-matched data size")
  }
  if (local.size !== central.size) differ("the sizes", "Mis-matched file size")
  if (local.crc !== central.crc) differ("the checksums")
  if (local.method !== central.method) differ("the compression methods")
  const needs = Math.max(local.needs, central.needs)
  if (needs > MOST_NEEDED) {
    report("compression", `a reader needs version ${needs / 10} of the format`, { where })
  }
}

/** Python's zipfile, and with it pip, refuses what needs more. */
const MOST_NEEDED = 63

const ENCRYPTED = 0x0001
const DATA_DESCRIPTOR = 0x0008
const PATCH_DATA = 0x0020
const STRONG_ENCRYPTION = 0x0040
const MASKED_HEADERS = 0x2000

const METHODS: ReadonlyMap<number, ZipMember["compression"]> = new Map([
  [0, "stored"],
  [8, "deflated"],
])

function memberOf(
  header: CentralHeader,
  dataOffset: number,
  report: ZipFaultHandler,
): ZipMember | undefined {
  const { name, flags, method, size, crc, compressedSize } = header
  const compression = METHODS.get(method)
  const unreadable = flags & (ENCRYPTED | PATCH_DATA | STRONG_ENCRYPTION | MASKED_HEADERS)
  if (compression === undefined || unreadable !== 0) {
    const found =
      unreadable === 0 ? `compression method ${method}` : "the member is encrypted or a patch"
    const pypi = "File does not use a supported compression type"
    report("compression", found, { where: name, pypi })
    return undefined
  }
  const attributes = {
    modified: header.modified,
    mode: header.mode.toString(8),
    compression,
    attributes: header.attributes.toString(16),
    "made by": header.madeBy.toString(16),
    flags: flags.toString(16),
  }
  return {
    name,
    kind: kindOf(header),
    size,
    crc,
    compression,
    compressedSize,
    dataOffset,
    attributes,
  }
}

// The high half of the external attributes is a Unix mode, whatever system wrote it: installers look no further.
function kindOf({ name, mode }: CentralHeader): ArchiveMember["kind"] {
  switch (mode & 0o170000) {
    case 0o040000:
      return "folder"
    case 0o120000:
      return "symbolic link"
    case 0:
    case 0o100000:
      return name.endsWith("/") ? "folder" : "file"
    case 0o020000:
    case 0o060000:
      return "device"
    default:
      return "other"
  }
}
