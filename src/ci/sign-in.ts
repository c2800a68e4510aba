import type { AuthorizationServer, Client } from "oauth4webapi"

import { isConfidential, isLoopback } from "../core/address.ts"
import { WheelproofError } from "../core/errors.ts"
import type { HttpClient, HttpLimits } from "../io/http.ts"
import type { RedirectListener } from "../io/redirect-listener.ts"

/** The world that a person signs in from. */
export interface SignInEffects {
  readonly http: HttpClient
  readonly limits: Omit<HttpLimits, "maxBytes">
  readonly listen: (signal: AbortSignal) => Promise<RedirectListener>
  /** Shows a person the address at which to sign in. */
  readonly show: (address: URL) => void
}

/** Sigstore's providers know every client by this name, without a secret. */
const CLIENT: Client = { client_id: "sigstore", token_endpoint_auth_method: "none" }
/** A person gets this long to sign in. */
const PATIENCE_MS = 5 * 60_000
const MAX_ANSWER_BYTES = 262_144

/**
 * Lets a person sign in with the browser and returns their identity token (OpenID Connect Core §3.1, RFC 8252, RFC 7636): authorization code
 * with a proof key, back to a port of this machine. Throws `ERR_IDENTITY` where the provider refuses or nobody comes back, and `ERR_NETWORK`.
 */
export async function signIn(provider: URL, effects: SignInEffects): Promise<string> {
  const oauth = await import("oauth4webapi")
  const options = {
    [oauth.customFetch]: fetchThrough(effects),
    // The HTTP client itself takes plain HTTP for this machine alone.
    [oauth.allowInsecureRequests]: isLoopback(provider),
  }
  try {
    const discovery = await oauth.discoveryRequest(provider, options)
    const server = await oauth.processDiscoveryResponse(provider, discovery)
    const secrets = {
      verifier: oauth.generateRandomCodeVerifier(),
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
    }
    const challenge = await oauth.calculatePKCECodeChallenge(secrets.verifier)
    const { callback, redirectUri } = await comeBack(
      (redirect) => authorizationAddress(server, { ...secrets, challenge, redirect }),
      effects,
    )
    const parameters = oauth.validateAuthResponse(server, CLIENT, callback, secrets.state)
    const answer = await oauth.authorizationCodeGrantRequest(
      server,
      CLIENT,
      oauth.None(),
      parameters,
      redirectUri,
      secrets.verifier,
      options,
    )
    const { id_token: token } = await oauth.processAuthorizationCodeResponse(
      server,
      CLIENT,
      answer,
      { expectedNonce: secrets.nonce, requireIdToken: true },
    )
    return token ?? refuse(provider, "it gave no identity token")
  } catch (error) {
    if (error instanceof WheelproofError) throw error
    // No cause: the library's errors carry answers, and answers carry tokens.
    if (
      error instanceof oauth.AuthorizationResponseError ||
      error instanceof oauth.ResponseBodyError
    ) {
      return refuse(provider, error.error)
    }
    if (error instanceof oauth.OperationProcessingError) return refuse(provider, error.message)
    throw error
  }
}

/** Shows the person where to sign in and waits until their browser comes back. */
async function comeBack(
  addressFor: (redirect: URL) => URL,
  { listen, show, limits }: SignInEffects,
): Promise<{ readonly callback: URL; readonly redirectUri: string }> {
  const timeout = AbortSignal.timeout(PATIENCE_MS)
  const listener = await listen(AbortSignal.any([limits.signal, timeout]))
  try {
    show(addressFor(listener.address))
    return { callback: await listener.received, redirectUri: listener.address.href }
  } catch (error) {
    if (!timeout.aborted) throw error
    throw new WheelproofError("ERR_IDENTITY", "nobody signed in within five minutes")
  } finally {
    await listener.close()
  }
}

function authorizationAddress(
  { authorization_endpoint: endpoint = "" }: AuthorizationServer,
  {
    challenge,
    state,
    nonce,
    redirect,
  }: Readonly<Record<"challenge" | "state" | "nonce", string>> & {
    readonly redirect: URL
  },
): URL {
  const address = URL.parse(endpoint)
  // It goes to the system's opener, which would run other schemes.
  if (address === null || !isConfidential(address)) {
    throw new WheelproofError(
      "ERR_IDENTITY",
      "the identity provider names no https address to sign in at",
    )
  }
  const query = {
    client_id: CLIENT.client_id,
    response_type: "code",
    scope: "openid email",
    redirect_uri: redirect.href,
    code_challenge: challenge,
    code_challenge_method: "S256",
    state,
    nonce,
  }
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value)
  return address
}

interface FetchInit {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: unknown
}

/** The one HTTP client behind the library's requests, so that limits and --offline hold here too. */
function fetchThrough({ http, limits }: SignInEffects) {
  return async (url: string, { method, headers, body }: FetchInit): Promise<Response> => {
    const answer = await http.send(new URL(url), {
      ...limits,
      maxBytes: MAX_ANSWER_BYTES,
      method: method === "POST" ? "POST" : "GET",
      headers,
      ...(body instanceof URLSearchParams ? { body: body.toString() } : {}),
    })
    const isEmpty = answer.status === 204 || answer.status === 304
    return new Response(isEmpty ? null : Buffer.from(answer.body), {
      status: answer.status,
      headers: [...answer.headers],
    })
  }
}

function refuse(provider: URL, problem: string): never {
  throw new WheelproofError("ERR_IDENTITY", `signing in at ${provider.host} failed: ${problem}`)
}
