import { WheelproofError } from "../core/errors.ts"
import { startLocalWorld, type LocalWorld } from "../world/local-world.ts"
import { addProject } from "../world/project.ts"
import { openWorldFolder, worldEnvironment, writeWorldFiles } from "../world/world-files.ts"

/** One `world`. */
export interface WorldRequest {
  /** The folder in which it keeps what it is to know next time; nothing is kept without one. */
  readonly state?: string
  /** `owner/name` on the local GitHub. */
  readonly repository?: string
  readonly ref?: string
  readonly commit?: string
  /** The name of the workflow file. */
  readonly workflow?: string
  /** Whether the variables of a whole GitHub job are wanted. */
  readonly job: boolean
}

/** A world that runs. */
export interface RunningWorld {
  /** The variables that point other tools at it. */
  readonly environment: Readonly<Record<string, string>>
  /** The address of each service. */
  readonly services: Readonly<Record<string, string>>
  /** Comes when the world was told to stop, and has stopped. */
  readonly ended: Promise<void>
}

/** What starting a world takes from outside. */
export interface WorldEffects {
  /** Aborts when the world is to stop. */
  readonly stop: AbortSignal
}

/** Starts a world with a project to work on, and keeps it running until it is told to stop. */
export async function runWorld(
  request: WorldRequest,
  { stop }: WorldEffects,
): Promise<RunningWorld> {
  const claims = claimsOf(request)
  const { folder, remove } = openWorldFolder(request.state)
  try {
    const world = await startLocalWorld(request.state === undefined ? {} : { state: request.state })
    const project = addProject(world, claims)
    return {
      environment: {
        ...writeWorldFiles(world, folder),
        ...worldEnvironment(world),
        ...project.environment,
        ...(request.job ? project.jobEnvironment : {}),
      },
      services: world.urls,
      ended: closing(world, remove, stop),
    }
  } catch (error) {
    remove()
    throw error
  }
}

function claimsOf({ repository, ref, commit, workflow }: WorldRequest): Record<string, string> {
  if (repository !== undefined && !/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new WheelproofError("ERR_USAGE", `--repository takes OWNER/NAME, not ${repository}`)
  }
  const name = repository ?? "acme/rocket"
  const at = ref ?? "refs/tags/v1.0.0"
  return {
    repository: name,
    ref: at,
    ...(commit === undefined ? {} : { sha: commit }),
    ...(workflow === undefined
      ? {}
      : { workflow_ref: `${name}/.github/workflows/${workflow}@${at}` }),
  }
}

async function closing(world: LocalWorld, remove: () => void, stop: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve()
    else stop.addEventListener("abort", () => resolve(), { once: true })
  })
  await world.close()
  remove()
}
