import type { Expectation } from "../../core/expectation.ts"
import { WheelproofError } from "../../core/errors.ts"
import type { Verified } from "../../core/verdict.ts"
import {
  createVirtualEnvironment,
  exactRequirements,
  importModules,
  installDependencies,
  installExactly,
  sitePackages,
  type VirtualEnvironment,
} from "../../install/pip.ts"
import { importableModules } from "../../packaging/importable.ts"
import type { BuiltFile } from "./distributions.ts"
import { checkInstalled, type InstalledWheel } from "./installed.ts"
import { definedOnly, type RehearseEffects } from "./scene.ts"
import type { Script } from "./script.ts"
import type { Downloaded, Services } from "./services.ts"
import type { Tools } from "./tools.ts"
import {
  downloadAll,
  fetchAggregate,
  fetchProvenance,
  type FollowedWheel,
  proofsOf,
  type User,
  verifyAs,
  welcomeUser,
} from "./user.ts"

/** What a user knows of a release before they trust any of it. */
export interface KnownRelease {
  readonly wheels: readonly BuiltFile[]
  readonly repository: { readonly owner: string; readonly name: string }
  readonly tag: string
  readonly expectation: Expectation
}

/** A wheel as the user got it, and everything that was proved of it. */
export interface UsedWheel {
  readonly wheel: BuiltFile
  readonly downloaded: Downloaded
  readonly fromIndex: Verified
  readonly fromRelease: Verified
  readonly installed: InstalledWheel
}

/** Where the user's acts take place. */
export interface UserStage {
  readonly script: Script
  readonly services: Services
  readonly effects: RehearseEffects
  readonly tools: Tools
}

/** The user's acts: download, fetch the evidence, verify, install exactly what was verified, import it. */
export async function playUser(
  release: KnownRelease,
  stage: UserStage,
): Promise<{ readonly user: User; readonly used: readonly UsedWheel[] }> {
  const { script, effects, tools } = stage
  const user = await script.step(
    { id: "user", actor: "user", title: "make a clean environment with pip in it" },
    async () => welcomeUser(tools.python, script.path("user"), effects),
  )
  const followed = await playDownload(release, user, stage)
  const { fromIndex, fromRelease } = await playVerification(release, followed, stage)
  const venv = await playInstallation(followed, user, stage)
  const installed = await playImport(followed, venv, user, stage)
  const used = followed.flatMap(({ wheel, downloaded }) => {
    const target = script.short(downloaded.file)
    const parts = {
      fromIndex: fromIndex.get(target),
      fromRelease: fromRelease.get(target),
      installed: installed.get(wheel.filename),
    }
    return isWhole(parts) ? [{ wheel, downloaded, ...parts }] : []
  })
  return { user, used }
}

type WholeParts = Pick<UsedWheel, "fromIndex" | "fromRelease" | "installed">

function isWhole(parts: {
  readonly [Name in keyof WholeParts]: WholeParts[Name] | undefined
}): parts is WholeParts {
  return Object.values(parts).every((part) => part !== undefined)
}

async function playDownload(
  { wheels }: KnownRelease,
  user: User,
  { script, services, effects }: UserStage,
): Promise<readonly FollowedWheel[]> {
  return script.step(
    { id: "download", actor: "user", title: "download the wheels from the index" },
    async (notes) =>
      downloadAll(wheels, script.path("user", "downloads"), user, services, effects, notes),
  )
}

