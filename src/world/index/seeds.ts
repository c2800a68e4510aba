import { randomUUID } from "node:crypto"

import { malformed } from "../../core/errors.ts"
import { type CoreMetadata, parseCoreMetadata } from "../../packaging/core-metadata.ts"
import { normalizeName } from "../../packaging/name.ts"
import { normalizeVersion } from "../../packaging/version.ts"
import { uploadFields } from "../../packaging/upload-fields.ts"
import { openDistribution } from "./archives.ts"
import { contentDigests } from "./content-digests.ts"
import type { IndexContext } from "./context.ts"
import type { Publisher, RegisteredPublisher } from "./publishers.ts"
import { Refusal } from "./refusal.ts"
import {
  ensureProject,
  findFile,
  findProject,
  findRelease,
  type IndexState,
  type Project,
  type ProjectStatus,
  type Release,
  type StoredFile,
  touch,
} from "./state.ts"
import { createToken } from "./tokens.ts"

/** A file to begin with. */
export interface NewFile {
  readonly filename: string
  readonly content: Uint8Array
  /** PEP 740, served as it is. */
  readonly provenance?: unknown
  /** Milliseconds since 1970; now. */
  readonly uploadTime?: number
}

/** A release to begin with. Nothing of what uploads are held to is checked, so that an index can have what PyPI would not take. */
export interface NewRelease {
  readonly project: string
  readonly version: string
  readonly files: readonly NewFile[]
  /** Core metadata by its form names; what the first wheel says unless given. */
  readonly metadata?: Release["metadata"]
  readonly yanked?: string
  /** Milliseconds since 1970; now. */
  readonly created?: number
}

/** What fills an index, and what its owners and administrators do by hand. */
export interface IndexSeeds {
  /** A user and a token for all projects of his, or for those that are named. */
  readonly addUser: (name: string, token?: { readonly projects?: readonly string[] }) => string
  readonly addProject: (name: string, owners?: readonly string[]) => Project
  readonly addPublisher: (publisher: Publisher, projects: readonly string[]) => RegisteredPublisher
  /** A publisher for a project that its first token creates. */
  readonly addPendingPublisher: (
    publisher: Publisher,
    project: string,
    user: string,
  ) => RegisteredPublisher
  readonly addRelease: (release: NewRelease) => Promise<Release>
  readonly setStatus: (project: string, status: ProjectStatus) => void
  readonly yank: (project: string, version: string, reason: string) => void
  /** Deletes a file; its name is never taken again. */
  readonly deleteFile: (filename: string) => void
  /** Hands out other bytes than the pages speak of: an index, or a cache before it, that lies. */
  readonly swapContent: (filename: string, content: Uint8Array) => void
  /** Replaces a file, with pages that fit the new one and this provenance object or none: an index that lies without a contradiction. */
  readonly replaceFile: (
    filename: string,
    content: Uint8Array,
    provenance: unknown,
  ) => Promise<void>
  /** Serves another provenance object for a file, or none. */
  readonly swapProvenance: (filename: string, provenance: unknown) => void
}

/** Makes the seeds of an index. */
export function createSeeds(context: IndexContext): IndexSeeds {
  const { state, save } = context
  return {
    addUser(name, { projects } = {}) {
      const token = createToken()
      const scope = projects === undefined ? {} : { projects: projects.map(normalizeName) }
      state.tokens.push({ token, bearer: { kind: "user", name }, ...scope })
      save()
      return token
    },
    addProject(name, owners = []) {
      const project = ensureProject(state, name)
      project.owners.push(...owners)
      changed(context, project)
      return project
    },
    addPublisher(publisher, projects) {
      for (const name of projects) ensureProject(state, name)
      return register(context, { id: randomUUID(), publisher, projects: [...projects] })
    },
    addPendingPublisher: (publisher, project, user) =>
      register(context, { id: randomUUID(), publisher, projects: [], pending: { project, user } }),
    addRelease: (release) => addRelease(context, release),
    setStatus(name, status) {
      const project = expectProject(state, name)
      project.status = status
      changed(context, project)
    },
    yank(name, version, reason) {
      const project = expectProject(state, name)
      const release = findRelease(project, version)
      if (release === undefined) throw malformed(`${name} has no release ${version}`)
      release.yanked = { reason }
      changed(context, project)
    },
    deleteFile(filename) {
      const { project, release, file } = expectFile(state, filename)
      release.files.splice(release.files.indexOf(file), 1)
      state.deleted.push(filename)
      changed(context, project)
    },
    ...createLies(context),
  }
}

