// Modules that @sigstore/sign names in its declarations and does not bring the types of.

declare module "make-fetch-happen" {
  export type MakeFetchHappenOptions = { retry?: unknown }
  export type FetchOptions = object
  const fetch: unknown
  export default fetch
}

declare module "@sigstore/rekor-types" {
  export type LogEntry = Record<string, object>
  export type ProposedEntry = object
  export type ProposedDSSEEntry = object
  export type ProposedHashedRekordEntry = object
  export type ProposedIntotoEntry = object
}
