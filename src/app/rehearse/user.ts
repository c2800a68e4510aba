import path from "node:path"

import type { Expectation } from "../../core/expectation.ts"
import { WheelproofError } from "../../core/errors.ts"
import { LIMITS } from "../../core/limits.ts"
import type { Reason, Verified } from "../../core/verdict.ts"
import { sha256Of } from "./digest-of.ts"
import { cleanEnvironment } from "../../install/clean-environment.ts"
import {
  createVirtualEnvironment,
  downloadWheels,
  type UserAccess,
  type VirtualEnvironment,
} from "../../install/pip.ts"
import { normalizeName } from "../../packaging/name.ts"
import { downloadAsset, findRelease } from "../../publish/github-release.ts"
import { readProjectPage, readProvenance } from "../../publish/index-page.ts"
import { AGGREGATE } from "../attest/plan.ts"
import type { Report } from "../report.ts"
import type { BuiltFile } from "./distributions.ts"
import { type RehearseEffects, shortReport, storeAccess, verification } from "./scene.ts"
import type { Script, StepNotes } from "./script.ts"
import type { Downloaded, Services } from "./services.ts"

/** A user with a machine of their own: a home, and a virtual environment with nothing but pip in it. */
export interface User {
  readonly access: UserAccess
  readonly venv: VirtualEnvironment
}

/** Makes a user's home in `folder` and a virtual environment in it. */
export async function welcomeUser(
  python: string,
  folder: string,
  { folders, run, environment, signal }: RehearseEffects,
): Promise<User> {
  folders.make(path.join(folder, "tmp"))
  const access = { run, signal, environment: cleanEnvironment(environment, folder) }
  const venv = await createVirtualEnvironment(python, path.join(folder, "venv"), access)
  return { access, venv }
}

/** A wheel that the user wants, and what pip gave them under its name. */
export interface FollowedWheel {
  readonly wheel: BuiltFile
  readonly downloaded: Downloaded
}

/**
 * `pip download` of each wheel's release, as it is on the index, into a folder of its own. Whether the bytes are the maintainer's is for
 * the verifier to say.
 */
export async function downloadAll(
  wheels: readonly BuiltFile[],
  folder: string,
  user: User,
  { indexUrl }: Pick<Services, "indexUrl">,
  { files, folders }: RehearseEffects,
  notes: StepNotes,
): Promise<readonly FollowedWheel[]> {
  folders.make(folder)
  const requirements = wheels.map(({ metadata }) => `${metadata.name}==${metadata.version}`)
  notes.command(await downloadWheels(user.venv, { indexUrl, requirements, folder }, user.access))
  notes.made(...files.list(folder).map((filename) => path.join(folder, filename)))
  return wheels.map((wheel) => {
    const { filename } = wheel
    const file = path.join(folder, filename)
    if (files.kind(file) !== "file") {
      throw new WheelproofError("ERR_COMMAND", `pip did not choose ${filename}`)
    }
    return { wheel, downloaded: { file, filename, sha256: sha256Of(file, files) } }
  })
}

/** The evidence that the index has for a file, saved beside it; undefined where it has none. */
export async function fetchProvenance(
  { wheel, downloaded: { file, filename } }: FollowedWheel,
  { indexUrl }: Pick<Services, "indexUrl">,
  effects: RehearseEffects,
): Promise<string | undefined> {
  const access = storeAccess(effects)
  const page = await readProjectPage(indexUrl, normalizeName(wheel.metadata.name), access)
  const url = page.find((entry) => entry.filename === filename)?.provenance
  if (url === undefined) return undefined
  const saved = `${file}.provenance`
  effects.files.write(saved, await readProvenance(url, access), false)
  return saved
}

/** The evidence that the release has for all of its files, saved in `folder`. */
export async function fetchAggregate(
  tag: string,
  repository: { readonly owner: string; readonly name: string },
  folder: string,
  { githubUrl }: Pick<Services, "githubUrl">,
  effects: RehearseEffects,
): Promise<string> {
  const access = storeAccess(effects)
  const at = { apiUrl: githubUrl, ...repository }
  const release = await findRelease(tag, at, access)
  const asset = release.assets.find(({ name }) => name === AGGREGATE)
  if (asset === undefined) {
    throw new WheelproofError("ERR_INPUT_NOT_FOUND", `release ${tag} has no ${AGGREGATE}`)
  }
  effects.folders.make(folder)
  const saved = path.join(folder, AGGREGATE)
  effects.files.write(saved, await downloadAsset(asset, at, access, LIMITS.documentBytes), false)
  return saved
}

/** What a user verifies, by which evidence, and what they expect. */
export interface UserVerification {
  readonly targets: readonly string[]
  readonly provenance: readonly string[]
  readonly expectation: Expectation
  readonly trustedRoot: string
}

/** Runs `verify` as the command of this name does. Paths in the report are those within the rehearsal's folder. */
export async function verifyAs(
  { targets, provenance, expectation, trustedRoot }: UserVerification,
  script: Script,
  { verify }: RehearseEffects,
  notes: StepNotes,
): Promise<Report> {
  const { request, command } = verification(targets, provenance, expectation, trustedRoot)
  notes.command(command.map((word) => script.short(word)))
  return shortReport(await verify(request), (text) => script.short(text))
}

/** The proofs by target; where one is not verified, the step fails with the reasons. */
export function proofsOf(report: Report, notes: StepNotes): ReadonlyMap<string, Verified> {
  const verified = new Map<string, Verified>()
  const reasons: Reason[] = []
  for (const { verdict, target } of report.results) {
    if (verdict.kind === "verified") verified.set(target, verdict)
    else if (verdict.kind === "rejected") reasons.push(...verdict.reasons)
    else throw new WheelproofError(verdict.code, `${target}: ${verdict.message}`)
  }
  if (report.results.length === 0) {
    reasons.push({ check: "evidence-present", expected: "files to verify", found: "none" })
  }
  notes.failed(reasons)
  return verified
}
