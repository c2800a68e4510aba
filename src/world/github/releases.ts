import type { RouteHandler } from "../http/handler.ts"
import { aboutRepository, mayWrite, type RepositoryCall } from "./access.ts"
import { failure, invalid, json, notFound, type ValidationError } from "./answer.ts"
import type { GitHubContext } from "./context.ts"
import { type Fields, readFields } from "./fields.ts"
import { numberedPage } from "./paging.ts"
import { releaseJson } from "./release-json.ts"
import { isTagName } from "./repositories.ts"
import { type Release, type Repository, takeId } from "./state.ts"

/** Releases: drafts are found by their id alone, and by those who may write (GitHub REST, "Releases"). */
export function releaseRoutes(context: GitHubContext): Readonly<Record<string, RouteHandler>> {
  const base = "/repos/:owner/:name/releases"
  const read = (answer: (call: RepositoryCall) => Response): RouteHandler =>
    aboutRepository(context, { contents: "read" }, answer)
  const write = (answer: (call: RepositoryCall) => Response | Promise<Response>): RouteHandler =>
    aboutRepository(context, { contents: "write" }, answer)
  return {
    [`GET ${base}`]: read(listReleases),
    [`POST ${base}`]: write((call) => createRelease(context, call)),
    [`GET ${base}/latest`]: read(getLatest),
    [`GET ${base}/tags/*tag`]: read(getByTag),
    [`GET ${base}/:id`]: read((call) => answerRelease(call, findRelease(call))),
    [`PATCH ${base}/:id`]: write((call) => updateRelease(context, call)),
    [`DELETE ${base}/:id`]: write((call) => deleteRelease(context, call)),
  }
}

/** The release that a path names by its id, if the caller may know of it. */
export function findRelease(call: RepositoryCall): Release | undefined {
  const release = call.repository.releases.find(({ id }) => String(id) === call.params["id"])
  return release?.draft === true && !mayWrite(call) ? undefined : release
}

function answerRelease(call: RepositoryCall, release: Release | undefined, status = 200): Response {
  if (release === undefined) return notFound()
  return json(releaseJson(release, call.repository, call.origin), status)
}

function listReleases(call: RepositoryCall): Response {
  const visible = call.repository.releases.filter(({ draft }) => !draft || mayWrite(call))
  const newestFirst = visible.toSorted((a, b) => b.created - a.created || b.id - a.id)
  const { page, headers } = numberedPage(call.request, newestFirst)
  const releases = page.map((release) => releaseJson(release, call.repository, call.origin))
  return json(releases, 200, headers)
}

function getByTag(call: RepositoryCall): Response {
  const { repository, params } = call
  return answerRelease(call, publishedRelease(repository, params["tag"] ?? ""))
}

function getLatest(call: RepositoryCall): Response {
  const latest = call.repository.releases
    .filter(({ draft, prerelease }) => !draft && !prerelease)
    .toSorted((a, b) => (a.published ?? 0) - (b.published ?? 0))
    .at(-1)
  return answerRelease(call, latest)
}

/** The published release of a tag; drafts have none yet. */
export function publishedRelease(repository: Repository, tag: string): Release | undefined {
  return repository.releases.find(({ draft, tagName }) => !draft && tagName === tag)
}

async function createRelease(context: GitHubContext, call: RepositoryCall): Promise<Response> {
  const fields = await readFields(call.request)
  const { repository, token } = call
  const release: Release = {
    id: takeId(context.state),
    tagName: fields.string("tag_name"),
    targetCommitish: fields.optionalString("target_commitish") ?? repository.defaultBranch,
    name: fields.optionalString("name") ?? null,
    body: fields.optionalString("body") ?? null,
    draft: fields.optionalBoolean("draft") ?? false,
    prerelease: fields.optionalBoolean("prerelease") ?? false,
    immutable: false,
    created: context.clock(),
    author: token?.login ?? "",
    assets: [],
  }
  const errors = checkRelease(release, repository)
  if (errors.length > 0) return invalid(...errors)
  repository.releases.push(release)
  if (!release.draft) publish(context, repository, release)
  context.save()
  return answerRelease(call, release, 201)
}

