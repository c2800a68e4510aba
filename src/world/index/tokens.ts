import { randomBytes } from "node:crypto"

import { normalizeName } from "../../packaging/name.ts"
import { pythonText } from "./python-text.ts"
import { attestationIdentity, type RegisteredPublisher } from "./publishers.ts"
import { Refusal } from "./refusal.ts"
import type { ApiToken, IndexState, Project } from "./state.ts"

/** Seconds that a token of trusted publishing lives. */
export const MINTED_LIFETIME = 900

/** A fresh token; `pypi-` is what scanners for leaked secrets look for. */
export function createToken(): string {
  return `pypi-${randomBytes(48).toString("base64url")}`
}

/** Who uploads. */
export interface Uploader {
  readonly token: ApiToken
  /** The trusted publisher; absent for a user. */
  readonly publisher?: RegisteredPublisher
}

/** The bearer of the request's token, or PyPI's refusal. `helpUrl` makes an address of the index's help page. */
export function identify(
  request: Request,
  state: IndexState,
  helpUrl: (anchor: string) => string,
): Uploader | Refusal {
  const presented = presentedToken(request)
  if (presented === "password") {
    return new Refusal(
      403,
      `Username/Password authentication is no longer supported. Migrate to API Tokens or Trusted Publishers instead. See ${helpUrl("apitoken")} and ${helpUrl("trusted-publishers")}`,
    )
  }
  const token = state.tokens.find((candidate) => candidate.token === presented?.token)
  const unknown = new Refusal(
    403,
    `Invalid or non-existent authentication information. See ${helpUrl("invalid-auth")} for more information.`,
  )
  if (token === undefined) return unknown
  const { bearer } = token
  if (bearer.kind === "user") return { token }
  const publisher = state.publishers.find(({ id }) => id === bearer.id)
  return publisher === undefined ? unknown : { token, publisher }
}

/** The three forms of authentication that PyPI reads: Basic with the user `__token__`, `Bearer` and `token`. */
function presentedToken(request: Request): { readonly token: string } | "password" | undefined {
  const [scheme = "", value = ""] = (request.headers.get("authorization") ?? "").trim().split(/ +/)
  switch (scheme.toLowerCase()) {
    case "bearer":
    case "token":
      return { token: value }
    case "basic": {
      const [user = "", ...password] = Buffer.from(value, "base64").toString("utf8").split(":")
      return user === "__token__" ? { token: password.join(":") } : "password"
    }
    default:
      return undefined
  }
}

/** Why this uploader may not upload to this project, as PyPI says it; nothing where it may. */
export function checkPermission(
  { token, publisher }: Uploader,
  project: Project,
  now: number,
  helpUrl: (anchor: string) => string,
): Refusal | undefined {
  if (token.expires !== undefined && now >= token.expires) {
    return new Refusal(403, "Invalid API Token: token is expired")
  }
  const key = normalizeName(project.name)
  if (token.projects !== undefined && !token.projects.includes(key)) {
    return new Refusal(
      403,
      `Invalid API Token: project-scoped token is not valid for project: ${pythonText(project.name)}`,
    )
  }
  if (mayUpload(token, publisher, project)) return undefined
  const who = token.bearer.kind === "user" ? `The user '${token.bearer.name}'` : "The given token"
  return new Refusal(
    403,
    `${who} isn't allowed to upload to project '${project.name}'. See ${helpUrl("project-name")} for more information.`,
  )
}

// Archived projects take nothing from anybody; a quarantined one takes nothing from its publishers.
function mayUpload(
  { bearer }: ApiToken,
  publisher: RegisteredPublisher | undefined,
  { name, status, owners }: Project,
): boolean {
  if (status === "archived") return false
  if (bearer.kind === "user") return owners.includes(bearer.name)
  const key = normalizeName(name)
  return (
    status === "active" &&
    publisher !== undefined &&
    publisher.projects.some((project) => normalizeName(project) === key)
  )
}

/** What an uploader's attestations have to be signed by; a {@link Refusal} where it cannot have any (Warehouse, `attestations/services.py`). */
export function requiredIdentity({
  publisher,
}: Uploader): Readonly<Record<string, string | null>> | Refusal {
  if (publisher === undefined) {
    return new Refusal(400, "Attestations are only supported when using Trusted Publishing")
  }
  return (
    attestationIdentity(publisher.publisher) ??
    new Refusal(
      400,
      `Attestations are not currently supported with ${publisher.publisher.kind} publishers`,
    )
  )
}
