import { WheelproofError } from "../core/errors.ts"
import { parseJson } from "../core/json.ts"
import { Shape } from "../core/shape.ts"
import type { HttpClient, HttpLimits } from "../io/http.ts"
import type { Environment } from "./environment.ts"

const MAX_ANSWER_BYTES = 262_144

/**
 * Asks the runner of GitHub Actions for an identity token (GitHub, "OpenID Connect", "Requesting the JWT using environment variables"). Throws
 * `ERR_IDENTITY` where the job may not have one, and `ERR_NETWORK` where the runner does not give it.
 */
export async function requestGithubToken(
  environment: Environment,
  audience: string,
  http: HttpClient,
  limits: Omit<HttpLimits, "maxBytes">,
): Promise<string> {
  const address = URL.parse(environment["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "")
  const secret = environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] ?? ""
  if (address === null || secret === "") throw withoutPermission()
  // The address has a query of its own.
  address.searchParams.set("audience", audience)
  const answer = await http.send(address, {
    ...limits,
    headers: { authorization: `Bearer ${secret}`, accept: "application/json" },
    maxBytes: MAX_ANSWER_BYTES,
  })
  if (answer.status !== 200) throw failed(`it answered with status ${answer.status}`)
  try {
    return new Shape(parseJson(answer.body, "the answer"), "the answer").string("value")
  } catch (error) {
    if (error instanceof WheelproofError) throw failed(error.message)
    throw error
  }
}

function withoutPermission(): WheelproofError {
  return new WheelproofError("ERR_IDENTITY", "this job may not ask for an identity token", {
    hint: "give the job `permissions: id-token: write`; where it is in a reusable workflow, the job that calls it needs the permission too",
  })
}

function failed(problem: string): WheelproofError {
  return new WheelproofError(
    "ERR_NETWORK",
    `the runner was asked for an identity token and gave none: ${problem}`,
  )
}
