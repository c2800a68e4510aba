import type { TrustedAuthority, TrustedInstance, TrustedLog, Validity } from "../core/trust.ts"
import { describeName } from "../core/certificate.ts"
import { WheelproofError } from "../core/errors.ts"
import { parseTrustedRoots } from "../formats/trusted-root.ts"
import type { Files } from "../io/files.ts"
import { cacheFolder } from "../sigstore/trust/cache.ts"
import { resolveTrustRoot, type TrustRoot } from "../sigstore/trust/resolve.ts"
import type { Section } from "./inspect.ts"
import type { TrustRequest } from "./trust-request.ts"
import type { ResolvedTrust } from "./trust-source.ts"
import type { Produced, TrustView } from "./use-cases.ts"

/** The world that the trust root is found in. */
export interface TrustEffects {
  readonly request: TrustRequest
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly files: Files
  /** Milliseconds since 1970. */
  readonly now: number
}

/** How old a trust root may be that could not be refreshed; the variable sets another number of days. */
const MAX_AGE_DAYS = 30
const MAX_AGE_VARIABLE = "WHEELPROOF_TRUST_MAX_AGE_DAYS"
const TIMEOUT_MS = 5_000

/** The trust root of a run, parsed. Throws what finding or parsing it throws. */
export async function resolveInstances(effects: TrustEffects): Promise<ResolvedTrust> {
  return parse(await resolve(effects, false))
}

/** `trust show`: where the trust root comes from, and every authority and log in it. */
export async function showTrust(effects: TrustEffects): Promise<TrustView> {
  return view(await resolve(effects, false))
}

/** `trust refresh`: fetches it now; a repository that cannot be reached is an error, not a note. */
export async function refreshTrust(effects: TrustEffects): Promise<TrustView> {
  return view(await resolve(effects, true))
}

/** `trust export`: the trust root's own bytes, once they are known to be one. */
export async function exportTrust(effects: TrustEffects): Promise<Produced> {
  const root = await resolve(effects, false)
  parse(root)
  return { content: Buffer.from(root.bytes).toString("utf8"), notes: root.notes }
}

async function resolve(
  { request, environment, signal, files, now }: TrustEffects,
  force: boolean,
): Promise<TrustRoot> {
  return resolveTrustRoot({
    file: request.trustedRoot,
    offline: request.offline,
    force,
    cacheFolder: cacheFolder(environment),
    maxAgeDays: maxAgeDays(environment),
    timeoutMs: request.timeoutMs ?? TIMEOUT_MS,
    signal,
    now,
    files,
  })
}

function maxAgeDays(environment: TrustEffects["environment"]): number {
  const text = environment[MAX_AGE_VARIABLE] ?? ""
  if (text === "") return MAX_AGE_DAYS
  if (/^[1-9][0-9]{0,3}$/.test(text)) return Number(text)
  throw new WheelproofError("ERR_CONFIG", `${MAX_AGE_VARIABLE}=${text} is no number of days`, {
    hint: "set it to a whole number from 1 to 9999, or leave it out for 30",
  })
}

function parse(root: TrustRoot): ResolvedTrust {
  const { bytes, signingConfigs, source, origin, version, asOf, notes } = root
  const instances = parseTrustedRoots(bytes, origin)
  return {
    instances,
    signingConfigs,
    summary: {
      source,
      origin,
      ...(version === undefined ? {} : { version }),
      ...(asOf === undefined ? {} : { asOf }),
      instances: instances.map(({ name }) => name),
      notes,
    },
  }
}

function view(root: TrustRoot): TrustView {
  const { instances, summary } = parse(root)
  return {
    summary,
    sections: instances.map(sectionOf),
    json: { summary, instances: instances.map(jsonOf) },
  }
}

function sectionOf(instance: TrustedInstance): Section {
  const { certificateAuthorities, timestampAuthorities, logs, certificateLogs } = instance
  return {
    title: instance.name,
    rows: [
      ...certificateAuthorities.map((authority) => ({
        label: "certificate authority",
        value: authorityText(authority),
      })),
      ...certificateLogs.map((log) => ({ label: "certificate log", value: logText(log) })),
      ...logs.map((log) => ({ label: "transparency log", value: logText(log) })),
      ...timestampAuthorities.map((authority) => ({
        label: "timestamp authority",
        value: authorityText(authority),
      })),
    ],
  }
}

function authorityText({ uri, chain, validity }: TrustedAuthority): string {
  const [first] = chain
  const subject = first === undefined ? "an empty chain" : describeName(first.subject)
  return `${subject}, ${uri}, ${validityText(validity)}`
}

function logText({ baseUrl, logId, publicKey, validity }: TrustedLog): string {
  return `${baseUrl}, ${publicKey.type} key ${logId}, ${validityText(validity)}`
}

function validityText({ start, end }: Validity): string {
  return `from ${day(start)}${end === undefined ? " on" : ` to ${day(end)}`}`
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

function jsonOf(instance: TrustedInstance): unknown {
  return {
    name: instance.name,
    certificateAuthorities: instance.certificateAuthorities.map(authorityJson),
    timestampAuthorities: instance.timestampAuthorities.map(authorityJson),
    certificateLogs: instance.certificateLogs.map(logJson),
    transparencyLogs: instance.logs.map(logJson),
  }
}

function authorityJson({ uri, chain, validity }: TrustedAuthority): unknown {
  return { uri, subjects: chain.map(({ subject }) => describeName(subject)), validity }
}

function logJson({ baseUrl, logId, publicKey, validity }: TrustedLog): unknown {
  return { baseUrl, logId, keyType: publicKey.type, validity }
}
