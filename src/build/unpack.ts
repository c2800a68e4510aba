import { malformed } from "../core/errors.ts"
import type { ByteSource } from "../formats/archive/byte-source.ts"
import { gunzip } from "../formats/archive/gzip.ts"
import type { ArchiveMember } from "../formats/archive/member.ts"
import { readTar } from "../formats/archive/tar.ts"
import type { CheckedDistribution } from "../formats/distribution/check.ts"
import { problemsForEverybody } from "../formats/distribution/problem.ts"
import type { OpenFile, TreeWriter } from "../io/tree-writer.ts"

/**
 * Unpacks an sdist that was checked and found right but for what PyPI alone asks, by the same reader that checked it: the wheel is built from what was looked at,
 * and from nothing else. Returns the name of its one folder.
 */
export async function unpackSdist(
  checked: CheckedDistribution,
  source: ByteSource,
  tree: TreeWriter,
): Promise<string> {
  const [first] = checked.members
  if (problemsForEverybody(checked.problems).length > 0 || first === undefined) {
    throw malformed(`${checked.filename} was not found to be right, and is not unpacked`)
  }
  let open: { readonly file: OpenFile; readonly member: ArchiveMember } | undefined
  const close = (): void => {
    open?.file.close(modifiedAt(open.member))
    open = undefined
  }
  for await (const part of readTar(gunzip(source))) {
    if (part.kind === "content") {
      open?.file.write(part.bytes)
      continue
    }
    close()
    const { member } = part
    if (member.kind === "file")
      open = { file: tree.file(member.name, isExecutable(member)), member }
    else writeOther(member, tree)
  }
  close()
  return first.name.split("/")[0] ?? ""
}

function writeOther({ name, kind, target = "" }: ArchiveMember, tree: TreeWriter): void {
  switch (kind) {
    case "folder":
      tree.folder(name.replace(/\/$/, ""))
      return
    case "symbolic link":
      tree.symbolicLink(name, target)
      return
    case "hard link":
      tree.hardLink(name, target)
      return
    case "file":
    case "device":
    case "other":
      throw malformed(`${name} is a ${kind}`)
  }
}

function isExecutable({ attributes }: ArchiveMember): boolean {
  return (Number.parseInt(attributes["mode"] ?? "0", 8) & 0o111) !== 0
}

function modifiedAt({ attributes }: ArchiveMember): number {
  const seconds = Number(attributes["modified"])
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0
}
