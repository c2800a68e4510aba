import { mkdirSync, writeFileSync } from "node:fs"
import path from "node:path"

import { createRehearseEffects } from "../../../src/app/wire.ts"
import type { Rehearsal } from "../../../src/app/rehearse/report.ts"
import type { RehearseEffects } from "../../../src/app/rehearse/scene.ts"
import type { RehearsalWatch } from "../../../src/app/rehearse/script.ts"
import { SDIST_NAME, sdistBytes, WHEEL_NAME, wheelBytes } from "../../support/archives.ts"

/** Hears nothing. */
export const DEAF: RehearsalWatch = { started() {}, finished() {} }

/**
 * The real world of a rehearsal, but for the one thing that is not on this machine: instead of tools from a package index and what they
 * build, there are two files that are as a build makes them.
 */
export async function withoutIndex(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  signal: AbortSignal = new AbortController().signal,
): Promise<RehearseEffects> {
  const effects = await createRehearseEffects({ environment, signal })
  return {
    ...effects,
    createBuilder: async () => ({
      async fetchTools() {},
      async build(_, output) {
        mkdirSync(output, { recursive: true })
        const made = [
          [WHEEL_NAME, wheelBytes()],
          [SDIST_NAME, sdistBytes()],
        ] as const
        return made.map(([name, bytes]) => {
          const file = path.join(output, name)
          writeFileSync(file, bytes)
          return file
        })
      },
    }),
  }
}

/** The steps of a rehearsal in one line each. */
export function outline({ steps }: Rehearsal): readonly string[] {
  return steps.map(({ actor, id, outcome }) => `${actor} ${id} ${outcome}`)
}
