import { toPem } from "../crypto/pem.ts"
import { readBody, type Handler } from "../http/handler.ts"
import { createOpenApiRoutes, mediaType } from "../http/open-api.ts"
import type { TimestampAuthority } from "./timestamp-authority.ts"
import { readDerRequest, readJsonRequest } from "./timestamp-request.ts"

const DER_QUERY = "application/timestamp-query"

/** Sigstore's timestamp authority (timestamp-authority, `openapi.yaml`). `clock` in milliseconds since 1970. */
export function createTimestampHandler(
  authority: TimestampAuthority,
  clock: () => number,
): Handler {
  const chain = [authority.signer.certificate, authority.root]
  return createOpenApiRoutes({
    "POST /api/v1/timestamp": async (request) => await stamp(authority, clock, request),
    "GET /api/v1/timestamp/certchain": () =>
      new Response(chain.map((der) => toPem("CERTIFICATE", der)).join(""), {
        headers: { "content-type": "application/pem-certificate-chain" },
      }),
  })
}

async function stamp(
  authority: TimestampAuthority,
  clock: () => number,
  request: Request,
): Promise<Response> {
  const type = mediaType(request, ["application/json", DER_QUERY])
  if (type instanceof Response) return type
  const body = await readBody(request)
  const { certificates, ...wanted } =
    type === DER_QUERY ? readDerRequest(body) : readJsonRequest(body)
  const reply = authority.stamp(Buffer.of(), {
    ...wanted,
    includeCertificate: certificates,
    accuracy: { seconds: 1 },
    authorityName: authority.signer.subject,
    // Like Go's encoder the service writes whole seconds.
    time: Math.floor(clock() / 1000) * 1000,
  })
  return new Response(Buffer.from(reply), {
    headers: { "content-type": "application/timestamp-reply" },
  })
}
