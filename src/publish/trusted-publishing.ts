import type { Shape } from "../core/shape.ts"
import { WheelproofError } from "../core/errors.ts"
import { type HttpClient, type HttpLimits, postJson } from "../io/http.ts"
import { ANSWER_BYTES, jsonObject, refusal } from "./answer.ts"

/** How requests to a store are made. */
export interface StoreAccess {
  readonly http: HttpClient
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** An upload token of an index; never shown, never written. */
export interface UploadToken {
  readonly token: string
  /** Milliseconds since 1970. */
  readonly expires: number
}

/** The audience that an index wants identity tokens for (PyPI, `/_/oidc/audience`). Throws `ERR_REFUSED` where it takes none. */
export async function askAudience(uploadUrl: URL, access: StoreAccess): Promise<string> {
  const url = new URL("/_/oidc/audience", uploadUrl)
  const answer = await access.http.send(url, {
    ...limitsOf(access),
    headers: { accept: "application/json" },
  })
  if (answer.status === 404) {
    throw new WheelproofError("ERR_REFUSED", `${url.host} knows no trusted publishing`, {
      hint: "check the upload address; attestations need an index with trusted publishing",
    })
  }
  if (answer.status !== 200) throw refusal(answer, url, "the question for its audience", messageOf)
  return jsonObject(answer, "the index's audience").string("audience")
}

/** Trades a CI job's identity token for an upload token (PyPI, `/_/oidc/mint-token`). An identity token can be traded once. */
export async function mintUploadToken(
  uploadUrl: URL,
  identityToken: string,
  access: StoreAccess,
): Promise<UploadToken> {
  const url = new URL("/_/oidc/mint-token", uploadUrl)
  const answer = await postJson(access.http, url, { token: identityToken }, limitsOf(access))
  if (answer.status !== 200) throw refusal(answer, url, "the identity token", problemOf)
  const minted = jsonObject(answer, "the index's upload token")
  return {
    token: minted.string("token"),
    expires: Number(minted.uint64("expires")) * 1000,
  }
}

/** The limits of a request to a store. */
export function limitsOf({ timeoutMs, signal }: StoreAccess): HttpLimits {
  return { maxBytes: ANSWER_BYTES, timeoutMs, signal }
}

/** The message of an answer that has one. */
export function messageOf(answer: Shape): string | undefined {
  return answer.optionalString("message")
}

function problemOf(answer: Shape): string | undefined {
  const [problem] = answer.shapes("errors", 100)
  if (problem === undefined) return messageOf(answer)
  return `${problem.string("description")} (${problem.string("code")})`
}
