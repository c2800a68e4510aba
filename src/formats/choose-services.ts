import { WheelproofError } from "../core/errors.ts"
import { isWithin } from "../core/trust.ts"
import type { Selector, SigningConfig, SigningService } from "./signing-config.ts"

/** The major versions of the Rekor API that can be written to. */
export type LogVersion = 1 | 2

/** What a signature is made with. */
export interface ChosenServices {
  readonly certificateAuthority: URL
  readonly logVersion: LogVersion
  readonly logs: readonly URL[]
  /** Empty where the log's own promise proves the time. */
  readonly timestampAuthorities: readonly URL[]
}

/**
 * Chooses the services of a signature made at `now` (Sigstore protobuf specs, `SigningConfig`): those in service, of the newest start, one for
 * each operator, as many as the config asks for. Rekor v2 promises no time, so there a timestamp authority is chosen too. Throws
 * `ERR_CONFIG` where there are too few.
 */
export function chooseServices(
  config: SigningConfig,
  { now, logVersion }: { readonly now: number; readonly logVersion: LogVersion },
): ChosenServices {
  const one: Selector = { kind: "any" }
  const [certificateAuthority] = choose(config.certificateAuthorities, one, {
    what: "certificate authority",
    version: 1,
    now,
  })
  const logs = choose(config.logs, config.logSelector, {
    what: "transparency log",
    version: logVersion,
    now,
  })
  const timestampAuthorities =
    logVersion === 1
      ? []
      : choose(config.timestampAuthorities, config.timestampSelector, {
          what: "timestamp authority",
          version: 1,
          now,
        })
  return { certificateAuthority, logVersion, logs, timestampAuthorities }
}

/** The identity provider to sign in at. Throws `ERR_CONFIG` where none is in service. */
export function chooseIdentityProvider(config: SigningConfig, now: number): URL {
  const wanted = { what: "identity provider", version: 1, now }
  return choose(config.identityProviders, { kind: "any" }, wanted)[0]
}

/** The identity providers in service. */
export function identityProvidersAt(config: SigningConfig, now: number): readonly URL[] {
  return config.identityProviders
    .filter(({ validity }) => isWithin(validity, now))
    .map(({ url }) => url)
}

interface Wanted {
  readonly what: string
  readonly version: number
  readonly now: number
}

function choose(
  services: readonly SigningService[],
  selector: Selector,
  wanted: Wanted,
): readonly [URL, ...URL[]] {
  const { version, now } = wanted
  const inService = services
    .filter((service) => service.version === version && isWithin(service.validity, now))
    .toSorted((a, b) => b.validity.start - a.validity.start)
  const operators = new Set<string>()
  const candidates = inService.filter(({ operator }) => {
    const isFirst = !operators.has(operator)
    operators.add(operator)
    return isFirst
  })
  const count = countOf(selector, candidates.length)
  const [first, ...others] = candidates.slice(0, count).map(({ url }) => url)
  if (first === undefined || candidates.length < count) {
    throw tooFew(services, candidates.length, count, wanted)
  }
  return [first, ...others]
}

function countOf(selector: Selector, available: number): number {
  switch (selector.kind) {
    case "any":
      return 1
    case "all":
      return available
    case "exact":
      return selector.count
  }
}

function tooFew(
  services: readonly SigningService[],
  available: number,
  count: number,
  { what, version, now }: Wanted,
): WheelproofError {
  const day = new Date(now).toISOString().slice(0, 10)
  const wanted = `${what} with API version ${version}`
  const found = `that is in service on ${day}`
  const others = [...new Set(services.map((service) => service.version))]
    .filter((other) => other !== version)
    .toSorted((a, b) => a - b)
  const elsewhere = others.length === 0 ? "" : `; it names some with version ${others.join(", ")}`
  const message =
    available === 0
      ? `the signing config names no ${wanted} ${found}${elsewhere}`
      : `the signing config asks for ${count} times a ${wanted}, and names ${available} ${found}`
  return new WheelproofError("ERR_CONFIG", message, {
    hint: "get the instance's current signing config and name it with --signing-config; if the date is wrong, check your clock",
  })
}
