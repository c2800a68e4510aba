import path from "node:path"

import { WheelproofError } from "../../core/errors.ts"
import { listOutput } from "../../io/output-folder.ts"
import { isDistributionFilename } from "../../packaging/distribution.ts"
import { isSidecarName } from "../../packaging/sidecars.ts"

/**
 * Refuses an output folder before anything is built: one that has files, unless they may be replaced and are what a build leaves; and one
 * that holds the project itself. Throws `ERR_OUTPUT` and `ERR_USAGE`.
 */
export function checkOutput(output: string, project: string, clean: boolean): void {
  if (isWithin(project, output)) {
    throw new WheelproofError("ERR_USAGE", `${output} is the project's own folder or holds it`, {
      hint: "name another folder with --output",
    })
  }
  const names = listOutput(output)
  if (names.length === 0) return
  if (!clean) {
    throw new WheelproofError("ERR_OUTPUT", `${output} is not empty: it has ${shown(names)}`, {
      hint: "replace what is in it with --clean, or name another folder with --output",
    })
  }
  const others = names.filter((name) => !isOfBuild(name))
  if (others.length === 0) return
  throw new WheelproofError(
    "ERR_OUTPUT",
    `${output} has what no build left there: ${shown(others)}`,
    {
      hint: "move it away; --clean removes distributions and what stands beside them, and nothing else",
    },
  )
}

function isWithin(inner: string, outer: string): boolean {
  const relative = path.relative(outer, inner)
  return relative === "" || (!relative.startsWith("..") && !path.isAbsolute(relative))
}

function isOfBuild(name: string): boolean {
  return isDistributionFilename(name) || isSidecarName(name) || name === ".gitignore"
}

const SHOWN = 3

function shown(names: readonly string[]): string {
  const rest = names.length - SHOWN
  return [...names.slice(0, SHOWN), ...(rest > 0 ? [`and ${rest} more`] : [])].join(", ")
}
