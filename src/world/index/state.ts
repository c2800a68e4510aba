import { normalizeName } from "../../packaging/name.ts"
import { compareVersions, versionKey } from "../../packaging/version.ts"
import { hasFormat, type Store } from "../store.ts"
import type { RegisteredPublisher } from "./publishers.ts"

/** PEP 792. Archived projects take no files; quarantined ones show none. */
export type ProjectStatus = "active" | "archived" | "quarantined"

/** A file of a release. */
export interface StoredFile {
  readonly filename: string
  readonly type: "sdist" | "bdist_wheel"
  readonly pythonVersion: string
  readonly size: number
  /** What the pages and the JSON API say of the content. */
  readonly digests: {
    readonly sha256: string
    readonly blake2b: string
    readonly md5: string
  }
  /** The digest of what is really handed out; another than {@link digests} only where a test wants a lying index. */
  content: string
  /** The digest of the METADATA file that is served beside a wheel (PEP 658). */
  readonly metadata?: string
  /** Milliseconds since 1970. */
  readonly uploadTime: number
  readonly comment?: string
  /** PEP 740, as it is served. */
  provenance?: unknown
}

/** A release; the first file of a version makes it, and its metadata is that file's. */
export interface Release {
  /** Normalised (PEP 440). */
  readonly version: string
  /** Milliseconds since 1970. */
  readonly created: number
  /** Core metadata by its form names; what occurs once is a list of one. */
  readonly metadata: Readonly<Record<string, readonly string[]>>
  yanked?: { readonly reason: string }
  readonly files: StoredFile[]
}

/** A project of the index. */
export interface Project {
  /** As the last upload wrote it. */
  name: string
  status: ProjectStatus
  /** The users that may upload. */
  readonly owners: string[]
  readonly releases: Release[]
  /** The number of the last change, as `X-PyPI-Last-Serial`. */
  serial: number
}

/** A token for uploads. */
export interface ApiToken {
  readonly token: string
  /** Who uploads: a user, or the publisher with this id. */
  readonly bearer:
    | { readonly kind: "user"; readonly name: string }
    | { readonly kind: "publisher"; readonly id: string }
  /** Normalised names of the only projects it is for. */
  readonly projects?: readonly string[]
  /** Milliseconds since 1970. */
  readonly expires?: number
}

/** All that the index knows besides the contents of files. */
export interface IndexState {
  readonly format: "wheelproof-index/1"
  serial: number
  /** By normalised name. */
  readonly projects: Record<string, Project>
  readonly tokens: ApiToken[]
  readonly publishers: RegisteredPublisher[]
  /** `issuer id` of each identity token that was used, with the second it expires in. */
  readonly usedTokens: Record<string, number>
  /** File names that are never taken again. */
  readonly deleted: string[]
}

/** The state that a store has, or an empty one. */
export function loadState(store: Store): IndexState {
  const saved = store.load()
  return isState(saved)
    ? saved
    : {
        format: "wheelproof-index/1",
        serial: 0,
        projects: {},
        tokens: [],
        publishers: [],
        usedTokens: {},
        deleted: [],
      }
}

function isState(value: unknown): value is IndexState {
  return hasFormat(value, "wheelproof-index/1")
}

/** The project of a name in any spelling. */
export function findProject(state: IndexState, name: string): Project | undefined {
  const key = normalizeName(name)
  return Object.hasOwn(state.projects, key) ? state.projects[key] : undefined
}

/** The release of a version in any spelling: `v1.0` finds `1.0.0`. Throws `ERR_INPUT_MALFORMED` for what is no version. */
export function findRelease(project: Project, version: string): Release | undefined {
  const key = versionKey(version)
  return project.releases.find((release) => versionKey(release.version) === key)
}

/** A project with nothing in it yet, and not yet in the index. */
export function newProject(name: string, owners: string[]): Project {
  return { name, status: "active", owners, releases: [], serial: 0 }
}

/** The project, made where there is none. */
export function ensureProject(state: IndexState, name: string): Project {
  return findProject(state, name) ?? (state.projects[normalizeName(name)] = newProject(name, []))
}

/** Counts a change of a project. */
export function touch(state: IndexState, project: Project): void {
  state.serial += 1
  project.serial = state.serial
}

/** A file together with where it belongs. */
export interface LocatedFile {
  readonly project: Project
  readonly release: Release
  readonly file: StoredFile
}

/** All files of a project that are shown, in the order of the index's pages. */
export function listFiles(project: Project): readonly LocatedFile[] {
  if (project.status === "quarantined") return []
  return project.releases
    .toSorted((a, b) => compareVersions(a.version, b.version))
    .flatMap((release) =>
      release.files
        .toSorted((a, b) => (a.filename < b.filename ? -1 : 1))
        .map((file) => ({ project, release, file })),
    )
}

/** The first file of the whole index for which `matches` holds. */
export function findFile(
  state: IndexState,
  matches: (file: StoredFile) => boolean,
): LocatedFile | undefined {
  for (const project of Object.values(state.projects)) {
    for (const release of project.releases) {
      const file = release.files.find(matches)
      if (file !== undefined) return { project, release, file }
    }
  }
  return undefined
}

/** Where a file lies on the file host (Warehouse, `PATH_HASHER`). */
export function filePath({ digests, filename }: StoredFile): string {
  const { blake2b } = digests
  return `packages/${blake2b.slice(0, 2)}/${blake2b.slice(2, 4)}/${blake2b.slice(4)}/${filename}`
}
