import path from "node:path"

import { WheelproofError } from "../../core/errors.ts"
import { type BuiltFile, openBuiltFile } from "./distributions.ts"
import type { Projects } from "./projects.ts"
import type { Performance } from "./scene.ts"

/** Builds every project, each in a step of its own, with tools that are fetched first. */
export async function playBuild(
  { folders }: Projects,
  { script, effects, tools }: Performance,
): Promise<readonly BuiltFile[]> {
  const work = script.path("work")
  effects.folders.make(work)
  const builder = await effects.createBuilder({ python: tools.python, work })
  const title = "get the build tools from the index that pip is configured with"
  await script.step({ id: "tools", actor: "maintainer", title }, async (notes) =>
    builder.fetchTools(notes),
  )
  const built: BuiltFile[] = []
  for (const folder of folders) {
    const name = path.basename(folder)
    const plan = { id: `build-${name}`, actor: "maintainer", title: `build ${name}` } as const
    const files = await script.step(plan, async (notes) => {
      const made = await builder.build(folder, script.path("dist", name), notes)
      notes.made(...made)
      notes.command(["wheelproof", "build", script.short(folder)])
      const opened: BuiltFile[] = []
      for (const file of made) opened.push(await openBuiltFile(file, effects.files))
      if (opened.some(({ kind }) => kind === "wheel")) return opened
      throw new WheelproofError("ERR_PROMISE", `${name} made no wheel`)
    })
    built.push(...files)
  }
  return built
}
