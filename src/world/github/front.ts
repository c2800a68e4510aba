import { randomBytes } from "node:crypto"

import type { Handler } from "../http/handler.ts"
import { presentedToken } from "./access.ts"
import { failure, json } from "./answer.ts"
import type { GitHubContext } from "./context.ts"
import type { GitHubToken } from "./state.ts"

const HOUR = 3_600_000
const API_VERSIONS = ["2022-11-28", "2026-03-10"]

/** The API version that a request asks for. */
export function apiVersion(request: Request): string {
  return request.headers.get("x-github-api-version") ?? "2022-11-28"
}

/** What comes before every route: a named client, a known API version, a valid token, and a budget that every answer tells of. */
export function withFront(context: GitHubContext, handler: Handler): Handler {
  const budget = createBudget(context)
  return async (request) => {
    const token = presentedToken(request, context)
    const isFree = new URL(request.url).pathname === "/rate_limit"
    const account = budget.account(token === "bad" ? undefined : token, isFree ? 0 : 1)
    const refusal = checkRequest(request, token) ?? budget.refusal(account)
    const response = refusal ?? (isFree ? json(budget.describe(account)) : await handler(request))
    for (const [name, value] of Object.entries(budget.headers(account))) {
      response.headers.set(name, value)
    }
    response.headers.set("x-github-request-id", randomBytes(8).toString("hex").toUpperCase())
    response.headers.set("x-github-api-version-selected", apiVersion(request))
    response.headers.set("x-github-media-type", "github.v3; format=json")
    return response
  }
}

function checkRequest(
  request: Request,
  token: GitHubToken | "bad" | undefined,
): Response | undefined {
  if ((request.headers.get("user-agent") ?? "") === "") {
    const text =
      "Request forbidden by administrative rules. Please make sure your request has a User-Agent header"
    return new Response(`${text}\n`, { status: 403, headers: { "content-type": "text/plain" } })
  }
  if (!API_VERSIONS.includes(apiVersion(request))) {
    const known = API_VERSIONS.map((version) => JSON.stringify(version)).join(", ")
    return failure(400, `${JSON.stringify(apiVersion(request))} is not a valid version: ${known}`)
  }
  return token === "bad" ? failure(401, "Bad credentials") : undefined
}

interface Account {
  readonly limit: number
  used: number
  /** Seconds since 1970. */
  reset: number
}

interface Budget {
  readonly account: (token: GitHubToken | undefined, cost: number) => Account
  readonly refusal: (account: Account) => Response | undefined
  readonly headers: (account: Account) => Readonly<Record<string, string>>
  readonly describe: (account: Account) => object
}

/** Counts requests by token, or all without a token together: they come from one machine. */
function createBudget({ options, clock }: GitHubContext): Budget {
  const accounts = new Map<string, Account>()
  const numbers = ({ limit, used, reset }: Account): Record<string, number> => ({
    limit,
    remaining: Math.max(limit - used, 0),
    reset,
    used: Math.min(used, limit),
  })
  return {
    account(token, cost) {
      const key = token?.token ?? ""
      const limit = options.rateLimits[token?.kind ?? "anonymous"]
      const known = accounts.get(key)
      const isFresh = known !== undefined && clock() < known.reset * 1000
      const account = isFresh
        ? known
        : { limit, used: 0, reset: Math.ceil((clock() + HOUR) / 1000) }
      account.used += cost
      accounts.set(key, account)
      return account
    },
    refusal: ({ used, limit }) =>
      used > limit ? failure(403, "API rate limit exceeded for this client.") : undefined,
    headers: (account) => ({
      ...Object.fromEntries(
        Object.entries(numbers(account)).map(([name, value]) => [
          `x-ratelimit-${name}`,
          String(value),
        ]),
      ),
      "x-ratelimit-resource": "core",
    }),
    describe: (account) => ({ resources: { core: numbers(account) }, rate: numbers(account) }),
  }
}
