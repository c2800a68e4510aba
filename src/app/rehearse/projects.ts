import path from "node:path"

import { WheelproofError } from "../../core/errors.ts"
import { EXAMPLE_FILES } from "./example-files.ts"
import { definedOnly, type RehearseEffects } from "./scene.ts"
import type { Script, StepNotes } from "./script.ts"
import { cloneProject, commitFolder, type GitEffects, slug, type Source } from "./source.ts"

/** What is released: a commit, and the folders of the projects in it. */
export interface Projects {
  readonly source: Source
  readonly folders: readonly string[]
}

/** What a copy of a project's folder leaves out: what others made in it. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ".git",
  ".hg",
  ".nox",
  ".tox",
  ".venv",
  "__pycache__",
  "build",
  "dist",
  "node_modules",
  "venv",
])

/** The user's project: its repository at its commit, or where it is in none, a copy of its folder. */
export async function takeProject(
  folder: string,
  script: Script,
  effects: RehearseEffects,
  notes: StepNotes,
): Promise<Projects> {
  const from = path.resolve(folder)
  const name = slug(path.basename(from))
  const root = script.path("source", name)
  const own = await cloneProject(from, root, gitEffects(effects))
  if (own !== undefined) {
    const { project, ...source } = own
    return noted({ source, folders: [project] }, notes)
  }
  effects.folders.copy(from, root, LEFT_OUT)
  const source = await commitFolder(root, name, gitEffects(effects))
  return noted({ source, folders: [root] }, notes)
}

/** The examples of wheelproof; the one with a compiled extension only where there is a compiler. */
export async function takeExamples(
  withExtension: boolean,
  script: Script,
  effects: RehearseEffects,
  notes: StepNotes,
): Promise<Projects> {
  const root = script.path("source")
  const names = withExtension ? ["morse", "crc"] : ["morse"]
  for (const [name, text] of Object.entries(EXAMPLE_FILES)) {
    if (!names.includes(name.split("/")[0] ?? "")) continue
    const file = path.join(root, name)
    effects.folders.make(path.dirname(file))
    effects.files.write(file, text, false)
  }
  const source = await commitFolder(root, "examples", gitEffects(effects))
  return noted({ source, folders: names.map((name) => path.join(root, name)) }, notes)
}

function noted(projects: Projects, notes: StepNotes): Projects {
  const { repository, commit, tag, isOwn } = projects.source
  notes.fact("repository", `github.com/${repository}${isOwn ? "" : ", which is invented"}`)
  notes.fact("commit", commit)
  if (tag !== undefined) notes.fact("tag", tag)
  return projects
}

function gitEffects({ run, environment, signal }: RehearseEffects): GitEffects {
  return { run, signal, environment: definedOnly(environment) }
}

/** Throws `ERR_INPUT_NOT_FOUND` for a folder that is no project. */
export function requireProject(folder: string, { files }: RehearseEffects): void {
  if (files.kind(folder) !== "folder") {
    throw new WheelproofError("ERR_INPUT_NOT_FOUND", `there is no folder ${folder}`)
  }
  const isProject = ["pyproject.toml", "setup.py"].some(
    (name) => files.kind(path.join(folder, name)) === "file",
  )
  if (isProject) return
  throw new WheelproofError("ERR_INPUT_NOT_FOUND", `${folder} has no pyproject.toml`, {
    hint: "name the folder of a Python project; without one, examples are rehearsed",
  })
}
