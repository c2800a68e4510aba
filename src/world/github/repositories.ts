import type { RouteHandler } from "../http/handler.ts"
import { aboutRepository, type RepositoryCall } from "./access.ts"
import { invalid, invalidRequest, json, notFound } from "./answer.ts"
import type { GitHubContext } from "./context.ts"
import { readFields } from "./fields.ts"
import { fullName, type Account, type Repository, type Tag } from "./state.ts"

/** Repositories, their tags, and what `/meta` says. */
export function repositoryRoutes(context: GitHubContext): Readonly<Record<string, RouteHandler>> {
  return {
    "GET /repos/:owner/:name": aboutRepository(context, {}, describeRepository),
    "GET /repos/:owner/:name/git/ref/tags/*tag": aboutRepository(
      context,
      { contents: "read" },
      getTagRef,
    ),
    "GET /repos/:owner/:name/git/tags/:sha": aboutRepository(
      context,
      { contents: "read" },
      getTagObject,
    ),
    "POST /repos/:owner/:name/git/refs": aboutRepository(context, { contents: "write" }, (call) =>
      createRef(context, call),
    ),
    "GET /meta": () =>
      json({
        verifiable_password_authentication: false,
        domains: { artifact_attestations: { trust_domain: "", services: ["*.githubapp.com"] } },
      }),
  }
}

/** A user or organisation as answers have it. */
export function accountJson({ login, id, type }: Account, origin: string): object {
  return { login, id, type, url: `${origin}/users/${login}`, site_admin: false }
}

/** Where the API has a repository. */
export function repositoryUrl(origin: string, repository: Repository): string {
  return `${origin}/repos/${fullName(repository)}`
}

function describeRepository({ repository, origin }: RepositoryCall): Response {
  const { id, name, owner, visibility, defaultBranch } = repository
  return json({
    id,
    name,
    full_name: fullName(repository),
    private: visibility !== "public",
    owner: accountJson(owner, origin),
    html_url: `${origin}/${fullName(repository)}`,
    url: repositoryUrl(origin, repository),
    fork: false,
    archived: false,
    disabled: false,
    visibility,
    default_branch: defaultBranch,
  })
}

function refJson({ name, commit, annotated }: Tag, base: string): object {
  const object =
    annotated === undefined
      ? { sha: commit, type: "commit", url: `${base}/git/commits/${commit}` }
      : { sha: annotated.sha, type: "tag", url: `${base}/git/tags/${annotated.sha}` }
  return { ref: `refs/tags/${name}`, url: `${base}/git/refs/tags/${name}`, object }
}

function getTagRef({ repository, params, origin }: RepositoryCall): Response {
  const tag = repository.tags.find(({ name }) => name === params["tag"])
  return tag === undefined ? notFound() : json(refJson(tag, repositoryUrl(origin, repository)))
}

function getTagObject({ repository, params, origin }: RepositoryCall): Response {
  const tag = repository.tags.find(({ annotated }) => annotated?.sha === params["sha"])
  if (tag?.annotated === undefined) return notFound()
  const base = repositoryUrl(origin, repository)
  return json({
    sha: tag.annotated.sha,
    url: `${base}/git/tags/${tag.annotated.sha}`,
    tag: tag.name,
    message: tag.annotated.message,
    object: { sha: tag.commit, type: "commit", url: `${base}/git/commits/${tag.commit}` },
    verification: { verified: false, reason: "unsigned", signature: null, payload: null },
  })
}

async function createRef(
  context: GitHubContext,
  { request, repository, origin }: RepositoryCall,
): Promise<Response> {
  const fields = await readFields(request)
  const ref = fields.string("ref")
  const sha = fields.string("sha")
  const name = /^refs\/tags\/(.+)$/.exec(ref)?.[1]
  if (name === undefined || !isTagName(name)) {
    return invalidRequest(`${JSON.stringify(ref)} is not a tag; this service keeps no other refs.`)
  }
  if (!/^[0-9a-f]{40}$/.test(sha)) return invalidRequest(`${JSON.stringify(sha)} is not a commit.`)
  if (repository.tags.some((tag) => tag.name === name)) {
    return invalid({
      resource: "Reference",
      code: "already_exists",
      message: "Reference already exists",
    })
  }
  const tag: Tag = { name, commit: sha }
  repository.tags.push(tag)
  context.save()
  return json(refJson(tag, repositoryUrl(origin, repository)), 201)
}

/** Whether a text can be the name of a tag (git-check-ref-format). */
export function isTagName(name: string): boolean {
  const steps = name.split("/")
  return (
    name.length <= 255 &&
    !/\.\.|@\{|[\s~^:?*[\\\p{Cc}]|\.$/u.test(name) &&
    steps.every((step) => step !== "" && !step.startsWith(".") && !step.endsWith(".lock"))
  )
}
