import { type ArchiveMember, pathProblem } from "../archive/member.ts"
import type { Problems } from "./problem.ts"

/**
 * Checks where members would be written: no path that leads elsewhere, none twice, and none that is a file for one member and a folder
 * for another.
 */
export function checkMemberPaths(members: readonly ArchiveMember[], problems: Problems): void {
  const files = new Set<string>()
  const folders = new Set<string>()
  for (const { name, kind } of members) {
    const problem = pathProblem(name)
    if (problem !== undefined) {
      problems.add("member-path", problem, { where: name })
      continue
    }
    const path = name.endsWith("/") ? name.slice(0, -1) : name
    if (kind === "folder") folders.add(path)
    else if (files.has(path)) {
      problems.add("member-duplicate", "the archive has two members of this path", { where: name })
    } else files.add(path)
    addParents(path, folders)
  }
  for (const path of files) {
    if (!folders.has(path)) continue
    problems.add("member-duplicate", "the path is a file and a folder", { where: path })
  }
}

function addParents(path: string, folders: Set<string>): void {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const parent = path.slice(0, end)
    if (folders.has(parent)) return
    folders.add(parent)
  }
}
