import path from "node:path"

import { WheelproofError } from "../core/errors.ts"
import { ask, type ToolEffects } from "./run.ts"

/** What is built, as git knows it. */
export interface BuildSource {
  /** The commit that is checked out; absent outside git. */
  readonly commit?: string
  /** The commit's time, in seconds since 1970. */
  readonly committedAt?: number
  /** Files that are not as in the commit, or that it does not know; at most some. */
  readonly changes: readonly string[]
  /** Why nothing is known of the commit. */
  readonly unknown?: string
}

const MAX_CHANGES = 20

/**
 * Asks git about a project's folder. Without git, or outside a repository, the answer says so: an sdist can be built of anything. What is in
 * `output` is no change, and ignored files are none.
 */
export async function readSource(
  folder: string,
  output: string,
  effects: ToolEffects,
): Promise<BuildSource> {
  // Looking must not write: not even the index.
  const environment = { ...effects.environment, GIT_OPTIONAL_LOCKS: "0" }
  const git = async (...args: readonly string[]) =>
    await ask(["git", ...args], folder, { ...effects, environment })
  const log = await git("log", "-1", "--no-show-signature", "--format=%H %ct")
  if (log === undefined) return { changes: [], unknown: "there is no git" }
  const [, commit = "", time = ""] = /^([0-9a-f]{40,64}) ([0-9]+)\n?$/.exec(log.stdout) ?? []
  if (log.status !== 0 || commit === "") {
    return { changes: [], unknown: firstLine(log.stderr) ?? "git knows no commit here" }
  }
  const status = await git("status", "--porcelain=v1", "-z", "--", ".", ...without(folder, output))
  if (status?.status !== 0) {
    const said = firstLine(status?.stderr ?? "") ?? "no reason"
    throw new WheelproofError("ERR_COMMAND", `git status failed: ${said}`)
  }
  return { commit, committedAt: Number(time), changes: changesIn(status.stdout) }
}

// A path that is not within the folder would be an error to git.
function without(folder: string, output: string): readonly string[] {
  const relative = path.relative(folder, output).split(path.sep).join("/")
  const isWithin = relative !== "" && !relative.startsWith("..") && !path.isAbsolute(relative)
  return isWithin ? [`:(exclude,literal)${relative}`] : []
}

// Each entry is two letters, a space and a path; a renamed file's old path comes as an entry of its own.
function changesIn(text: string): readonly string[] {
  return text
    .split("\0")
    .filter((entry) => /^[ MTADRCU?!]{2} ./s.test(entry))
    .slice(0, MAX_CHANGES)
    .map((entry) => entry.slice(3))
}

function firstLine(text: string): string | undefined {
  const [line = ""] = text.trim().split(/\r?\n/)
  return line === "" ? undefined : line.replace(/^fatal: /, "")
}
