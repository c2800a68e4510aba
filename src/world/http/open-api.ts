import { WheelproofError } from "../../core/errors.ts"
import { createRoutes, withErrors, type Handler, type RouteHandler } from "./handler.ts"

/** An error as services made by go-swagger write it; `code` differs from the status where a parameter did not fit its schema. */
export function openApiError(status: number, message: string, code: number = status): Response {
  return Response.json({ code, message }, { status })
}

/** Routes of a service made by go-swagger: what is malformed is a bad request. */
export function createOpenApiRoutes(routes: Readonly<Record<string, RouteHandler>>): Handler {
  const handler = createRoutes(
    { "GET /ping": () => new Response("."), ...routes },
    ({ method, url }, allowed) =>
      allowed.length === 0
        ? openApiError(404, `path ${new URL(url).pathname} was not found`)
        : openApiError(405, `method ${method} is not allowed, but [${allowed.join(",")}] are`),
  )
  return withErrors(handler, ({ message }: WheelproofError) => openApiError(400, message))
}

/** The media type of a request's body without its parameters, or the refusal of one that is not among these. */
export function mediaType(request: Request, allowed: readonly string[]): string | Response {
  const header = request.headers.get("content-type") ?? "application/octet-stream"
  const type = (header.split(";")[0] ?? "").trim().toLowerCase()
  if (allowed.includes(type)) return type
  return openApiError(
    415,
    `unsupported media type ${JSON.stringify(header)}, only [${allowed.join(" ")}] are allowed`,
  )
}
