import { parseFault, type FaultRegistry } from "./faults.ts"
import { createRoutes, readJsonBody, withErrors, type Handler } from "./handler.ts"

const PATH = "/-/faults"

/** Whether a request is for the service's faults instead of the service. */
export function isControl(request: Request): boolean {
  return new URL(request.url).pathname === PATH
}

/**
 * The faults of a service from another process: `POST` one as JSON, `GET` those that are not over, `DELETE` all. Only for programs on this
 * machine: a page in a browser can send neither this content type nor this host name without being asked.
 */
export function createControl(faults: FaultRegistry): Handler {
  const routes = createRoutes({
    [`GET ${PATH}`]: () => Response.json(faults.list()),
    [`POST ${PATH}`]: async (request) => {
      if (request.headers.get("content-type")?.startsWith("application/json") !== true) {
        return refusal(415, "send a fault as application/json")
      }
      faults.add(parseFault(await readJsonBody(request)))
      return Response.json(faults.list(), { status: 201 })
    },
    [`DELETE ${PATH}`]: () => {
      faults.clear()
      return new Response(null, { status: 204 })
    },
  })
  const handler = withErrors(routes, ({ message }) => refusal(400, message))
  return (request) =>
    isLoopbackHost(request.headers.get("host"))
      ? handler(request)
      : refusal(403, "faults are set from this machine only")
}

function isLoopbackHost(host: string | null): boolean {
  return host === null || /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host)
}

function refusal(status: number, message: string): Response {
  return Response.json({ code: status, message }, { status })
}
