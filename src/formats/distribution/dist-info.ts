import type { ArchiveMember } from "../archive/member.ts"
import type { CheckSubject } from "./subject.ts"

/**
 * The `.dist-info` folder of a wheel. PyPI and `wheel` look for the name that the first two parts of the file name make, as they stand; pip
 * takes any, and refuses a wheel with two.
 */
export function findDistInfo(
  members: readonly ArchiveMember[],
  { filename, problems }: CheckSubject,
): string | undefined {
  const [name = "", version = ""] = filename.split("-")
  const expected = `${name}-${version}.dist-info`
  const folders = new Set<string>()
  for (const member of members) {
    const slash = member.name.indexOf("/")
    const first = slash === -1 ? "" : member.name.slice(0, slash)
    if (first.toLowerCase().endsWith(".dist-info")) folders.add(first)
  }
  if (!folders.has(expected)) {
    problems.add("dist-info", `there is no ${expected}`, {
      pypi: `Invalid distribution file. WHEEL not found at ${expected}/WHEEL`,
    })
  }
  const others = [...folders].filter((folder) => folder !== expected)
  for (const folder of others) {
    problems.add("dist-info", `the folder is not ${expected}`, { where: folder })
  }
  if (folders.has(expected)) return expected
  return others.length === 1 ? others[0] : undefined
}
