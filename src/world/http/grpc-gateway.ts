import { WheelproofError } from "../../core/errors.ts"
import { createRoutes, withErrors, type Handler, type RouteHandler } from "./handler.ts"

/** The gRPC codes that the services here answer with, and the HTTP statuses that the gateway makes of them. */
const CODES = {
  "invalid-argument": { code: 3, status: 400 },
  "not-found": { code: 5, status: 404 },
  "already-exists": { code: 6, status: 409 },
  unimplemented: { code: 12, status: 501 },
} as const

/** An error as grpc-gateway writes it (`runtime.DefaultHTTPErrorHandler`). */
export function gatewayError(
  name: keyof typeof CODES,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const { code, status } = CODES[name]
  return Response.json({ code, message, details: [] }, { status, headers })
}

/** Routes behind a gRPC gateway: what is malformed is an invalid argument. */
export function createGatewayRoutes(routes: Readonly<Record<string, RouteHandler>>): Handler {
  const handler = createRoutes(routes, (_request, allowed) =>
    allowed.length === 0
      ? gatewayError("not-found", "Not Found")
      : gatewayError("unimplemented", "Method Not Allowed"),
  )
  return withErrors(handler, ({ message }: WheelproofError) =>
    gatewayError("invalid-argument", message),
  )
}

/** The bytes of a protobuf JSON `bytes` member: standard or URL-safe base64, padded or not; nothing where it is neither. */
export function protoBytes(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) return undefined
  return Buffer.from(text, "base64")
}

/** A protobuf message as JSON, its members by their JSON names: the gateway takes protobuf's own names (`raw_bytes`) as well. */
export function protoNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(protoNames)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      protoNames(member),
    ]),
  )
}
