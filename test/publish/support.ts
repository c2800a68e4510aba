import { createHttpClient } from "../../src/io/http.ts"
import type { StoreAccess } from "../../src/publish/trusted-publishing.ts"

/** Access to services of this machine. */
export function access(signal: AbortSignal = new AbortController().signal): StoreAccess {
  return { http: createHttpClient({ offline: false }), timeoutMs: 10_000, signal }
}
