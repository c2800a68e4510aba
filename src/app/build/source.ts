import {
  buildEnvironment,
  readSourceDateEpoch,
  withheldVariables,
} from "../../build/environment.ts"
import { type BuildSource, readSource } from "../../build/source.ts"
import { WheelproofError } from "../../core/errors.ts"
import type { RunCommand } from "../../io/command.ts"
import type { BuildReport, BuildRequest } from "./report.ts"

/** What is built, and what is to be said about it. */
export interface SourceDescription {
  readonly facts: BuildReport["source"]
  readonly notes: readonly string[]
}

/** What asking git needs. */
interface SourceEffects {
  readonly run: RunCommand
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/**
 * Finds out what commit is built and which time its files get: `SOURCE_DATE_EPOCH` where it is set, else the commit's. Throws `ERR_CONFIG`,
 * `ERR_COMMAND`, and `ERR_USAGE` for a changed tree where a clean one was asked for.
 */
export async function describeSource(
  project: string,
  output: string,
  { requireClean }: BuildRequest,
  effects: SourceEffects,
): Promise<SourceDescription> {
  const given = readSourceDateEpoch(effects.environment)
  const environment = buildEnvironment(effects.environment, undefined)
  const source = await readSource(project, output, { ...effects, environment })
  if (requireClean) refuseChanges(source)
  const sourceDateEpoch = given ?? source.committedAt
  const { commit, changes } = source
  return {
    facts: {
      ...(commit === undefined ? {} : { commit, isChanged: changes.length > 0 }),
      ...(sourceDateEpoch === undefined ? {} : { sourceDateEpoch }),
    },
    notes: [...sourceNotes(source, sourceDateEpoch), ...environmentNotes(effects.environment)],
  }
}

function refuseChanges({ changes, unknown }: BuildSource): void {
  if (unknown !== undefined) {
    throw new WheelproofError("ERR_USAGE", `no commit is known: ${unknown}`, {
      hint: "build in a git repository, or without --require-clean",
    })
  }
  if (changes.length === 0) return
  throw new WheelproofError("ERR_USAGE", `the tree is not as its commit: ${shown(changes)}`, {
    hint: "commit or remove it, or build without --require-clean",
  })
}

function sourceNotes(
  { changes, unknown }: BuildSource,
  sourceDateEpoch: number | undefined,
): readonly string[] {
  const notes: string[] = []
  if (unknown !== undefined) notes.push(`no commit is known: ${unknown}`)
  if (changes.length > 0) {
    notes.push(
      `the tree is not as its commit, so no commit stands for these files: ${shown(changes)}`,
    )
  }
  if (sourceDateEpoch === undefined) {
    notes.push("SOURCE_DATE_EPOCH is not set, so another build will give other bytes")
  }
  return notes
}

function environmentNotes(environment: SourceEffects["environment"]): readonly string[] {
  const names = withheldVariables(environment)
  return names.length === 0 ? [] : [`kept from the build: ${names.join(", ")}`]
}

const SHOWN = 3

function shown(changes: readonly string[]): string {
  const more = changes.length > SHOWN ? [`and ${changes.length - SHOWN} more`] : []
  return [...changes.slice(0, SHOWN), ...more].join(", ")
}
