import type { GitHubRepository } from "../../publish/github-release.ts"
import { playBuild } from "./build-acts.ts"
import type { BuiltFile } from "./distributions.ts"
import { attestFiles, releaseFiles, uploadFiles } from "./maintainer.ts"
import { type Projects, takeExamples, takeProject } from "./projects.ts"
import type { Performance } from "./scene.ts"
import { type ReleaseJob, startRelease } from "./services.ts"

/** What the maintainer has published. */
export interface Published {
  readonly files: readonly BuiltFile[]
  readonly repository: GitHubRepository
  readonly tag: string
  /** The page of the release. */
  readonly page: string
}

/** The maintainer's acts, as a job of a release workflow plays them: build, sign, upload, release. */
export async function playMaintainer(performance: Performance): Promise<Published> {
  const { script, effects, services, plot } = performance
  const projects = await playSource(performance)
  plot.notes.push(...projects.source.notes)
  const files = await playBuild(projects, performance)
  plot.projects = releasesOf(files)
  const tag = projects.source.tag ?? `v${plot.projects[0]?.version ?? "0"}`
  const job = startJob(projects, tag, performance)
  const attestations = script.path("attestations")
  await script.step(
    { id: "attest", actor: "maintainer", title: "sign provenance in the name of the run" },
    async (notes) => {
      notes.fact("tag", tag)
      await attestFiles(files, attestations, job.environment, services, effects, notes)
    },
  )
  await script.step(
    { id: "publish", actor: "maintainer", title: "upload to the index by trusted publishing" },
    async (notes) => uploadFiles(files, attestations, job.environment, services, effects, notes),
  )
  const { page } = await script.step(
    { id: "release", actor: "maintainer", title: "fill a draft release, and publish it" },
    async (notes) => releaseFiles(files, attestations, tag, job.repository, effects, notes),
  )
  return { files, repository: job.repository, tag, page }
}

async function playSource({ project, tools, script, effects }: Performance): Promise<Projects> {
  return script.step(
    { id: "source", actor: "maintainer", title: "take the commit to release" },
    async (notes) =>
      project === undefined
        ? takeExamples(tools.hasCompiler, script, effects, notes)
        : takeProject(project, script, effects, notes),
  )
}

function startJob({ source }: Projects, tag: string, { world, plot }: Performance): ReleaseJob {
  const { repository, commit } = source
  const projects = plot.projects.map(({ name }) => name)
  return startRelease(world, { repository, commit, tag, projects })
}

function releasesOf(files: readonly BuiltFile[]): readonly { name: string; version: string }[] {
  const versions = new Map(files.map(({ metadata }) => [metadata.name, metadata.version]))
  return [...versions].map(([name, version]) => ({ name, version }))
}
