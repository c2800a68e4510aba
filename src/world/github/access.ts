import type { RouteHandler } from "../http/handler.ts"
import { failure, notFound } from "./answer.ts"
import type { GitHubContext } from "./context.ts"
import {
  findRepository,
  fullName,
  type GitHubToken,
  type Permissions,
  type Repository,
} from "./state.ts"

/** A request about a repository that the caller may see. */
export interface RepositoryCall {
  readonly request: Request
  readonly params: Readonly<Record<string, string>>
  readonly repository: Repository
  /** Absent for a caller without a token. */
  readonly token: GitHubToken | undefined
  /** Where the API's addresses begin. */
  readonly origin: string
}

/** The token that a request presents; undefined where it presents none, `"bad"` for one that is not valid. */
export function presentedToken(
  request: Request,
  { state, clock }: GitHubContext,
): GitHubToken | "bad" | undefined {
  const header = request.headers.get("authorization")
  if (header === null) return undefined
  const presented = /^(?:bearer|token) +(\S+)$/i.exec(header.trim())?.[1]
  const found = state.tokens.find(({ token }) => token === presented)
  const isExpired = found?.expires !== undefined && clock() >= found.expires
  return found === undefined || isExpired ? "bad" : found
}

/** A route about `:owner/:name`. What a caller may not see is not found; what he may not do is refused. */
export function aboutRepository(
  context: GitHubContext,
  needs: Permissions,
  answer: (call: RepositoryCall) => Response | Promise<Response>,
): RouteHandler {
  return async (request, params) => {
    const token = presentedToken(request, context)
    if (token === "bad") return failure(401, "Bad credentials")
    const name = `${params["owner"] ?? ""}/${params["name"] ?? ""}`
    const repository = findRepository(context.state, name)
    if (repository === undefined || !maySee(repository, token)) return notFound()
    const refusal = checkPermissions(token, repository, needs)
    if (refusal !== undefined) return refusal
    const { origin } = new URL(request.url)
    return await answer({ request, params, repository, token, origin })
  }
}

/** Whether a caller may know that a repository exists. */
export function maySee(repository: Repository, token: GitHubToken | undefined): boolean {
  return repository.visibility === "public" || (token !== undefined && isFor(token, repository))
}

/** Whether a token is for a repository. */
export function isFor({ repositories }: GitHubToken, repository: Repository): boolean {
  const name = fullName(repository).toLowerCase()
  return repositories === undefined || repositories.some((own) => own.toLowerCase() === name)
}

/** Whether a caller may write, and so see drafts. */
export function mayWrite({ repository, token }: RepositoryCall): boolean {
  return token !== undefined && isFor(token, repository) && token.permissions.contents === "write"
}

function checkPermissions(
  token: GitHubToken | undefined,
  repository: Repository,
  needs: Permissions,
): Response | undefined {
  const isPublic = repository.visibility === "public"
  const wanted = Object.entries(needs).filter(([, level]) => level === "write" || !isPublic)
  if (wanted.length === 0) return undefined
  if (token === undefined) return failure(401, "Requires authentication")
  const granted = new Map(Object.entries(token.permissions))
  const isGranted = wanted.every(([name, level]) => {
    const given = granted.get(name)
    return given === "write" || given === level
  })
  if (isGranted && isFor(token, repository)) return undefined
  const who = token.kind === "installation" ? "integration" : "personal access token"
  return failure(403, `Resource not accessible by ${who}`)
}
