import { malformed } from "../core/errors.ts"

/**
 * A timestamp as protobuf's JSON writes it: RFC 3339 in UTC, with up to nine decimals; in milliseconds since 1970. `path` names it in
 * errors. Throws `ERR_INPUT_MALFORMED`.
 */
export function parseTimestamp(text: string, path: string): number {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(text) ? Date.parse(text) : NaN
  // Date.parse takes 30 February for 2 March.
  if (Number.isNaN(time) || !text.startsWith(new Date(time).toISOString().slice(0, 19))) {
    throw malformed(`${path} has the time ${JSON.stringify(text)}`)
  }
  return time
}
