import { WheelproofError } from "../../core/errors.ts"
import { refuseAborted } from "../../io/command.ts"
import type { LocalWorld } from "../../world/local-world.ts"
import { playAttacks } from "./attacker-acts.ts"
import { drawChain } from "./chain.ts"
import { playMaintainer } from "./maintainer-acts.ts"
import { requireProject } from "./projects.ts"
import type { Rehearsal } from "./report.ts"
import type { RehearseRequest } from "./request.ts"
import type { Performance, Plot, RehearseEffects } from "./scene.ts"
import { type RehearsalWatch, Script, StepFailed } from "./script.ts"
import { describeServices, type Services, WORKFLOW } from "./services.ts"
import { findTools, type Tools } from "./tools.ts"
import { playUser } from "./user-acts.ts"

/**
 * The `rehearse` use case: a whole release and installation of a project on services of its own, and attacks that have to be refused. A step
 * that does not come out as promised ends it, and the report says which. However it ends, nothing is left running, and nothing is
 * left behind that was not asked for. Throws `ERR_INPUT_NOT_FOUND`, `ERR_OUTPUT`, `ERR_COMMAND` for what stands in the way of the first
 * step, and `ERR_INTERRUPTED`.
 */
export async function rehearse(
  request: RehearseRequest,
  effects: RehearseEffects,
  watch: RehearsalWatch,
): Promise<Rehearsal> {
  const { files, folders, signal } = effects
  const { page, project, keep } = request
  if (project !== undefined) requireProject(project, effects)
  if (page !== undefined) refuseExisting(page, effects)
  const tools = await findTools(effects)
  const folder = folders.makeTemporary("wheelproof-rehearsal-")
  let kept = false
  try {
    const played = await play(project, tools, new Script(folder, effects, watch), effects)
    const rehearsal = keep ? { ...played, folder } : played
    if (page !== undefined) files.write(page.file, page.render(rehearsal), page.force)
    refuseAborted(signal)
    kept = keep
    return rehearsal
  } finally {
    if (!kept) await folders.remove(folder)
  }
}

/** A page that could not be written is known before, not after, a minute of work. */
function refuseExisting(
  { file, force }: NonNullable<RehearseRequest["page"]>,
  { files }: RehearseEffects,
): void {
  if (force || files.kind(file) === "missing") return
  throw new WheelproofError("ERR_OUTPUT", `${file} exists already`, {
    hint: "name another file, or replace it with --force",
  })
}

async function play(
  project: string | undefined,
  tools: Tools,
  script: Script,
  effects: RehearseEffects,
): Promise<Rehearsal> {
  const startedAt = effects.now()
  const plot: Plot = { projects: [], attacks: [], notes: [...tools.notes] }
  const worlds: LocalWorld[] = []
  try {
    const { world, services } = await openStage(script, effects, worlds)
    await playAll({ project, tools, script, effects, world, services, plot })
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
  } finally {
    await Promise.all(worlds.map(async (world) => world.close()))
  }
  return { startedAt, milliseconds: script.elapsed(), steps: script.steps, ...plot }
}

async function openStage(
  script: Script,
  effects: RehearseEffects,
  worlds: LocalWorld[],
): Promise<{ readonly world: LocalWorld; readonly services: Services }> {
  const title = "start Sigstore, a package index and GitHub on this machine"
  return script.step({ id: "services", actor: "stage", title }, async (notes) => {
    const world = await effects.startWorld()
    worlds.push(world)
    effects.folders.make(script.path("trust"))
    const services = describeServices(world, script.path("trust"), effects.files)
    notes.made(services.trustedRoot, services.signingConfig)
    notes.fact("identity provider", world.urls.oidc)
    notes.fact("certificate authority", world.urls.fulcio)
    notes.fact("transparency log", world.urls.rekor)
    notes.fact("index", services.indexUrl.href)
    notes.fact("GitHub", services.githubUrl.href)
    return { world, services }
  })
}

async function playAll(performance: Performance): Promise<void> {
  const { script, effects, services, tools, plot } = performance
  const published = await playMaintainer(performance)
  const { repository, tag, files } = published
  const wheels = files.filter(({ kind }) => kind === "wheel")
  const expectation = {
    source: `github.com/${repository.owner}/${repository.name}`,
    sourceRef: `refs/tags/${tag}`,
    workflow: WORKFLOW,
    denySelfHostedRunners: true,
  }
  const stage = { script, services, effects, tools }
  const release = { wheels, repository, tag, expectation }
  const { user, used } = await playUser(release, stage)
  const chain = drawChain({ used, tag, release: published.page, indexUrl: services.indexUrl })
  if (chain !== undefined) plot.chain = chain
  await playAttacks(performance, { user, used, expectation })
}
