import { createHash } from "node:crypto"
import { crc32, deflateRawSync, gzipSync } from "node:zlib"

/** The numbers of a member's headers. */
interface ZipFields {
  needs: number
  name: string | Uint8Array
  flags: number
  method: number
  crc: number
  compressedSize: number
  size: number
  extra: Uint8Array
}

/** A member of a zip archive: what it is, and what its headers say instead of it. */
export interface ZipEntry {
  readonly name: string
  readonly content?: string | Uint8Array
  readonly stored?: boolean
  /** A Unix mode with its type bits; a plain file without it. */
  readonly mode?: number
  readonly modified?: number
  /** In both headers. */
  readonly both?: Partial<ZipFields>
  readonly local?: Partial<ZipFields>
  readonly central?: Partial<ZipFields & { comment: string; offset: number; disk: number }>
  /** Bytes between the member before and this one. */
  readonly gap?: Uint8Array
  /** The data as it stands in the archive. */
  readonly data?: Uint8Array
  /** Leaves the member out of the directory. */
  readonly hidden?: boolean
}

/** What a zip archive has beside its members. */
export interface ZipExtras {
  readonly beforeDirectory?: Uint8Array
  readonly comment?: string
  readonly trailing?: Uint8Array
  readonly end?: Partial<{
    disk: number
    count: number
    countHere: number
    size: number
    offset: number
  }>
  /** Writes ZIP64 end records, with these changes. */
  readonly zip64?: Partial<{
    size: number
    count: number
    countHere: number
    offset: number
    disk: number
  }>
}

/** Writes a zip archive, right or wrong as the entries say. */
export function zipBytes(entries: readonly ZipEntry[], extras: ZipExtras = {}): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  const push = (bytes: Uint8Array): void => {
    parts.push(Buffer.from(bytes))
    at += bytes.byteLength
  }
  for (const entry of entries) {
    if (entry.gap !== undefined) push(entry.gap)
    const offset = at
    const { fields, data } = fieldsOf(entry)
    push(localHeader({ ...fields, ...entry.local }, entry.modified ?? 0))
    push(data)
    if (entry.hidden !== true) {
      directory.push(centralHeader({ ...fields, offset, ...entry.central }, entry))
    }
  }
  if (extras.beforeDirectory !== undefined) push(extras.beforeDirectory)
  const end = { offset: at, size: Buffer.concat(directory).byteLength, count: directory.length }
  for (const bytes of directory) push(bytes)
  if (extras.zip64 !== undefined) push(end64({ ...end, ...extras.zip64 }, at))
  const comment = Buffer.from(extras.comment ?? "")
  push(endRecord(end, extras, comment))
  return Buffer.concat([...parts, Buffer.from(extras.trailing ?? [])])
}

function fieldsOf(entry: ZipEntry): { fields: ZipFields; data: Uint8Array } {
  const content = Buffer.from(entry.content ?? "")
  const stored = entry.stored === true || content.byteLength === 0
  const data = entry.data ?? (stored ? content : deflateRawSync(content))
  const isAscii = Buffer.from(entry.name).byteLength === entry.name.length
  const fields = {
    needs: 20,
    name: entry.name,
    flags: isAscii ? 0 : 0x800,
    method: stored ? 0 : 8,
    crc: crc32(content),
    compressedSize: data.byteLength,
    size: content.byteLength,
    extra: new Uint8Array(),
    ...entry.both,
  }
  return { fields, data }
}

/** 1980-01-01 00:00:00. */
const DATE = 0x21

function localHeader({ name, extra, ...fields }: ZipFields, modified: number): Buffer {
  const bytes = Buffer.from(name)
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(fields.needs, 4)
  header.writeUInt16LE(fields.flags, 6)
  header.writeUInt16LE(fields.method, 8)
  header.writeUInt16LE(modified, 10)
  header.writeUInt16LE(DATE, 12)
  header.writeUInt32LE(fields.crc, 14)
  header.writeUInt32LE(fields.compressedSize, 18)
  header.writeUInt32LE(fields.size, 22)
  header.writeUInt16LE(bytes.byteLength, 26)
  header.writeUInt16LE(extra.byteLength, 28)
  return Buffer.concat([header, bytes, extra])
}

