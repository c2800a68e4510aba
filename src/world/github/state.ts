import { hasFormat, type Store } from "../store.ts"

/** A user or organisation. */
export interface Account {
  readonly login: string
  readonly id: number
  readonly type: "Organization" | "User"
}

/** What a token may do; what is not named it may not. */
export interface Permissions {
  readonly contents?: "read" | "write"
  readonly attestations?: "read" | "write"
  readonly actions?: "read" | "write"
}

/** A token of the API. */
export interface GitHubToken {
  readonly token: string
  readonly login: string
  /** A job's `GITHUB_TOKEN` (and any app's), or a person's own. */
  readonly kind: "installation" | "personal"
  readonly permissions: Permissions
  /** `owner/name` of the only repositories it is for. */
  readonly repositories?: readonly string[]
  /** Milliseconds since 1970. */
  readonly expires?: number
}

/** A tag; an annotated one is an object of its own that points to the commit. */
export interface Tag {
  readonly name: string
  readonly commit: string
  readonly annotated?: { readonly sha: string; readonly message: string }
}

/** A file of a release. */
export interface Asset {
  readonly id: number
  /** As it is stored, which is not always as it was sent. */
  readonly name: string
  readonly label: string | null
  /** `starter` is what an upload leaves that did not come to its end. */
  readonly state: "starter" | "uploaded"
  readonly contentType: string
  readonly size: number
  /** Where the store has the content; nothing for a starter. */
  readonly content?: string
  /** Milliseconds since 1970. */
  readonly created: number
  readonly uploader: string
}

/** A release. */
export interface Release {
  readonly id: number
  tagName: string
  targetCommitish: string
  name: string | null
  body: string | null
  draft: boolean
  prerelease: boolean
  immutable: boolean
  /** Milliseconds since 1970. */
  readonly created: number
  published?: number
  readonly author: string
  readonly assets: Asset[]
}

/** An attestation: a bundle, and what its statement says without anybody having checked it. */
export interface StoredAttestation {
  readonly id: number
  /** `algorithm:hex` of every subject. */
  readonly digests: readonly string[]
  readonly predicateType: string
  /** Where the store has the bundle's JSON. */
  readonly bundle: string
}

/** A workflow file. */
export interface Workflow {
  readonly id: number
  readonly name: string
  readonly path: string
}

/** A run of a workflow. */
export interface WorkflowRun {
  readonly id: number
  readonly workflowId: number
  readonly event: string
  readonly headSha: string
  readonly headBranch: string
  readonly attempt: number
  readonly actor: Account
  readonly referencedWorkflows: readonly {
    readonly path: string
    readonly sha: string
    readonly ref?: string
  }[]
}

/** A repository with all that this service keeps of one. */
export interface Repository {
  readonly id: number
  readonly owner: Account
  readonly name: string
  readonly visibility: "public" | "private" | "internal"
  readonly defaultBranch: string
  /** The commit that the default branch is at. */
  head: string
  /** Whether releases freeze when they are published. */
  immutableReleases: boolean
  /** Tags of immutable releases, which no later release can have, whatever was deleted. */
  readonly burnedTags: string[]
  readonly tags: Tag[]
  readonly releases: Release[]
  readonly attestations: StoredAttestation[]
  readonly workflows: Workflow[]
  readonly runs: WorkflowRun[]
}

/** All that the service knows besides contents. */
export interface GitHubState {
  readonly format: "wheelproof-github/1"
  nextId: number
  readonly repositories: Repository[]
  readonly tokens: GitHubToken[]
}

/** The state that a store has, or an empty one. */
export function loadState(store: Store): GitHubState {
  const saved = store.load()
  return isState(saved)
    ? saved
    : { format: "wheelproof-github/1", nextId: 1_001, repositories: [], tokens: [] }
}

function isState(value: unknown): value is GitHubState {
  return hasFormat(value, "wheelproof-github/1")
}

/** `owner/name`, as the repository writes it. */
export function fullName({ owner, name }: Pick<Repository, "owner" | "name">): string {
  return `${owner.login}/${name}`
}

/** The repository of a name; GitHub does not tell upper from lower case. */
export function findRepository(state: GitHubState, name: string): Repository | undefined {
  const wanted = name.toLowerCase()
  return state.repositories.find((repository) => fullName(repository).toLowerCase() === wanted)
}

/** A number that nothing else has. */
export function takeId(state: GitHubState): number {
  const id = state.nextId
  state.nextId += 1
  return id
}
