import { LIMITS } from "../../core/limits.ts"
import { isPlatformOfPypi } from "../../packaging/platform-tag.ts"
import { readZip, type ZipMember } from "../archive/zip.ts"
import type { ZipFault } from "../archive/zip-fault.ts"
import type { DistributionContent, DistributionMember } from "./content.ts"
import { findDistInfo } from "./dist-info.ts"
import { checkMemberPaths } from "./members.ts"
import { readMetadata } from "./metadata.ts"
import type { Problems } from "./problem.ts"
import type { ProblemCode } from "./problems.ts"
import { attempt, type CheckSubject, isWithinBounds } from "./subject.ts"
import { digestFiles, type FileFacts, readSmallFile } from "./wheel-content.ts"
import { checkEntryPoints, checkLicenseFiles, checkWheelFile } from "./wheel-parts.ts"
import { checkRecord, readRecord } from "./wheel-record.ts"

/** Checks a wheel (PEP 427, and what PyPI's upload adds to it). */
export async function checkWheel(subject: CheckSubject): Promise<DistributionContent> {
  const { source, problems } = subject
  checkWheelName(subject)
  const members = await attempt(problems, "zip-framing", undefined, () =>
    readZip(source, (fault, found, about) => addFault(problems, fault, found, about)),
  )
  if (members === undefined) return { members: [] }
  checkKinds(members, problems)
  checkMemberPaths(members, problems)
  if (!isWithinBounds(totalSize(members), subject)) return { members }
  return await checkContent(members, subject)
}

async function checkContent(
  members: readonly ZipMember[],
  subject: CheckSubject,
): Promise<DistributionContent> {
  const { problems } = subject
  const folder = findDistInfo(members, subject)
  const read = async (name: string, limit: number): Promise<Uint8Array | undefined> =>
    folder === undefined
      ? undefined
      : await readSmallFile(members, `${folder}/${name}`, limit, subject)
  const record = readRecord(await read("RECORD", LIMITS.recordBytes), problems)
  const files = await digestFiles(members, record, subject)
  const listed = members.map((member) => withDigest(member, files))
  if (folder === undefined) return { members: listed }
  if (record !== undefined) checkRecord(record, files, folder, problems)
  checkWheelFile(await read("WHEEL", LIMITS.smallMemberBytes), subject)
  checkEntryPoints(await read("entry_points.txt", LIMITS.smallMemberBytes), problems)
  const metadataFile = await read("METADATA", LIMITS.metadataBytes)
  const metadata = readMetadata(metadataFile, `${folder}/METADATA`, subject)
  if (metadata !== undefined) checkLicenseFiles(metadata, `${folder}/licenses/`, files, problems)
  return {
    members: listed,
    ...(metadataFile === undefined ? {} : { metadataFile }),
    ...(metadata === undefined ? {} : { metadata }),
  }
}

function withDigest(member: ZipMember, files: ReadonlyMap<string, FileFacts>): DistributionMember {
  const sha256 = files.get(member.name)?.sha256
  return sha256 === undefined ? member : { ...member, sha256 }
}

// The first part is compared as it stands, the version for equality: that is what PyPI does.
function checkWheelName({ filename, distribution, problems }: CheckSubject): void {
  const expected = distribution.name.replaceAll("-", "_")
  const [part = ""] = filename.split("-")
  if (part !== expected) {
    problems.add("file-name-form", `the name begins with ${part} and not with ${expected}`, {
      pypi: `Filename '${filename}' should contain the normalized project name '${expected}', not '${part}'.`,
    })
  }
  const platforms = new Set(distribution.tags.map((tag) => tag.split("-")[2] ?? ""))
  for (const platform of platforms) {
    if (isPlatformOfPypi(platform)) continue
    problems.add("platform-tag", `the platform is ${platform}`, {
      pypi: `Binary wheel '${filename}' has an unsupported platform tag '${platform}'.`,
    })
  }
}

const FAULTS: Readonly<Record<ZipFault, ProblemCode>> = {
  framing: "zip-framing",
  "data-descriptor": "zip-data-descriptor",
  comment: "zip-comment",
  "headers-differ": "zip-headers-differ",
  compression: "zip-compression",
  "member-name": "member-name",
  duplicate: "member-duplicate",
}

function addFault(
  problems: Problems,
  fault: ZipFault,
  found: string,
  { where, pypi }: { readonly where?: string; readonly pypi?: string },
): void {
  const isFraming = fault !== "compression"
  const sentence = pypi !== undefined && isFraming ? `ZIP archive not accepted: ${pypi}` : pypi
  problems.add(FAULTS[fault], found, {
    ...(where === undefined ? {} : { where }),
    ...(sentence === undefined ? {} : { pypi: `Invalid distribution file. ${sentence}` }),
  })
}

function checkKinds(members: readonly ZipMember[], problems: Problems): void {
  for (const { name, kind, size } of members) {
    if (kind === "folder" && size !== 0) {
      problems.add("member-kind", `a folder has ${size} bytes of content`, { where: name })
    } else if (kind !== "file" && kind !== "folder") {
      problems.add("member-kind", `the member is a ${kind}`, { where: name })
    }
  }
}

function totalSize(members: readonly ZipMember[]): number {
  return members.reduce((sum, { size }) => sum + size, 0)
}
