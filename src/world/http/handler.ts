import { WheelproofError } from "../../core/errors.ts"
import { parseJson } from "../../core/json.ts"

/** A service as a function: what every service of the local world is, so that tests need no socket. */
export type Handler = (request: Request) => Response | Promise<Response>

/** What answers one route; `params` holds the decoded `:names` of its path. */
export type RouteHandler = (
  request: Request,
  params: Readonly<Record<string, string>>,
) => Response | Promise<Response>

/** What answers a request that fits no route; `allowed` has the methods that its path has routes for. */
export type Otherwise = (
  request: Request,
  allowed: readonly string[],
) => Response | Promise<Response>

/**
 * A handler from routes such as `GET /log/:id` or, for the whole rest of a path, `GET /files/*rest`. The first that fits answers; HEAD is
 * answered as GET. What fits none goes to `otherwise`: plain 404 and 405.
 */
export function createRoutes(
  routes: Readonly<Record<string, RouteHandler>>,
  otherwise: Otherwise = refuse,
): Handler {
  const table = Object.entries(routes).map(([route, handle]) => ({ ...parseRoute(route), handle }))
  return (request) => {
    const { pathname } = new URL(request.url)
    const method = request.method === "HEAD" ? "GET" : request.method
    for (const route of table) {
      const found = route.method === method ? route.pattern.exec(pathname) : null
      if (found === null) continue
      const params = decodeParams(found.groups ?? {})
      if (params !== undefined) return route.handle(request, params)
    }
    const allowed = table.filter(({ pattern }) => pattern.test(pathname))
    return otherwise(request, [...new Set(allowed.map((route) => route.method))])
  }
}

function refuse(_request: Request, allowed: readonly string[]): Response {
  if (allowed.length === 0) return new Response("not found\n", { status: 404 })
  const headers = { allow: allowed.join(", ") }
  return new Response("method not allowed\n", { status: 405, headers })
}

/** The request's body as JSON, bounded; throws `ERR_INPUT_MALFORMED` or `ERR_INPUT_TOO_LARGE`. */
export async function readJsonBody(request: Request, maxBytes?: number): Promise<unknown> {
  return parseJson(await readBody(request), "the request body", maxBytes)
}

/** The request's body. The service has bounded it. */
export async function readBody(request: Request): Promise<Uint8Array> {
  return new Uint8Array(await request.arrayBuffer())
}

/** A handler that answers with `render` what the handler refuses with a {@link WheelproofError}. */
export function withErrors(
  handler: Handler,
  render: (error: WheelproofError) => Response,
): Handler {
  return async (request) => {
    try {
      return await handler(request)
    } catch (error) {
      if (error instanceof WheelproofError) return render(error)
      throw error
    }
  }
}

function parseRoute(route: string): { readonly method: string; readonly pattern: RegExp } {
  const [method = "", path = ""] = route.split(" ")
  const source = path
    .replaceAll(/[.+?^$()[\]{}|\\]/g, String.raw`\$&`)
    .replaceAll(/:(\w+)/g, "(?<$1>[^/]+)")
    .replaceAll(/\*(\w+)/g, "(?<$1>.+)")
  return { method, pattern: new RegExp(`^${source}$`) }
}

function decodeParams(
  groups: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> | undefined {
  try {
    return Object.fromEntries(
      Object.entries(groups).map(([name, text]) => [name, decodeURIComponent(text)]),
    )
  } catch {
    return undefined
  }
}
