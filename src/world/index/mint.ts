import { decodeJwt, errors, jwtVerify } from "jose"

import { WheelproofError } from "../../core/errors.ts"
import { Shape } from "../../core/shape.ts"
import { normalizeName } from "../../packaging/name.ts"
import { readJsonBody, type RouteHandler } from "../http/handler.ts"
import type { IndexContext, TrustedIssuer } from "./context.ts"
import { type Claims, findPublisher, type RegisteredPublisher } from "./publishers.ts"
import { ensureProject, findProject, touch } from "./state.ts"
import { createToken, MINTED_LIFETIME } from "./tokens.ts"

/** Seconds that clocks may differ. */
const LEEWAY = 30

/** `GET /_/oidc/audience`. */
export function createAudienceRoute({ options, flags }: IndexContext): RouteHandler {
  return () =>
    flags.trustedPublishingDisabled
      ? Response.json({ message: "Trusted publishing functionality not enabled" }, { status: 403 })
      : Response.json({ audience: options.audience })
}

/** `POST /_/oidc/mint-token`: an identity token for a token of the index (Warehouse, `oidc/views.py`). */
export function createMintRoute(context: IndexContext): RouteHandler {
  return async (request) => {
    const token = await readToken(request)
    if (token instanceof Problem) return renderProblem(token)
    const issuer = findIssuer(context, token)
    if (issuer instanceof Problem) return renderProblem(issuer)
    const claims = await verifyToken(context, token, issuer)
    if (claims instanceof Problem) return renderProblem(claims)
    const minted = mint(context, issuer, claims)
    if (minted instanceof Problem) return renderProblem(minted)
    return Response.json(minted)
  }
}

/** A refusal in the shape of this endpoint. */
class Problem {
  readonly code: string
  readonly description: string

  constructor(code: string, description: string) {
    this.code = code
    this.description = description
  }
}

function renderProblem({ code, description }: Problem): Response {
  const errorList = [{ code, description }]
  return Response.json({ message: "Token request failed", errors: errorList }, { status: 422 })
}

async function readToken(request: Request): Promise<string | Problem> {
  try {
    return new Shape(await readJsonBody(request), "TokenPayload").string("token")
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    return new Problem("invalid-payload", `1 validation error for TokenPayload\n${error.message}`)
  }
}

function findIssuer({ options, flags }: IndexContext, token: string): TrustedIssuer | Problem {
  const named = unverifiedIssuer(token)
  if (named === undefined) return new Problem("invalid-payload", "malformed JWT")
  const issuer = options.issuers.find((candidate) => candidate.issuer === named)
  if (issuer === undefined) {
    return new Problem("invalid-payload", "unknown trusted publishing issuer")
  }
  if (!flags.trustedPublishingDisabled) return issuer
  return new Problem(
    "not-enabled",
    `${issuer.kind.toLowerCase()} trusted publishing functionality not enabled`,
  )
}

function unverifiedIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}

/** Signature (RS256 alone), issuer, audience (the one and only), and times with {@link LEEWAY}. */
async function verifyToken(
  { options, clock }: IndexContext,
  token: string,
  { issuer, keys }: TrustedIssuer,
): Promise<Claims | Problem> {
  const invalid = new Problem("invalid-token", "malformed or invalid token")
  const now = clock()
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ["RS256"],
      issuer,
      audience: options.audience,
      clockTolerance: LEEWAY,
      currentDate: new Date(now),
      requiredClaims: ["iss", "iat", "exp", "aud"],
    })
    const isEarly = (payload.iat ?? 0) > now / 1000 + LEEWAY
    return isEarly || typeof payload.aud !== "string" ? invalid : payload
  } catch (error) {
    if (error instanceof errors.JOSEError) return invalid
    throw error
  }
}

interface Minted {
  readonly success: true
  readonly token: string
  /** Seconds since 1970. */
  readonly expires: number
}

// Nothing here waits: two requests with one token cannot both pass.
function mint(
  context: IndexContext,
  { kind, issuer }: TrustedIssuer,
  claims: Claims,
): Minted | Problem {
  const { state, clock } = context
  const identifier = typeof claims["jti"] === "string" ? `${issuer} ${claims["jti"]}` : undefined
  const pending = findPublisher(state.publishers.filter(isPending), kind, claims)
  if ("found" in pending && !isUsed(context, identifier)) {
    const problem = createPendingProject(context, pending.found)
    if (problem !== undefined) return problem
  }
  const regular = state.publishers.filter((publisher) => !isPending(publisher))
  const found = findPublisher(regular, kind, claims)
  if ("reason" in found) {
    return new Problem(
      "invalid-publisher",
      `valid token, but no corresponding publisher (${found.reason})`,
    )
  }
  if (isUsed(context, identifier)) {
    return new Problem("invalid-reuse-token", "invalid token: already used")
  }
  const seconds = Math.floor(clock() / 1000)
  if (identifier !== undefined) state.usedTokens[identifier] = Number(claims["exp"]) + 5
  const token = createToken()
  state.tokens.push({
    token,
    bearer: { kind: "publisher", id: found.found.id },
    projects: found.found.projects.map(normalizeName),
    expires: (seconds + MINTED_LIFETIME) * 1000,
  })
  context.save()
  return { success: true, token, expires: seconds + MINTED_LIFETIME }
}

function isPending({ pending }: RegisteredPublisher): boolean {
  return pending !== undefined
}

/** Whether the token was used before; kept a little longer than it could be used. */
function isUsed({ state, clock }: IndexContext, identifier: string | undefined): boolean {
  const until = identifier === undefined ? undefined : state.usedTokens[identifier]
  return until !== undefined && clock() / 1000 <= until + LEEWAY
}

/** A pending publisher creates its project under the name that it was registered with, whatever the metadata will say. */
function createPendingProject(
  { state, save }: IndexContext,
  publisher: RegisteredPublisher,
): Problem | undefined {
  const { pending } = publisher
  if (pending === undefined) return undefined
  delete publisher.pending
  if (findProject(state, pending.project) !== undefined) {
    state.publishers.splice(state.publishers.indexOf(publisher), 1)
    save()
    return new Problem("invalid-pending-publisher", "valid token, but project already exists")
  }
  const project = ensureProject(state, pending.project)
  project.owners.push(pending.user)
  publisher.projects.push(pending.project)
  touch(state, project)
  return undefined
}
