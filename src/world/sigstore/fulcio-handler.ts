import type { KeyObject } from "node:crypto"

import { malformed } from "../../core/errors.ts"
import { parseJson } from "../../core/json.ts"
import { toPem } from "../crypto/pem.ts"
import { createGatewayRoutes, protoBytes, protoNames } from "../http/grpc-gateway.ts"
import { readBody, type Handler } from "../http/handler.ts"
import type { CertificateAuthority } from "./certificate-authority.ts"
import { member } from "./envelope.ts"
import { issuerConfiguration, verifyToken, type FulcioIssuer } from "./fulcio-issuers.ts"
import { KEY_ERRORS, keyOfSigningRequest, keyWithProof } from "./fulcio-key.ts"
import { principalOf, type Principal } from "./fulcio-principal.ts"

const MAX_REQUEST_BYTES = 4 * 2 ** 20
const INVALID_TOKEN = "There was an error processing the identity token"

/** What a Fulcio service needs. */
export interface FulcioOptions {
  readonly certificateAuthority: CertificateAuthority
  /** May grow while the service runs. */
  readonly issuers: readonly FulcioIssuer[]
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

/** Fulcio's HTTP API, version 2 (Fulcio, `fulcio.proto`). */
export function createFulcioHandler(options: FulcioOptions): Handler {
  const { root, intermediate } = options.certificateAuthority
  return createGatewayRoutes({
    "POST /api/v2/signingCert": async (request) => await createCertificate(options, request),
    "GET /api/v2/trustBundle": () =>
      Response.json({
        chains: [{ certificates: [intermediate, root].map((der) => toPem("CERTIFICATE", der)) }],
      }),
    "GET /api/v2/configuration": () =>
      Response.json({ issuers: issuerConfiguration(options.issuers) }),
    "GET /healthz": () => Response.json({ status: "SERVING" }),
  })
}

async function createCertificate(options: FulcioOptions, request: Request): Promise<Response> {
  const body = await bodyOf(request)
  const principal = await authenticate(options, tokenOf(body, request))
  const { certificateAuthority: authority } = options
  const leaf = authority.issue({
    publicKey: publicKeyOf(body, principal),
    identity: { san: principal.name },
    identityExtensions: principal.extensions,
    notBefore: Math.floor(options.clock() / 1000) * 1000,
  })
  const certificates = [leaf, authority.intermediate, authority.root].map((der) =>
    toPem("CERTIFICATE", der).trimEnd(),
  )
  return Response.json({ signedCertificateEmbeddedSct: { chain: { certificates } } })
}

// The gateway takes an empty body for an empty message.
async function bodyOf(request: Request): Promise<unknown> {
  const bytes = await readBody(request)
  return bytes.length === 0
    ? {}
    : protoNames(parseJson(bytes, "the request body", MAX_REQUEST_BYTES))
}

/** The token of the body, or else of the header, of which Fulcio takes off `Bearer ` and nothing else. */
function tokenOf(body: unknown, request: Request): string {
  const token = member(body, "credentials", "oidcIdentityToken")
  if (typeof token === "string" && token !== "") return token
  return (request.headers.get("authorization") ?? "").replace("Bearer ", "")
}

// Whatever is wrong with a token, the client hears the same.
async function authenticate({ issuers, clock }: FulcioOptions, token: string): Promise<Principal> {
  let verified
  try {
    verified = await verifyToken(token, issuers, clock())
    if (verified.provider.kind === "email") return principalOf(verified)
  } catch (cause) {
    throw malformed(INVALID_TOKEN, cause)
  }
  // A CI system's missing claim comes out only when the certificate is made, and is named.
  return principalOf(verified)
}

function publicKeyOf(body: unknown, { challenge }: Principal): KeyObject {
  const csr = member(body, "certificateSigningRequest") ?? undefined
  const asked = member(body, "publicKeyRequest") ?? undefined
  if (csr !== undefined && asked !== undefined) throw malformed("oneof key is already set")
  if (typeof csr === "string" && csr !== "") {
    const bytes = protoBytes(csr)
    if (bytes === undefined) throw malformed(KEY_ERRORS.csr)
    return keyOfSigningRequest(Buffer.from(bytes).toString("utf8"))
  }
  const content = member(asked, "publicKey", "content")
  const proof = member(asked, "proofOfPossession")
  if (typeof content !== "string") throw malformed(KEY_ERRORS.publicKey)
  const bytes = typeof proof === "string" ? protoBytes(proof) : Buffer.of()
  if (bytes === undefined) throw malformed("invalid value for bytes field proofOfPossession")
  return keyWithProof(content, bytes, challenge)
}
