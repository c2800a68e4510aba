import { type ArchiveMember, pathProblem } from "../archive/member.ts"
import type { Problems } from "./problem.ts"

/**
 * Checks that links stay within the folder that they are in (PEP 721, "Implementation advice"). A step upwards may only stand at the
 * beginning of a target: behind the name of another link, it would lead upwards from wherever that one points to. That no member lies
 * behind a link is checked with the paths.
 */
export function checkLinks(members: readonly ArchiveMember[], problems: Problems): void {
  const files = new Set<string>()
  for (const { name, kind, target = "" } of members) {
    if (kind === "file") files.add(name)
    const problem =
      kind === "symbolic link"
        ? symbolicLinkProblem(name, target)
        : kind === "hard link"
          ? hardLinkProblem(target, files)
          : undefined
    if (problem === undefined) continue
    problems.add("member-kind", `${problem}: ${JSON.stringify(target)}`, { where: name })
  }
}

function symbolicLinkProblem(name: string, target: string): string | undefined {
  const [upwards = ""] = /^(?:\.\.\/)*(?:\.\.$)?/.exec(target) ?? []
  const rest = target.slice(upwards.length)
  if (rest !== "" && pathProblem(rest) !== undefined) return "the link's target is no plain path"
  if (target === "") return "the link has no target"
  const steps = upwards.split("/").filter((step) => step !== "").length
  // The link's own folder is as deep as its name has slashes; the top folder has to remain.
  const depth = name.split("/").length - 1
  return steps < depth ? undefined : "the link leads out of the archive's folder"
}

function hardLinkProblem(target: string, files: ReadonlySet<string>): string | undefined {
  return files.has(target) ? undefined : "the link is to no file that came before it"
}
