import { randomBytes } from "node:crypto"
import path from "node:path"

import { requestGithubToken } from "../../ci/github-token.ts"
import { parseSha256 } from "../../core/digest.ts"
import { WheelproofError } from "../../core/errors.ts"
import { LIMITS } from "../../core/limits.ts"
import { uploadForm } from "../../formats/upload-form.ts"
import { sha256Of } from "./digest-of.ts"
import {
  createDraft,
  type GitHubRepository,
  publishRelease,
  type Release,
  uploadAsset,
} from "../../publish/github-release.ts"
import { sendUpload } from "../../publish/index-upload.ts"
import { askAudience, mintUploadToken } from "../../publish/trusted-publishing.ts"
import { AGGREGATE } from "../attest/plan.ts"
import type { BuiltFile } from "./distributions.ts"
import { type RehearseEffects, storeAccess } from "./scene.ts"
import type { StepNotes } from "./script.ts"
import type { Services } from "./services.ts"

/** A job of the build platform: what its steps find in their environment. */
export type JobEnvironment = Readonly<Record<string, string>>

/** Signs provenance and publish attestations for the files, into `folder`, in the job's name. */
export async function attestFiles(
  files: readonly BuiltFile[],
  folder: string,
  job: JobEnvironment,
  services: Services,
  { attest, folders }: RehearseEffects,
  notes: StepNotes,
): Promise<void> {
  folders.make(folder)
  const report = await attest(
    {
      files: files.map(({ file }) => file),
      checksumFiles: [],
      output: folder,
      force: false,
      dryRun: false,
      anyFile: false,
      issuers: [services.issuer],
      signingConfig: services.signingConfig,
      trustedRoot: services.trustedRoot,
      offline: false,
      logVersion: 1,
      privateRepository: false,
      interactive: false,
    },
    job,
  )
  for (const subject of report.subjects) notes.made(...subject.files)
  if (report.aggregate !== undefined) notes.made(report.aggregate.file)
  notes.fact("signer", report.build.signer)
  notes.fact("signatures", `${report.signatures}, with ${report.certificates} certificate`)
  notes.fact("build level", `${report.level.level}: ${report.level.reason}`)
}

/** Uploads the files with their attestations by trusted publishing, wheels last: nobody installs what is not whole. */
export async function uploadFiles(
  files: readonly BuiltFile[],
  attestations: string,
  job: JobEnvironment,
  { uploadUrl }: Services,
  effects: RehearseEffects,
  notes: StepNotes,
): Promise<void> {
  const access = storeAccess(effects)
  const audience = await askAudience(uploadUrl, access)
  const identity = await requestGithubToken(job, audience, access.http, access)
  const token = await mintUploadToken(uploadUrl, identity, access)
  notes.fact(
    "token",
    `for ${new Date(token.expires).toISOString()}, minted for this run's identity`,
  )
  for (const file of files.toSorted((a, b) => (a.kind < b.kind ? -1 : 1))) {
    const written = attestationsOf(file, attestations, effects)
    await sendUpload(uploadForm(file, written), { uploadUrl, token, boundary }, access)
    notes.fact("uploaded", `${file.filename}, with ${written.length} attestations`)
  }
}

function boundary(): string {
  return randomBytes(24).toString("hex")
}

/** The attestations of a file as PyPI takes them: one of each kind. */
export function attestationsOf(
  { filename }: BuiltFile,
  folder: string,
  { files }: RehearseEffects,
): readonly string[] {
  return [".publish.attestation", ".slsa.attestation"].map((ending) =>
    Buffer.from(
      files.read(path.join(folder, `${filename}${ending}`), LIMITS.documentBytes),
    ).toString("utf8"),
  )
}

/** Fills a draft with the files and the attestation over all of them, and publishes it when everything is there. */
export async function releaseFiles(
  files: readonly BuiltFile[],
  attestations: string,
  tag: string,
  repository: GitHubRepository,
  effects: RehearseEffects,
  notes: StepNotes,
): Promise<Release> {
  const access = storeAccess(effects)
  const draft = await createDraft(tag, repository, access)
  notes.fact("draft", `${draft.id}, which nobody sees yet`)
  const aggregate = path.join(attestations, AGGREGATE)
  const assets = [
    ...files.map(({ filename: name, content, sha256 }) => ({ name, content, sha256 })),
    {
      name: AGGREGATE,
      content: effects.files.read(aggregate, LIMITS.documentBytes),
      sha256: sha256Of(aggregate, effects.files),
    },
  ]
  for (const asset of assets) await uploadAsset(draft, asset, repository, access)
  const release = await publishRelease(draft, repository, access)
  refuseIncomplete(release, new Map(assets.map(({ name, sha256 }) => [name, parseSha256(sha256)])))
  notes.fact("release", release.page)
  notes.fact("assets", `${release.assets.length}, each with the digest that was sent`)
  return release
}

function refuseIncomplete({ assets, isDraft }: Release, sent: ReadonlyMap<string, string>): void {
  const shown = new Map(assets.map(({ name, sha256 }) => [name, sha256]))
  const other = [...sent].find(([name, sha256]) => shown.get(name) !== sha256)
  if (other === undefined && !isDraft) return
  throw new WheelproofError(
    "ERR_REFUSED",
    isDraft ? "the release is still a draft" : `the release does not show ${other?.[0] ?? ""}`,
  )
}
