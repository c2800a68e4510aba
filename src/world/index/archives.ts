import { concatBytes } from "../../core/bytes.ts"
import { WheelproofError } from "../../core/errors.ts"
import { LIMITS } from "../../core/limits.ts"
import { bytesSource } from "../../formats/archive/byte-source.ts"
import { gunzip } from "../../formats/archive/gzip.ts"
import { readTar } from "../../formats/archive/tar.ts"
import { readZip, zipContent, type ZipMember } from "../../formats/archive/zip.ts"
import { Refusal } from "./refusal.ts"

/** A distribution that was opened: the files in it, and what the index looks at. */
export interface Opened {
  readonly names: ReadonlySet<string>
  /** The folder in which everything, or in a wheel what describes it, lies. */
  readonly folder: string
  /** METADATA of a wheel. */
  readonly metadata?: Uint8Array
}

/** Opens a file as PyPI does when it decides whether it is a distribution at all (Warehouse, `_is_valid_dist_file`). `help` is where refusals point to. */
export async function openDistribution(
  filename: string,
  content: Uint8Array,
  help: string,
): Promise<Opened | Refusal> {
  if (filename.endsWith(".whl")) return await openWheel(filename, content, help)
  // An sdist as a zip archive is refused for its name, after this.
  if (filename.endsWith(".zip")) return { names: new Set(), folder: "" }
  return await openSdist(content)
}

function invalid(reason: string): Refusal {
  return new Refusal(400, `Invalid distribution file. ${reason}`)
}

async function openWheel(
  filename: string,
  content: Uint8Array,
  help: string,
): Promise<Opened | Refusal> {
  const faults: { code: string; pypi: string }[] = []
  let members: readonly ZipMember[]
  try {
    members = readZip(bytesSource(content), (code, _, { pypi }) => {
      if (pypi !== undefined) faults.push({ code, pypi })
    })
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    return invalid(
      error.message.includes("there is no end record")
        ? "File is not a zipfile"
        : notAccepted("Malformed zip file", help),
    )
  }
  const [name, version, ...rest] = filename.split("-")
  const folder = `${name ?? ""}-${version ?? ""}.dist-info`
  const names = new Set(members.map((member) => member.name))
  if (isBomb(members, content.byteLength)) return invalid("File exceeds compression ratio of 50")
  const compression = faults.find(({ code }) => code === "compression")
  if (compression !== undefined) return invalid(compression.pypi)
  if (rest.length === 0) return invalid("Unable to parse name and version from wheel filename")
  if (!names.has(`${folder}/WHEEL`)) return invalid(`WHEEL not found at ${folder}/WHEEL`)
  const [fault] = faults
  if (fault !== undefined) return invalid(notAccepted(fault.pypi, help))
  const metadata = await readMember(members, `${folder}/METADATA`, content)
  if (metadata === "broken") return invalid(notAccepted("Malformed zip file", help))
  return { names, folder, ...(metadata === undefined ? {} : { metadata }) }
}

function notAccepted(reason: string, help: string): string {
  return `ZIP archive not accepted: ${reason}. See ${help} for more information`
}

function isBomb(members: readonly ZipMember[], size: number): boolean {
  const expanded = members.reduce((sum, member) => sum + member.size, 0)
  return expanded > LIMITS.expandedBytes && expanded > size * LIMITS.expansionRatio
}

async function readMember(
  members: readonly ZipMember[],
  name: string,
  content: Uint8Array,
): Promise<Uint8Array | "broken" | undefined> {
  const member = members.find((candidate) => candidate.name === name)
  if (member === undefined || member.size > LIMITS.metadataBytes) return undefined
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of zipContent(bytesSource(content), member)) chunks.push(chunk)
  } catch (error) {
    if (error instanceof WheelproofError) return "broken"
    throw error
  }
  return concatBytes(...chunks)
}

async function openSdist(content: Uint8Array): Promise<Opened | Refusal> {
  const names = new Set<string>()
  try {
    for await (const part of readTar(bounded(gunzip(bytesSource(content)), content.byteLength))) {
      if (part.kind !== "member") continue
      if (part.isSparse) return invalid("Sparse members are not supported in tarballs")
      names.add(part.member.name.replace(/\/$/, ""))
    }
  } catch (error) {
    if (error instanceof WheelproofError) return invalid("File is not a tarfile")
    throw error
  }
  const folders = new Set([...names].map((name) => name.split("/")[0] ?? ""))
  const [folder = ""] = folders
  if (folders.size !== 1 || folder === "" || folder === ".") {
    return invalid("Incorrect number of top-level directories in sdist")
  }
  const isThere = names.has(`${folder}/PKG-INFO`)
  return isThere ? { names, folder } : invalid(`PKG-INFO not found at ${folder}/PKG-INFO`)
}

/** The chunks, as long as they are no bomb. */
async function* bounded(
  chunks: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array> {
  const limit = Math.max(LIMITS.expandedBytes, size * LIMITS.expansionRatio)
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.byteLength
    if (length > limit) {
      throw new WheelproofError("ERR_INPUT_TOO_LARGE", `the file expands to over ${limit} bytes`)
    }
    yield chunk
  }
}

/** What PyPI demands of an archive's content once its name is right: licences, and in wheels RECORD and METADATA. */
export function checkContent(
  filename: string,
  { names, folder, metadata }: Opened,
  licenseFiles: readonly string[],
): Refusal | undefined {
  const isWheel = filename.endsWith(".whl")
  const licenses = isWheel ? `${folder}/licenses` : folder
  const missing = licenseFiles.find((file) => !names.has(`${licenses}/${file}`))
  if (missing !== undefined) {
    return new Refusal(
      400,
      `License-File ${missing} does not exist in distribution file ${filename} at ${licenses}/${missing}`,
    )
  }
  if (!isWheel) return undefined
  const required = (name: string): Refusal =>
    new Refusal(
      400,
      `Wheel '${filename}' does not contain the required ${name} file: ${folder}/${name}`,
    )
  if (!names.has(`${folder}/RECORD`)) return required("RECORD")
  return metadata === undefined ? required("METADATA") : undefined
}
