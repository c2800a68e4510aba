import { isConfidential } from "../core/address.ts"
import { malformed, WheelproofError } from "../core/errors.ts"
import { parseJson } from "../core/json.ts"
import { Shape } from "../core/shape.ts"
import type { Validity } from "../core/trust.ts"
import { parseTimestamp } from "./rfc3339.ts"

/** One service of a Sigstore instance (Sigstore protobuf specs, `sigstore_trustroot.proto`, `Service`). */
export interface SigningService {
  readonly url: URL
  /** The major version of its API. */
  readonly version: number
  readonly validity: Validity
  /** Who runs it; services of one operator count once. */
  readonly operator: string
}

/** How many services of a kind a signer has to use (`ServiceConfiguration`). */
export type Selector =
  | { readonly kind: "any" }
  | { readonly kind: "all" }
  | { readonly kind: "exact"; readonly count: number }

/** The services that a signer may use, and how many of them it has to. */
export interface SigningConfig {
  readonly certificateAuthorities: readonly SigningService[]
  readonly identityProviders: readonly SigningService[]
  readonly logs: readonly SigningService[]
  readonly logSelector: Selector
  readonly timestampAuthorities: readonly SigningService[]
  readonly timestampSelector: Selector
}

/** A signing config is a few kilobytes. */
export const MAX_SIGNING_CONFIG_BYTES = 1_048_576
const MEDIA_TYPE = "application/vnd.dev.sigstore.signingconfig.v0.2+json"
const MAX_SERVICES = 64

/** Parses a signing config v0.2. A service without a stated start is an error: no start is not "always". Throws `ERR_CONFIG`. */
export function parseSigningConfig(bytes: Uint8Array, origin: string): SigningConfig {
  try {
    const json = parseJson(bytes, "signing config", MAX_SIGNING_CONFIG_BYTES)
    return readConfig(new Shape(json, "signing config"))
  } catch (cause) {
    if (!(cause instanceof WheelproofError)) throw cause
    throw new WheelproofError(
      "ERR_CONFIG",
      `${origin} is not a usable signing config: ${cause.message}`,
      {
        hint: "a signing config is the file signing_config.v0.2.json of a Sigstore instance",
        cause,
      },
    )
  }
}

function readConfig(config: Shape): SigningConfig {
  const mediaType = config.string("mediaType")
  if (mediaType !== MEDIA_TYPE) {
    throw malformed(`unknown signing config media type ${JSON.stringify(mediaType)}`)
  }
  return {
    certificateAuthorities: readServices(config, "caUrls"),
    identityProviders: readServices(config, "oidcUrls"),
    logs: readServices(config, "rekorTlogUrls"),
    logSelector: readSelector(config.optionalObject("rekorTlogConfig")),
    timestampAuthorities: readServices(config, "tsaUrls"),
    timestampSelector: readSelector(config.optionalObject("tsaConfig")),
  }
}

function readServices(config: Shape, name: string): readonly SigningService[] {
  return config.shapes(name, MAX_SERVICES).map((service) => ({
    url: readUrl(service),
    version: Number(service.optionalUint64("majorApiVersion") ?? 0n),
    validity: readValidity(service),
    operator: service.optionalString("operator") ?? "",
  }))
}

function readUrl(service: Shape): URL {
  const text = service.string("url")
  const url = URL.parse(text)
  if (url === null || !isConfidential(url)) {
    throw malformed(`${service.path}.url is not an https address: ${JSON.stringify(text)}`)
  }
  return url
}

function readValidity(service: Shape): Validity {
  const range = service.object("validFor")
  const end = range.optionalString("end")
  return {
    start: parseTimestamp(range.string("start"), range.path),
    end: end === undefined ? undefined : parseTimestamp(end, range.path),
  }
}

// An absent one is "any", as for the authorities, which have none at all.
function readSelector(config: Shape | undefined): Selector {
  if (config === undefined) return { kind: "any" }
  const selector = config.string("selector")
  switch (selector) {
    case "ANY":
      return { kind: "any" }
    case "ALL":
      return { kind: "all" }
    case "EXACT": {
      const count = Number(config.uint64("count"))
      if (count >= 1 && count <= MAX_SERVICES) return { kind: "exact", count }
      throw malformed(`${config.path}.count is ${count}`)
    }
    default:
      throw malformed(`${config.path}.selector is ${JSON.stringify(selector)}`)
  }
}
