import { malformed } from "../../core/errors.ts"
import { Shape } from "../../core/shape.ts"

/** Which requests a fault befalls, and how often. */
interface Where {
  /** `GET`, `POST`…; every method. */
  readonly method?: string
  /** A path without its query, in which `*` stands for anything; every path. */
  readonly path?: string
  /** How many requests it befalls before it is over; all until it is taken back. */
  readonly times?: number
}

/** Something that goes wrong between a service and its client. */
export type Fault = Where &
  (
    | {
        /** The answer waits: for so long, or until the fault is taken back. */
        readonly kind: "slow"
        readonly delayMs?: number
      }
    | {
        /** Another answer instead: an error object with this status, these headers and this text or its own. */
        readonly kind: "status"
        readonly status: number
        readonly headers?: Readonly<Record<string, string>>
        readonly body?: string
      }
    | {
        /** GitHub's rate limit (403, or 429 for the secondary one) with its headers. */
        readonly kind: "rate-limit"
        readonly status?: 403 | 429
        /** Seconds; 60. */
        readonly retryAfter?: number
      }
    /** The answer announces its length and ends in the middle. */
    | { readonly kind: "truncated" }
    /** The answer announces its length and never comes. */
    | { readonly kind: "stalled" }
    /** One byte in the middle of the body is another one. */
    | { readonly kind: "altered" }
    /** The answer that the same GET had before, as a cache that lags behind gives it. */
    | { readonly kind: "stale" }
    /** The connection ends without an answer. */
    | { readonly kind: "reset" }
    /** The status is there, the body is empty. */
    | { readonly kind: "empty" }
  )

/** The faults of one service; several may befall one request. */
export interface Faults {
  /** Adds a fault and returns what takes it back. */
  readonly add: (fault: Fault) => () => void
  /** Takes all of them back. */
  readonly clear: () => void
  /** Those that are not over yet. */
  readonly list: () => readonly Fault[]
}

/** A fault that befalls a request right now. */
export interface ActiveFault {
  readonly fault: Fault
  /** Aborts when the fault is taken back. */
  readonly gone: AbortSignal
}

/** {@link Faults} together with what a service needs of them. */
export interface FaultRegistry extends Faults {
  /** The faults that befall this request; each call counts as one request. */
  readonly strike: (method: string, path: string) => readonly ActiveFault[]
}

/** Makes an empty set of faults. */
export function createFaults(): FaultRegistry {
  const entries = new Set<{ fault: Fault; left: number; abort: AbortController }>()
  const remove = (entry: { readonly abort: AbortController }): void => {
    for (const candidate of entries) if (candidate === entry) entries.delete(candidate)
    entry.abort.abort()
  }
  return {
    add(fault) {
      const entry = { fault, left: fault.times ?? Infinity, abort: new AbortController() }
      entries.add(entry)
      return () => {
        remove(entry)
      }
    },
    clear() {
      for (const entry of entries) remove(entry)
    },
    list: () => [...entries].map(({ fault }) => fault),
    strike(method, path) {
      const hit = [...entries].filter(({ fault }) => befalls(fault, method, path))
      for (const entry of hit) {
        entry.left -= 1
        if (entry.left <= 0) entries.delete(entry)
      }
      return hit.map(({ fault, abort }) => ({ fault, gone: abort.signal }))
    },
  }
}

/** Reads a fault from JSON, or throws `ERR_INPUT_MALFORMED`. */
export function parseFault(value: unknown): Fault {
  const shape = new Shape(value, "fault")
  const fault = { ...parseWhere(shape), ...parseKind(shape) }
  shape.refuseUnread()
  return fault
}

function parseWhere(shape: Shape): Where {
  const method = shape.optionalString("method")
  const path = shape.optionalString("path")
  const times = optionalCount(shape, "times")
  return {
    ...(method === undefined ? {} : { method }),
    ...(path === undefined ? {} : { path }),
    ...(times === undefined ? {} : { times }),
  }
}

function parseKind(shape: Shape): Fault {
  const kind = shape.string("kind")
  switch (kind) {
    case "slow": {
      const delayMs = optionalCount(shape, "delayMs")
      return { kind, ...(delayMs === undefined ? {} : { delayMs }) }
    }
    case "status":
      return { kind, status: parseStatus(shape), ...parseAnswer(shape) }
    case "rate-limit": {
      const retryAfter = optionalCount(shape, "retryAfter")
      return {
        kind,
        status: optionalCount(shape, "status") === 429 ? 429 : 403,
        ...(retryAfter === undefined ? {} : { retryAfter }),
      }
    }
    case "truncated":
    case "stalled":
    case "altered":
    case "stale":
    case "reset":
    case "empty":
      return { kind }
    default:
      throw malformed(
        `fault.kind ${JSON.stringify(kind)} is not one of slow, status, rate-limit, truncated, stalled, altered, stale, reset, empty`,
      )
  }
}

function parseStatus(shape: Shape): number {
  const status = optionalCount(shape, "status") ?? 0
  if (status < 200 || status > 599) throw malformed("fault.status is not a status of an answer")
  return status
}

function parseAnswer(shape: Shape): { headers?: Record<string, string>; body?: string } {
  const headers = shape.stringMap("headers")
  const body = shape.optionalString("body")
  return {
    ...(headers.size === 0 ? {} : { headers: Object.fromEntries(headers) }),
    ...(body === undefined ? {} : { body }),
  }
}

function optionalCount(shape: Shape, name: string): number | undefined {
  const value = shape.optionalUint64(name)
  return value === undefined ? undefined : Number(value)
}

function befalls(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false
  return fault.path === undefined || matches(fault.path, path)
}

/** Whether `path` is `pattern`, of which each `*` stands for any text; in time linear in both, whatever they are. */
function matches(pattern: string, path: string): boolean {
  const [first = "", ...rest] = pattern.split("*")
  const last = rest.pop()
  if (last === undefined) return path === first
  if (!path.startsWith(first) || !path.endsWith(last)) return false
  let at = first.length
  for (const part of rest) {
    const found = path.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return at <= path.length - last.length
}
