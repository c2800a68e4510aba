import type { JSONWebKeySet } from "jose"

import { below } from "../core/address.ts"
import { malformed, WheelproofError } from "../core/errors.ts"
import { parseJson } from "../core/json.ts"
import { Shape } from "../core/shape.ts"
import type { HttpClient, HttpLimits } from "../io/http.ts"
import { acceptIssuer, type AcceptedIssuer, type ConfiguredIssuer } from "./issuers.ts"

/** What a token is held to. */
export interface TokenRules {
  readonly audience: string
  /** Issuers that are accepted besides the known ones. */
  readonly issuers: readonly ConfiguredIssuer[]
  /** Milliseconds since 1970. */
  readonly now: number
}

/** A token whose signature, issuer, audience and times hold. */
export interface VerifiedToken {
  readonly issuer: AcceptedIssuer
  readonly claims: Shape
}

/** Real tokens have about two kilobytes. */
const MAX_TOKEN_CHARS = 32_768
const MAX_KEYS_BYTES = 1_048_576
const MAX_KEYS = 64
/** What an issuer may sign with. No secrets shared between two: everybody who could check could also sign. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
/** Seconds by which the machine's clock may be off. */
const CLOCK_TOLERANCE = 30

/**
 * Verifies an identity token (OpenID Connect Core §3.1.3.7, Discovery §4; RFC 8725): an issuer that is accepted, its signature by the keys that
 * it publishes, this audience and no other, within its time. Throws `ERR_IDENTITY` for a token that does not hold and `ERR_NETWORK`
 * where the issuer's keys cannot be had. The token itself is in no message.
 */
export async function verifyToken(
  token: string,
  { audience, issuers, now }: TokenRules,
  http: HttpClient,
  limits: Omit<HttpLimits, "maxBytes">,
): Promise<VerifiedToken> {
  if (token.length > MAX_TOKEN_CHARS) throw refused(`is over ${MAX_TOKEN_CHARS} characters long`)
  const issuer = acceptIssuer(statedIssuer(token), issuers)
  const keys = await fetchKeys(issuer, http, limits)
  const payload = await checkSignature(token, keys, { issuer: issuer.issuer, audience, now })
  return { issuer, claims: new Shape(payload, "identity token") }
}

/** The issuer that a token says it is of: only to know whose keys to ask for. */
function statedIssuer(token: string): string {
  const parts = token.split(".")
  if (parts.length !== 3 || !/^[\w.-]+$/.test(token)) throw refused("is not a signed JWT")
  try {
    const payload = parseJson(Buffer.from(parts[1] ?? "", "base64url"), "identity token")
    return new Shape(payload, "identity token").string("iss")
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    throw refused("is not a JWT with an issuer")
  }
}

async function fetchKeys(
  { issuer, keysAt }: AcceptedIssuer,
  http: HttpClient,
  limits: Omit<HttpLimits, "maxBytes">,
): Promise<JSONWebKeySet> {
  const fetchJson: Fetch = (url, read) => fetchRead(url, read, http, limits)
  const address = below(keysAt, ".well-known/openid-configuration")
  const { answered, keys } = await fetchJson(address, (value) => {
    const discovery = new Shape(value, "the answer")
    return { answered: discovery.string("issuer"), keys: discovery.string("jwks_uri") }
  })
  // Discovery §4.3: who answers has to be who was asked, or the one that the user put in its place.
  if (answered !== issuer && answered !== keysAt.href.replace(/\/$/, "")) {
    throw new WheelproofError(
      "ERR_IDENTITY",
      `${keysAt.host} answers for the issuer ${answered}, not for ${issuer}`,
    )
  }
  const url = URL.parse(keys)
  if (url === null) throw unusable(keysAt, "it names no address of its keys")
  return fetchJson(url, readKeySet)
}

type Fetch = <Value>(url: URL, read: (value: unknown) => Value) => Promise<Value>

async function fetchRead<Value>(
  url: URL,
  read: (value: unknown) => Value,
  http: HttpClient,
  limits: Omit<HttpLimits, "maxBytes">,
): Promise<Value> {
  const answer = await http.send(url, {
    ...limits,
    headers: { accept: "application/json" },
    maxBytes: MAX_KEYS_BYTES,
  })
  if (answer.status !== 200) throw unusable(url, `it answered with status ${answer.status}`)
  try {
    return read(parseJson(answer.body, "the answer"))
  } catch (error) {
    if (error instanceof WheelproofError) throw unusable(url, error.message)
    throw error
  }
}

function readKeySet(value: unknown): JSONWebKeySet {
  if (isKeySet(value)) return value
  throw malformed("a key has no type")
}

// The library checks each key that it uses; what it is given has to be a list of them.
function isKeySet(value: unknown): value is JSONWebKeySet {
  const keys = new Shape(value, "the answer").list("keys", MAX_KEYS)
  return keys.every(
    ({ value: key, path }) => new Shape(key, path).optionalString("kty") !== undefined,
  )
}

async function checkSignature(
  token: string,
  keys: JSONWebKeySet,
  {
    issuer,
    audience,
    now,
  }: { readonly issuer: string; readonly audience: string; readonly now: number },
): Promise<unknown> {
  const { createLocalJWKSet, jwtVerify, errors } = await import("jose")
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE,
      currentDate: new Date(now),
      requiredClaims: ["aud", "exp"],
    })
    // A list of audiences is as good as a token for each of them, and this one is for nobody else.
    if (payload.aud !== audience) {
      throw refused(`is for the audience ${JSON.stringify(payload.aud)}, not for "${audience}"`)
    }
    return payload
  } catch (error) {
    // No cause: the library's errors carry the claims, and a claim may be an address of a person.
    if (error instanceof errors.JWTExpired) throw refused(describeExpiry(error.payload.exp, now))
    if (error instanceof errors.JWTClaimValidationFailed) {
      throw refused(`does not hold: its claim "${error.claim}" is missing or wrong`)
    }
    if (error instanceof errors.JWKSNoMatchingKey) {
      throw refused(`is not signed with a key that ${issuer} publishes`)
    }
    if (error instanceof errors.JWSSignatureVerificationFailed) {
      throw refused(`does not have a valid signature by ${issuer}`)
    }
    if (error instanceof errors.JOSEError) throw refused(`cannot be verified: ${error.message}`)
    throw error
  }
}

function describeExpiry(expiry: number | undefined, now: number): string {
  const at = expiry === undefined ? "" : ` at ${new Date(expiry * 1000).toISOString()}`
  return `expired${at}, and it is ${new Date(now).toISOString()} now; ask for a new one`
}

function refused(problem: string): WheelproofError {
  return new WheelproofError("ERR_IDENTITY", `the identity token ${problem}`)
}

function unusable(url: URL, problem: string): WheelproofError {
  return new WheelproofError(
    "ERR_NETWORK",
    `the keys of the identity token's issuer cannot be had from ${url.host}: ${problem}`,
  )
}