async function playVerification(
  release: KnownRelease,
  followed: readonly FollowedWheel[],
  { script, services, effects }: UserStage,
): Promise<Record<"fromIndex" | "fromRelease", ReadonlyMap<string, Verified>>> {
  const evidence = await script.step(
    { id: "evidence", actor: "user", title: "fetch the evidence from the index and the release" },
    async (notes) => {
      const beside: string[] = []
      for (const one of followed) {
        const saved = await fetchProvenance(one, services, effects)
        if (saved === undefined) throw noProvenance(one)
        beside.push(saved)
      }
      const folder = script.path("user", "release")
      const { tag, repository } = release
      const aggregate = await fetchAggregate(tag, repository, folder, services, effects)
      notes.made(...beside, aggregate)
      return { beside, aggregate }
    },
  )
  const targets = followed.map(({ downloaded }) => downloaded.file)
  const { expectation } = release
  const { trustedRoot } = services
  const verifyBy = async (
    id: string,
    title: string,
    provenance: readonly string[],
  ): Promise<ReadonlyMap<string, Verified>> =>
    script.step({ id, actor: "user", title }, async (notes) => {
      const what = { targets, provenance, expectation, trustedRoot }
      const proofs = proofsOf(await verifyAs(what, script, effects, notes), notes)
      notes.fact("verified", `${proofs.size} of ${targets.length}`)
      return proofs
    })
  const { beside, aggregate } = evidence
  return {
    fromIndex: await verifyBy("verify-index", "verify by the index's evidence", beside),
    fromRelease: await verifyBy("verify-release", "verify by the release's evidence", [aggregate]),
  }
}

async function playInstallation(
  followed: readonly FollowedWheel[],
  user: User,
  { script, effects, tools }: UserStage,
): Promise<VirtualEnvironment> {
  const { access } = user
  const servedBy = tools.hasFarReachingPip ? user.venv : undefined
  const venv = await script.step(
    { id: "environment", actor: "user", title: "make a fresh environment to install into" },
    async () =>
      createVirtualEnvironment(tools.python, script.path("user", "installed"), access, servedBy),
  )
  await playDependencies(followed, venv, script, effects)
  await script.step(
    { id: "install", actor: "user", title: "install exactly the verified files" },
    async (notes) => {
      const requirements = script.path("user", "downloads", "verified.txt")
      const exact = exactRequirements(followed.map(({ downloaded }) => downloaded))
      effects.files.write(requirements, exact, false)
      notes.made(requirements)
      notes.command(await installExactly(venv, requirements, access))
    },
  )
  return venv
}

/** What a wheel needs is no part of the rehearsal, but without it the wheel may not be importable. */
async function playDependencies(
  followed: readonly FollowedWheel[],
  venv: VirtualEnvironment,
  script: Script,
  { run, environment, signal }: RehearseEffects,
): Promise<void> {
  const needed = followed.flatMap(({ wheel }) => wheel.metadata.requiresDist.filter(needsNoExtra))
  if (needed.length === 0) return
  const title = "install what the wheels need, from the index that pip is configured with"
  await script.step({ id: "dependencies", actor: "user", title }, async (notes) => {
    const access = { run, signal, environment: definedOnly(environment) }
    notes.command(await installDependencies(venv, needed, access))
    notes.fact("verified", "none of them: they are no part of the rehearsal")
  })
}

function needsNoExtra(requirement: string): boolean {
  return !/;.*\bextra\b/.test(requirement)
}

async function playImport(
  followed: readonly FollowedWheel[],
  venv: VirtualEnvironment,
  { access }: User,
  { script, effects }: UserStage,
): Promise<ReadonlyMap<string, InstalledWheel>> {
  return script.step(
    { id: "import", actor: "user", title: "compare the installed files, and import them" },
    async (notes) => {
      const site = await sitePackages(venv, access)
      const installed = followed.map(({ wheel, downloaded }) =>
        checkInstalled(wheel, downloaded, site, effects.files),
      )
      const count = installed.reduce((sum, { same }) => sum + same, 0)
      notes.fact("files", `${count} of ${count} are as they are in the wheels`)
      const modules = followed.flatMap(({ wheel }) =>
        importableModules(wheel.members.map(({ name }) => name)),
      )
      notes.command(["python", "-c", `import ${modules.join(", ")}`])
      await importModules(venv, modules, access)
      notes.fact("imported", modules.join(", "))
      return new Map(installed.map((wheel) => [wheel.filename, wheel]))
    },
  )
}

function noProvenance({ downloaded: { filename } }: FollowedWheel): WheelproofError {
  return new WheelproofError("ERR_INPUT_NOT_FOUND", `the index has no provenance of ${filename}`)
}
