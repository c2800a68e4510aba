import { normalizeVersion } from "../../packaging/version.ts"
import type { ByteSource } from "../archive/byte-source.ts"
import { readGzipHeader } from "../archive/gzip.ts"
import type { ArchiveMember } from "../archive/member.ts"
import type { DistributionContent } from "./content.ts"
import { checkLinks } from "./links.ts"
import { checkMemberPaths } from "./members.ts"
import { readMetadata } from "./metadata.ts"
import { readSdist } from "./sdist-content.ts"
import { attempt, type CheckSubject } from "./subject.ts"
import { checkLicenseFiles } from "./wheel-parts.ts"

const EXTENSION = ".tar.gz"

/** Checks a source distribution (PEP 625, PEP 643, PEP 721, and what PyPI's upload adds to them). */
export async function checkSdist(subject: CheckSubject): Promise<DistributionContent> {
  const { filename, source, problems } = subject
  checkSdistName(subject)
  if (!filename.endsWith(EXTENSION)) return { members: [] }
  checkOneFormat(subject)
  const isGzip = await attempt(problems, "gzip-framing", undefined, () => readGzipHeader(source))
  if (isGzip === undefined) return { members: [] }
  const { members, metadataFile } = await readSdist(subject)
  const folder = filename.slice(0, -EXTENSION.length)
  checkMemberPaths(members, problems)
  checkLinks(members, problems)
  checkTopFolder(members, folder, subject)
  const metadata = readMetadata(metadataFile, `${folder}/PKG-INFO`, subject)
  if (metadata !== undefined) {
    const names = new Set(members.map(({ name }) => name))
    checkLicenseFiles(metadata, `${folder}/`, names, problems)
  }
  return {
    members,
    ...(metadataFile === undefined ? {} : { metadataFile }),
    ...(metadata === undefined ? {} : { metadata }),
  }
}

// PEP 625. The version in the file name has to be the normal form of itself; that it is the metadata's is another check.
function checkSdistName({ filename, distribution, problems }: CheckSubject): void {
  const stem = filename.replace(/\.(?:tar\.gz|zip)$/, "")
  const version = normalizeVersion(stem.slice(stem.lastIndexOf("-") + 1))
  const expected = `${distribution.name.replaceAll("-", "_")}-${version}${EXTENSION}`
  if (filename === expected) return
  problems.add("file-name-form", `the name would have to be ${expected}`, {
    pypi: `Filename '${filename}' is invalid, should be '${expected}'.`,
  })
}

/** A zip archive may begin anywhere, and is found by its end record: the last 22 bytes and a comment. */
const ZIP_END_BYTES = 22
const ZIP_END_RANGE = ZIP_END_BYTES + 0xffff
const ZIP_END = Buffer.from("PK\u0005\u0006", "latin1")

function checkOneFormat({ source, problems }: CheckSubject): void {
  if (!endsLikeZip(source)) return
  problems.add("two-formats", "the file ends with the end record of a zip archive")
}

function endsLikeZip(source: ByteSource): boolean {
  const length = Math.min(source.size, ZIP_END_RANGE)
  const tail = Buffer.from(source.read(source.size - length, length))
  const at = tail.lastIndexOf(ZIP_END)
  return at !== -1 && length - at >= ZIP_END_BYTES
}

function checkTopFolder(
  members: readonly ArchiveMember[],
  folder: string,
  { problems }: CheckSubject,
): void {
  const others = new Set<string>()
  for (const { name, kind } of members) {
    const slash = name.indexOf("/")
    const top = slash === -1 ? name : name.slice(0, slash)
    if (top !== folder || (slash === -1 && kind !== "folder")) others.add(top)
  }
  for (const top of others) {
    problems.add("sdist-folder", `everything has to be in ${folder}`, { where: top })
  }
  const pkgInfo = `${folder}/PKG-INFO`
  if (members.some(({ name, kind }) => name === pkgInfo && kind === "file")) return
  problems.add("sdist-folder", `there is no file ${pkgInfo}`, {
    pypi: `Invalid distribution file. PKG-INFO not found at ${pkgInfo}`,
  })
}
