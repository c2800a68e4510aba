import path from "node:path"

import type { Sha256 } from "../../core/digest.ts"
import type { GitHubRepository } from "../../publish/github-release.ts"
import type { Files } from "../../io/files.ts"
import type { LocalWorld } from "../../world/local-world.ts"
import { PROVIDERS } from "../../world/oidc/providers.ts"
import { addProject } from "../../world/project.ts"

/** The services of a rehearsal, as its players meet them. */
export interface Services {
  /** The simple index that users download from. */
  readonly indexUrl: URL
  /** The address for uploads. */
  readonly uploadUrl: URL
  /** GitHub's REST API. */
  readonly githubUrl: URL
  /** The trusted root of these services: a file. */
  readonly trustedRoot: string
  /** Which of them to sign with: a file. */
  readonly signingConfig: string
  /** Whose identity tokens are accepted: GitHub's by name, with the keys of the local issuer; as `ISSUER=URL`. */
  readonly issuer: string
}

/** A file that was downloaded. */
export interface Downloaded {
  readonly file: string
  readonly filename: string
  readonly sha256: Sha256
}

/** What an attacker who rules the index can have it serve under a file's name. */
export interface ServedFile {
  readonly filename: string
  readonly content: Uint8Array
  /** The provenance object beside it; undefined where there is to be none. */
  readonly provenance: unknown
}

/** What the players need to know of a world; its documents are written into `folder`. */
export function describeServices(world: LocalWorld, folder: string, files: Files): Services {
  const { urls } = world
  const trustedRoot = path.join(folder, "trusted_root.json")
  const signingConfig = path.join(folder, "signing_config.json")
  files.write(trustedRoot, json(world.trustedRoot()), false)
  files.write(signingConfig, json(world.signingConfig()), false)
  return {
    indexUrl: new URL("/simple/", urls.index),
    uploadUrl: new URL("/legacy/", urls.index),
    githubUrl: new URL(urls.github),
    trustedRoot,
    signingConfig,
    issuer: `${PROVIDERS.github.issuer}=${new URL("/github", urls.oidc).href}`,
  }
}

function json(document: object): string {
  return `${JSON.stringify(document, undefined, 2)}\n`
}

/** What a run of a release workflow is about. */
export interface ReleaseRun {
  /** `owner/name`. */
  readonly repository: string
  readonly commit: string
  readonly tag: string
  /** The index's projects that this workflow may upload to. */
  readonly projects: readonly string[]
}

/** A job of a release workflow, and what it may do. */
export interface ReleaseJob {
  /** What its steps find in their environment. */
  readonly environment: Readonly<Record<string, string>>
  readonly repository: GitHubRepository
}

/** The workflow file that every repository of a rehearsal releases with. */
export const WORKFLOW = "release.yml"

/**
 * Sets up a repository with its tag at GitHub and as a publisher at the index, and starts a run of its release workflow. Numbers are the
 * rehearsal's own: a repository that exists has others.
 */
export function startRelease(world: LocalWorld, run: ReleaseRun): ReleaseJob {
  const { repository, commit, tag, projects } = run
  const [owner = "", name = ""] = repository.split("/")
  const stated = {
    repository,
    repository_id: String(numberOf(repository)),
    repository_owner_id: String(numberOf(owner)),
    ref: `refs/tags/${tag}`,
    sha: commit,
    actor: "rehearsal",
  }
  const { environment, jobEnvironment } = addProject(world, stated, projects)
  return {
    environment: { ...jobEnvironment, ...environment },
    repository: {
      apiUrl: new URL(world.urls.github),
      owner,
      name,
      token: environment["GITHUB_TOKEN"] ?? "",
    },
  }
}

/** A number for a name: the same for the same, so that two are told apart. */
function numberOf(name: string): number {
  return [...Buffer.from(name)].reduce((sum, octet) => (sum * 31 + octet) % 1_000_003, 7)
}