function centralHeader(
  {
    name,
    extra,
    comment = "",
    offset,
    disk = 0,
    ...fields
  }: ZipFields & { offset: number; comment?: string; disk?: number },
  { mode = 0o100644, modified = 0 }: ZipEntry,
): Buffer {
  const bytes = Buffer.from(name)
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE(0x0314, 4)
  header.writeUInt16LE(fields.needs, 6)
  header.writeUInt16LE(fields.flags, 8)
  header.writeUInt16LE(fields.method, 10)
  header.writeUInt16LE(modified, 12)
  header.writeUInt16LE(DATE, 14)
  header.writeUInt32LE(fields.crc, 16)
  header.writeUInt32LE(fields.compressedSize, 20)
  header.writeUInt32LE(fields.size, 24)
  header.writeUInt16LE(bytes.byteLength, 28)
  header.writeUInt16LE(extra.byteLength, 30)
  header.writeUInt16LE(Buffer.from(comment).byteLength, 32)
  header.writeUInt16LE(disk, 34)
  header.writeUInt32LE(mode * 65_536, 38)
  header.writeUInt32LE(offset, 42)
  return Buffer.concat([header, bytes, extra, Buffer.from(comment)])
}

interface End {
  readonly offset: number
  readonly size: number
  readonly count: number
}

function endRecord(end: End, { end: changes = {} }: ZipExtras, comment: Buffer): Buffer {
  const {
    disk = 0,
    count = end.count,
    countHere = count,
    size = end.size,
    offset = end.offset,
  } = changes
  const record = Buffer.alloc(22)
  record.writeUInt32LE(0x06054b50, 0)
  record.writeUInt16LE(disk, 4)
  record.writeUInt16LE(countHere, 8)
  record.writeUInt16LE(count, 10)
  record.writeUInt32LE(size, 12)
  record.writeUInt32LE(offset, 16)
  record.writeUInt16LE(comment.byteLength, 20)
  return Buffer.concat([record, comment])
}

function end64(
  { offset, size, count, countHere = count, disk = 0 }: End & { countHere?: number; disk?: number },
  at: number,
): Buffer {
  const record = Buffer.alloc(56)
  record.writeUInt32LE(0x06064b50, 0)
  record.writeBigUInt64LE(44n, 4)
  record.writeUInt32LE(disk, 16)
  record.writeBigUInt64LE(BigInt(countHere), 24)
  record.writeBigUInt64LE(BigInt(count), 32)
  record.writeBigUInt64LE(BigInt(size), 40)
  record.writeBigUInt64LE(BigInt(offset), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50, 0)
  locator.writeBigUInt64LE(BigInt(at), 8)
  locator.writeUInt32LE(1, 16)
  return Buffer.concat([record, locator])
}

/** An extra field of a zip header. */
export function zipExtra(id: number, ...values: readonly (bigint | Uint8Array)[]): Buffer {
  const content = Buffer.concat(
    values.map((value) => {
      if (typeof value !== "bigint") return Buffer.from(value)
      const bytes = Buffer.alloc(8)
      bytes.writeBigUInt64LE(value)
      return bytes
    }),
  )
  const head = Buffer.alloc(4)
  head.writeUInt16LE(id, 0)
  head.writeUInt16LE(content.byteLength, 2)
  return Buffer.concat([head, content])
}

/** A member of a tar archive. */
export interface TarEntry {
  readonly name: string
  readonly content?: string | Uint8Array
  readonly type?: string
  readonly target?: string
  readonly mode?: number
  readonly modified?: number
  /** Changes the header block before its checksum is made. */
  readonly edit?: (header: Buffer) => void
  /** Changes it afterwards. */
  readonly damage?: (header: Buffer) => void
  /** The size in the header, where it is not the content's. */
  readonly size?: number
}

/** Writes a tar archive (ustar) with its end. */
export function tarBytes(
  entries: readonly TarEntry[],
  end: Uint8Array = Buffer.alloc(1_024),
): Buffer {
  return Buffer.concat([...entries.map(tarEntry), end])
}