/** What GitHub holds against a release as it would be saved. */
function checkRelease(release: Release, repository: Repository): readonly ValidationError[] {
  const resource = "Release"
  const { tagName, draft } = release
  if (!isTagName(tagName)) {
    const message = "tag_name is not well-formed"
    return [{ resource, code: "custom", field: "tag_name", message }]
  }
  const errors: ValidationError[] = []
  if (repository.burnedTags.includes(tagName)) {
    const message = "tag_name was used by an immutable release"
    errors.push({ resource, code: "custom", field: "tag_name", message })
  }
  if (draft) return errors
  const published = publishedRelease(repository, tagName)
  if (published !== undefined && published !== release) {
    errors.push({ resource, code: "already_exists", field: "tag_name" })
  }
  if (commitOf(release, repository) === undefined) {
    errors.push(
      { resource, code: "invalid", field: "target_commitish" },
      { resource, code: "custom", message: "Published releases must have a valid tag" },
    )
  }
  return errors
}

/** The commit that a release's tag is at, or would be made at. */
function commitOf(
  { tagName, targetCommitish }: Release,
  { tags, defaultBranch, head }: Repository,
): string | undefined {
  const tag = tags.find(({ name }) => name === tagName)
  if (tag !== undefined) return tag.commit
  if (/^[0-9a-f]{40}$/.test(targetCommitish)) return targetCommitish
  return targetCommitish === defaultBranch ? head : undefined
}

/** Publishing makes the tag where there is none, and, where the repository asks for it, freezes the release and burns its tag. */
export function publish(context: GitHubContext, repository: Repository, release: Release): void {
  const commit = commitOf(release, repository)
  if (commit !== undefined && !repository.tags.some(({ name }) => name === release.tagName)) {
    repository.tags.push({ name: release.tagName, commit })
  }
  release.draft = false
  release.published = context.clock()
  if (!repository.immutableReleases) return
  release.immutable = true
  repository.burnedTags.push(release.tagName)
}

async function updateRelease(context: GitHubContext, call: RepositoryCall): Promise<Response> {
  const { repository, request } = call
  const fields = await readFields(request)
  const release = findRelease(call)
  if (release === undefined) return notFound()
  const changed = withFields(release, fields)
  // Title and notes of an immutable release stay free.
  if (release.immutable && (changed.tagName !== release.tagName || changed.draft)) {
    return failure(422, "Cannot update tag or draft state of an immutable release.")
  }
  const others = repository.releases.filter((other) => other !== release)
  const burned = release.immutable ? [] : repository.burnedTags
  const errors = checkRelease(changed, { ...repository, releases: others, burnedTags: burned })
  if (errors.length > 0) return invalid(...errors)
  const isPublished = release.draft && !changed.draft
  Object.assign(release, changed)
  if (isPublished) publish(context, repository, release)
  context.save()
  return answerRelease(call, release)
}

function withFields(release: Release, fields: Fields): Release {
  return {
    ...release,
    tagName: fields.optionalString("tag_name") ?? release.tagName,
    targetCommitish: fields.optionalString("target_commitish") ?? release.targetCommitish,
    name: fields.optionalString("name") ?? release.name,
    body: fields.optionalString("body") ?? release.body,
    draft: fields.optionalBoolean("draft") ?? release.draft,
    prerelease: fields.optionalBoolean("prerelease") ?? release.prerelease,
  }
}

// The tag stays, and if the release was immutable nobody can use it again.
function deleteRelease(context: GitHubContext, call: RepositoryCall): Response {
  const release = findRelease(call)
  if (release === undefined) return notFound()
  call.repository.releases.splice(call.repository.releases.indexOf(release), 1)
  context.save()
  return new Response(null, { status: 204 })
}