/** What a lying index does. */
function createLies(
  context: IndexContext,
): Pick<IndexSeeds, "swapContent" | "replaceFile" | "swapProvenance"> {
  const { state, store } = context
  return {
    swapContent(filename, content) {
      const { project, file } = expectFile(state, filename)
      file.content = store.put(content)
      changed(context, project)
    },
    async replaceFile(filename, content, provenance) {
      const { project, release, file } = expectFile(state, filename)
      const { uploadTime } = file
      const given = { filename, content, provenance, uploadTime }
      const replaced = storeFile(context, given, await readMetadata(given))
      release.files.splice(release.files.indexOf(file), 1, replaced)
      changed(context, project)
    },
    swapProvenance(filename, provenance) {
      const { project, file } = expectFile(state, filename)
      if (provenance === undefined) delete file.provenance
      else file.provenance = provenance
      changed(context, project)
    },
  }
}

function changed({ state, save }: IndexContext, project: Project): void {
  touch(state, project)
  save()
}

function register(
  { state, save }: IndexContext,
  publisher: RegisteredPublisher,
): RegisteredPublisher {
  state.publishers.push(publisher)
  save()
  return publisher
}

function expectProject(state: IndexState, name: string): Project {
  const project = findProject(state, name)
  if (project === undefined) throw malformed(`there is no project ${name}`)
  return project
}

function expectFile(state: IndexState, filename: string): NonNullable<ReturnType<typeof findFile>> {
  const located = findFile(state, (file) => file.filename === filename)
  if (located === undefined) throw malformed(`there is no file ${filename}`)
  return located
}

async function addRelease(context: IndexContext, given: NewRelease): Promise<Release> {
  const project = ensureProject(context.state, given.project)
  const files: StoredFile[] = []
  let metadata = given.metadata
  for (const file of given.files) {
    const wheelMetadata = await readMetadata(file)
    if (wheelMetadata !== undefined) metadata ??= formFields(parseCoreMetadata(wheelMetadata))
    files.push(storeFile(context, file, wheelMetadata))
  }
  const release: Release = {
    version: normalizeVersion(given.version),
    created: given.created ?? context.clock(),
    metadata: metadata ?? { name: [given.project], version: [given.version] },
    ...(given.yanked === undefined ? {} : { yanked: { reason: given.yanked } }),
    files,
  }
  project.releases.push(release)
  changed(context, project)
  return release
}

/** METADATA of a wheel that can be opened; a seeded file need not be one. */
async function readMetadata({ filename, content }: NewFile): Promise<Uint8Array | undefined> {
  const opened = filename.endsWith(".whl")
    ? await openDistribution(filename, content, "")
    : undefined
  return opened === undefined || opened instanceof Refusal ? undefined : opened.metadata
}

function formFields(metadata: CoreMetadata): Release["metadata"] {
  const fields: Record<string, string[]> = {}
  for (const [name, value] of uploadFields(metadata)) (fields[name] ??= []).push(value)
  return fields
}

function storeFile(
  { store, clock }: IndexContext,
  { filename, content, provenance, uploadTime }: NewFile,
  metadata: Uint8Array | undefined,
): StoredFile {
  const isWheel = filename.endsWith(".whl")
  return {
    filename,
    type: isWheel ? "bdist_wheel" : "sdist",
    pythonVersion: isWheel ? (filename.split("-").at(-3) ?? "") : "source",
    size: content.byteLength,
    digests: contentDigests(content),
    content: store.put(content),
    uploadTime: uploadTime ?? clock(),
    ...(metadata === undefined ? {} : { metadata: store.put(metadata) }),
    ...(provenance === undefined ? {} : { provenance }),
  }
}