function tarEntry(entry: TarEntry): Buffer {
  const { name, type = "0", target = "", mode = 0o644, modified = 0, edit, damage } = entry
  const content = Buffer.from(entry.content ?? "")
  const header = Buffer.alloc(512)
  header.write(name, 0, 100)
  header.write(`${mode.toString(8).padStart(7, "0")}\0`, 100)
  header.write("0000000\0", 108)
  header.write("0000000\0", 116)
  header.write(`${(entry.size ?? content.byteLength).toString(8).padStart(11, "0")}\0`, 124)
  header.write(`${modified.toString(8).padStart(11, "0")}\0`, 136)
  header.write(type, 156, "latin1")
  header.write(target, 157, 100)
  header.write("ustar\u000000", 257, "latin1")
  edit?.(header)
  header.write("        ", 148)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148)
  damage?.(header)
  const padding = Buffer.alloc((512 - (content.byteLength % 512)) % 512)
  return Buffer.concat([header, content, padding])
}

/** A record of a pax header, with its own length in front. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  const bytes = Buffer.from(rest).byteLength
  const digits = String(bytes + String(bytes).length).length
  return `${bytes + digits}${rest}`
}

/** RECORD's spelling of a digest. */
export function recordHash(content: string | Uint8Array, algorithm = "sha256"): string {
  return `${algorithm}=${createHash(algorithm).update(content).digest("base64url")}`
}

/** A wheel to write; every part of it can be another. */
export interface WheelPlan {
  readonly filename?: string
  /** Files beside those of the dist-info folder. */
  readonly files?: Readonly<Record<string, string>>
  readonly metadata?: string
  readonly wheel?: string
  /** Files of the dist-info folder by their name in it; undefined leaves one out. */
  readonly info?: Readonly<Record<string, string | undefined>>
  readonly folder?: string
  readonly record?: (lines: readonly string[]) => readonly string[]
  readonly entries?: (entries: readonly ZipEntry[]) => readonly ZipEntry[]
  readonly extras?: ZipExtras
}

export const WHEEL_NAME = "rocket-1.0.0-py3-none-any.whl"
export const METADATA = "Metadata-Version: 2.1\nName: rocket\nVersion: 1.0.0\nSummary: goes up\n"
export const WHEEL_FILE =
  "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"

/** Writes a wheel: right where the plan says nothing. */
export function wheelBytes(plan: WheelPlan = {}): Buffer {
  const folder = plan.folder ?? "rocket-1.0.0.dist-info"
  const info: Readonly<Record<string, string | undefined>> = {
    METADATA: plan.metadata ?? METADATA,
    WHEEL: plan.wheel ?? WHEEL_FILE,
    ...plan.info,
  }
  const files = {
    ...(plan.files ?? { "rocket/__init__.py": "thrust = 1\n" }),
    ...Object.fromEntries(
      Object.entries(info).flatMap(([name, content]) =>
        content === undefined ? [] : [[`${folder}/${name}`, content]],
      ),
    ),
  }
  const recordName = `${folder}/RECORD`
  const lines = Object.entries(files).map(
    ([name, content]) => `${name},${recordHash(content)},${Buffer.from(content).byteLength}`,
  )
  const record = [...lines, `${recordName},,`]
  const all = Object.entries(files).map(([name, content]): ZipEntry => ({ name, content }))
  const content = `${(plan.record?.(record) ?? record).join("\n")}\n`
  const entries = [...all, { name: recordName, content }]
  return zipBytes(plan.entries?.(entries) ?? entries, plan.extras)
}

export const SDIST_NAME = "rocket-1.0.0.tar.gz"

/** The members of a right sdist. */
export const SDIST_ENTRIES: readonly TarEntry[] = [
  { name: "rocket-1.0.0/", type: "5", mode: 0o755 },
  { name: "rocket-1.0.0/PKG-INFO", content: METADATA },
  { name: "rocket-1.0.0/pyproject.toml", content: "[project]\n" },
]

/** Writes an sdist of these members. */
export function sdistBytes(entries: readonly TarEntry[] = SDIST_ENTRIES): Buffer {
  return gzipSync(tarBytes(entries))
}
