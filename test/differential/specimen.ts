import type { TrustedRootJson } from "../../src/world/sigstore/wire.ts"

/** Something to mutate: a genuine bundle, with what it takes to verify it. */
export interface Specimen {
  readonly name: string
  readonly bundle: unknown
  readonly trustedRoot: TrustedRootJson
  /** The signed file, base64; bundles with a statement need none. */
  readonly artifact?: string
  /** A managed key that signed it: what the bundle calls it, and its SubjectPublicKeyInfo, base64. */
  readonly key?: { readonly hint: string; readonly spki: string }
}

/** Specimens of one trusted root, as they stand in a file. */
export interface SpecimenFile {
  readonly trustedRoot: TrustedRootJson
  readonly specimens: readonly Omit<Specimen, "trustedRoot">[]
}
