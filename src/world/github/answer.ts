const DOCUMENTATION = "https://docs.github.com/rest"

/** One of the faults that a 422 lists. */
export interface ValidationError {
  readonly resource: string
  readonly code: string
  readonly field?: string
  readonly message?: string
}

/** A JSON answer as GitHub words its type. */
export function json(
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  })
}

/** An error: a message, and for those who ask the documentation. */
export function failure(status: number, message: string): Response {
  return json({ message, documentation_url: DOCUMENTATION, status: String(status) }, status)
}

/** What is not there, or is not to be known to be there. */
export function notFound(): Response {
  return failure(404, "Not Found")
}

/** A request whose content GitHub does not take. */
export function invalid(...errors: readonly ValidationError[]): Response {
  return json(
    { message: "Validation Failed", errors, documentation_url: DOCUMENTATION, status: "422" },
    422,
  )
}

/** A request whose JSON does not have the shape that its endpoint asks for. */
export function invalidRequest(reason: string): Response {
  return failure(422, `Invalid request.\n\n${reason}`)
}
