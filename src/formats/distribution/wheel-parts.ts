import { WheelproofError } from "../../core/errors.ts"
import type { CoreMetadata } from "../../packaging/core-metadata.ts"
import { expandTags } from "../../packaging/distribution.ts"
import { parseEntryPoints } from "../../packaging/entry-points.ts"
import { isOlderThan } from "../../packaging/metadata-rules.ts"
import { parseWheelFile, type WheelFile } from "../../packaging/wheel-file.ts"
import type { Problems } from "./problem.ts"
import type { CheckSubject } from "./subject.ts"

/** Checks WHEEL against the file name: a wheel that was renamed says one thing outside and another inside. */
export function checkWheelFile(bytes: Uint8Array | undefined, subject: CheckSubject): void {
  const { distribution, problems } = subject
  const wheel = readWheelFile(bytes, problems)
  if (wheel === undefined) return
  if (!wheel.wheelVersion.startsWith("1.")) {
    problems.add("wheel-file", `the wheel version is ${wheel.wheelVersion}`, { where: "WHEEL" })
  }
  const inside = tagsOf(wheel, problems)
  const outside = distribution.tags.join(" ")
  if (inside !== undefined && inside !== outside) {
    const found = `WHEEL has ${inside === "" ? "no tags" : inside}, the file name has ${outside}`
    problems.add("wheel-tags", found, { where: "WHEEL" })
  }
  const build = withoutZeros(wheel.build ?? "")
  if (build !== withoutZeros(distribution.build)) {
    const [within, without] = [build, distribution.build].map((tag) => (tag === "" ? "none" : tag))
    const found = `the build number is ${within} in WHEEL and ${without} in the file name`
    problems.add("wheel-tags", found, { where: "WHEEL" })
  }
}

function readWheelFile(bytes: Uint8Array | undefined, problems: Problems): WheelFile | undefined {
  try {
    if (bytes !== undefined) return parseWheelFile(bytes)
    problems.add("dist-info", "there is no WHEEL that can be read")
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    problems.add("wheel-file", error.message, { where: "WHEEL" })
  }
  return undefined
}

// Written out one by one, says the specification; some writers keep the compressed sets.
function tagsOf({ tags }: WheelFile, problems: Problems): string | undefined {
  try {
    const expanded = tags.flatMap((tag) => expandTags("WHEEL", tag.split("-")))
    return [...new Set(expanded)].toSorted().join(" ")
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    problems.add("wheel-file", error.message, { where: "WHEEL" })
    return undefined
  }
}

function withoutZeros(build: string): string {
  return build.replace(/^0+(?=[0-9])/, "")
}

/** Groups whose names become files in the environment's bin folder. */
const SCRIPTS = ["console_scripts", "gui_scripts"]

/** Checks entry_points.txt, if there is one. */
export function checkEntryPoints(bytes: Uint8Array | undefined, problems: Problems): void {
  if (bytes === undefined) return
  try {
    const groups = parseEntryPoints(bytes)
    for (const group of SCRIPTS) {
      const bad = (groups.get(group) ?? []).filter((name) => !/^[\p{L}\p{N}\p{M}_.-]+$/u.test(name))
      for (const name of bad) {
        problems.add("entry-points", `${JSON.stringify(name)} is not a name for a script`, {
          where: `[${group}]`,
          pypi: `Invalid entry point name '${name}' in '${group}'`,
        })
      }
    }
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    problems.add("entry-points", error.message)
  }
}

/** Checks that each License-File of the metadata is there, under the folder where the format keeps them (PEP 639). */
export function checkLicenseFiles(
  { metadataVersion, licenseFiles }: CoreMetadata,
  folder: string,
  files: { has(path: string): boolean },
  problems: Problems,
): void {
  if (isOlderThan(metadataVersion, "2.4")) return
  for (const file of licenseFiles) {
    const path = `${folder}${file}`
    if (files.has(path)) continue
    problems.add("license-file", `there is no ${path}`, {
      where: file,
      pypi: `License-File ${file} does not exist in distribution file at ${path}`,
    })
  }
}
