import { p256, p384, p521 } from "@noble/curves/nist.js"

import { WheelproofError } from "./errors.ts"
import type { HashName, PublicKey } from "./keys.ts"

// The hash that goes with each curve, as for every other signature here.
const CURVES = {
  p256: { curve: p256, algorithm: "sha256" },
  p384: { curve: p384, algorithm: "sha384" },
  p521: { curve: p521, algorithm: "sha512" },
} as const

/**
 * Verifies an ECDSA signature (DER, X9.62) over a file of which only digests are known. node:crypto can only hash the message
 * itself, so this is the one place that uses another library's curves. Throws `ERR_INPUT_UNSUPPORTED` for keys that sign the
 * whole message (Ed25519) or whose signatures it does not check (RSA), and where the needed digest was not computed.
 */
export function verifyPrehashed(
  key: PublicKey,
  digests: { readonly [algorithm in HashName]?: string },
  signature: Uint8Array,
): boolean {
  if (key.type === "ed25519" || key.type === "rsa") {
    throw new WheelproofError(
      "ERR_INPUT_UNSUPPORTED",
      `a file's own signature by a key of type ${key.type} cannot be checked; only ECDSA is`,
    )
  }
  const { curve, algorithm } = CURVES[key.type]
  const digest = digests[algorithm]
  if (digest === undefined) {
    throw new WheelproofError(
      "ERR_INPUT_UNSUPPORTED",
      `the file's ${algorithm} digest is not known`,
    )
  }
  try {
    return curve.verify(signature, Buffer.from(digest, "hex"), key.point, {
      prehash: false,
      format: "der",
      // OpenSSL and Go sign with either half of the order; only chains that forbid malleability ask for the lower one.
      lowS: false,
    })
  } catch {
    // A signature that is not DER is not valid.
    return false
  }
}
