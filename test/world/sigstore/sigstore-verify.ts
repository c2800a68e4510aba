import { bundleFromJSON } from "@sigstore/bundle"
import { TrustedRoot } from "@sigstore/protobuf-specs"
import { toSignedEntity, toTrustMaterial, Verifier, type VerifierOptions } from "@sigstore/verify"

import type { BundleJson, TrustedRootJson } from "../../../src/world/sigstore/wire.ts"

/** Verifies with the independent verifier; throws what it throws. */
export function verifyIndependently(
  bundle: BundleJson,
  trustedRoot: TrustedRootJson,
  options: VerifierOptions & { readonly artifact?: Uint8Array } = {},
): void {
  const { artifact, ...thresholds } = options
  const trust = toTrustMaterial(TrustedRoot.fromJSON(trustedRoot))
  const entity = toSignedEntity(
    bundleFromJSON(bundle),
    artifact === undefined ? undefined : Buffer.from(artifact),
  )
  new Verifier(trust, thresholds).verify(entity)
}
