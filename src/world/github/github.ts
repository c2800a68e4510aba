import { randomBytes } from "node:crypto"

import { Shape } from "../../core/shape.ts"
import { createRoutes, type Handler, withErrors } from "../http/handler.ts"
import { createMemoryStore, type Store } from "../store.ts"
import { actionRoutes } from "./actions.ts"
import { invalidRequest, notFound } from "./answer.ts"
import { storedAssetName } from "./asset-name.ts"
import { assetRoutes } from "./assets.ts"
import { attestationRoutes, storeAttestation } from "./attestations.ts"
import type { GitHubContext, GitHubSettings } from "./context.ts"
import { withFront } from "./front.ts"
import { publish, releaseRoutes } from "./releases.ts"
import { repositoryRoutes } from "./repositories.ts"
import {
  type Account,
  type GitHubState,
  type GitHubToken,
  loadState,
  type Release,
  type Repository,
  type Tag,
  takeId,
  type Workflow,
  type WorkflowRun,
} from "./state.ts"
import { createStorage } from "./storage.ts"

/** How to set up a {@link GitHub}. */
export interface GitHubOptions extends Partial<Omit<GitHubSettings, "storageUrl">> {
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Where `storage` is served: another host than the API, as GitHub's is, or a client's token would go there too. */
  readonly storageUrl: () => string
  /** In memory unless one is given. */
  readonly store?: Store
}

/** A repository to begin with. */
export interface NewRepository {
  readonly owner: Account
  readonly name: string
  readonly id?: number
  readonly visibility?: Repository["visibility"]
  readonly defaultBranch?: string
  readonly head?: string
  readonly immutableReleases?: boolean
}

/** A release to begin with. */
export interface NewRelease {
  readonly tag: string
  readonly draft?: boolean
  readonly prerelease?: boolean
  readonly assets?: readonly { readonly name: string; readonly content: Uint8Array }[]
}

/** GitHub's REST API in miniature, as far as releases and attestations go. */
export interface GitHub {
  /** The API; uploads begin with `/uploads`, downloads by browsers with `/OWNER/NAME/releases/download`. */
  readonly handler: Handler
  /** The storage service that the API's answers lead to. */
  readonly storage: Handler
  readonly state: GitHubState
  readonly addRepository: (repository: NewRepository) => Repository
  readonly addToken: (token: Partial<GitHubToken>) => GitHubToken
  readonly addTag: (repository: Repository, tag: Tag) => void
  readonly addWorkflow: (repository: Repository, workflow: Omit<Workflow, "id">) => Workflow
  readonly addRun: (repository: Repository, run: Partial<WorkflowRun>) => WorkflowRun
  /** A release with its assets, whatever an upload of theirs would have met. */
  readonly addRelease: (repository: Repository, release: NewRelease) => Release
  /** A bundle under the digests that its statement names. */
  readonly addAttestation: (repository: Repository, bundle: object) => void
  /** Lets the next uploads of assets break off: each is answered with 502 and leaves a starter. */
  readonly failUploads: (count: number) => void
}

const GIB = 2 ** 30
const COMMIT = "0".repeat(39)

/** Sets up the service. Its handlers need no socket; nothing is in it until something is added. */
export function createGitHub(given: GitHubOptions): GitHub {
  const { clock, store = createMemoryStore(), ...options } = given
  const state = loadState(store)
  const context: GitHubContext = {
    state,
    store,
    clock,
    options: {
      rateLimits: { anonymous: 60, installation: 1_000, personal: 5_000 },
      inlineBundles: false,
      emptyList: "404",
      maxAssets: 1_000,
      maxAssetBytes: 2 * GIB,
      ...options,
    },
    save: () => {
      store.save(state)
    },
    storageKey: randomBytes(32),
    failing: { uploads: 0 },
  }
  const routes = createRoutes(
    {
      ...repositoryRoutes(context),
      // Before the releases: `assets` is no release's id.
      ...assetRoutes(context),
      ...releaseRoutes(context),
      ...attestationRoutes(context),
      ...actionRoutes(context),
    },
    notFound,
  )
  return {
    handler: withFront(
      context,
      withErrors(routes, ({ message }) => invalidRequest(message)),
    ),
    storage: createStorage(context),
    state,
    ...createSeeds(context),
    failUploads(count) {
      context.failing.uploads = count
    },
  }
}

function createSeeds(
  context: GitHubContext,
): Omit<GitHub, "handler" | "storage" | "state" | "failUploads"> {
  const { state, save } = context
  const kept = <Value>(list: Value[], value: Value): Value => {
    list.push(value)
    save()
    return value
  }
  return {
    addRepository: (repository) =>
      kept(state.repositories, {
        id: repository.id ?? takeId(state),
        owner: repository.owner,
        name: repository.name,
        visibility: repository.visibility ?? "public",
        defaultBranch: repository.defaultBranch ?? "main",
        head: repository.head ?? `${COMMIT}1`,
        immutableReleases: repository.immutableReleases ?? false,
        burnedTags: [],
        tags: [],
        releases: [],
        attestations: [],
        workflows: [],
        runs: [],
      }),
    addToken: (token) =>
      kept(state.tokens, {
        token: `ghs_${randomBytes(18).toString("hex")}`,
        login: "github-actions[bot]",
        kind: "installation",
        permissions: {},
        ...token,
      }),
    addTag: (repository, tag) => {
      kept(repository.tags, tag)
    },
    addWorkflow: (repository, workflow) =>
      kept(repository.workflows, { id: takeId(state), ...workflow }),
    addRun: (repository, run) =>
      kept(repository.runs, {
        id: takeId(state),
        workflowId: repository.workflows[0]?.id ?? 0,
        event: "push",
        headSha: repository.head,
        headBranch: repository.defaultBranch,
        attempt: 1,
        actor: repository.owner,
        referencedWorkflows: [],
        ...run,
      }),
    addRelease: (repository, release) => addRelease(context, repository, release),
    addAttestation: (repository, bundle) => {
      storeAttestation(context, repository, new Shape(bundle, "bundle"), bundle)
    },
  }
}

function addRelease(
  context: GitHubContext,
  repository: Repository,
  { tag, draft = false, prerelease = false, assets = [] }: NewRelease,
): Release {
  const { state, store, clock, save } = context
  const release: Release = {
    id: takeId(state),
    tagName: tag,
    targetCommitish: repository.defaultBranch,
    name: tag,
    body: null,
    draft: true,
    prerelease,
    immutable: false,
    created: clock(),
    author: repository.owner.login,
    assets: assets.map(({ name, content }) => ({
      id: takeId(state),
      name: storedAssetName(name),
      label: null,
      state: "uploaded",
      contentType: "application/octet-stream",
      size: content.byteLength,
      content: store.put(content),
      created: clock(),
      uploader: repository.owner.login,
    })),
  }
  repository.releases.push(release)
  if (!draft) publish(context, repository, release)
  save()
  return release
}
