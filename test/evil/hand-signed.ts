import { IN_TOTO, preAuthenticationEncoding } from "../../src/world/sigstore/envelope.ts"
import { logSignature } from "../../src/world/sigstore/log-signature.ts"
import type { Signer } from "../../src/world/sigstore/signer.ts"
import { base64, type BundleJson } from "../../src/world/sigstore/wire.ts"
import { NOW } from "../support/judge.ts"
import { altered, signed, trueStatement, world } from "./exhibit.ts"

/** A bundle whose signature is made by hand, and logged as it is. */
export function handSigned(
  signer: Signer,
  sign: (signedBytes: Uint8Array) => Uint8Array,
): BundleJson {
  const payload = Buffer.from(JSON.stringify(trueStatement()))
  const signature = sign(preAuthenticationEncoding(IN_TOTO, payload))
  const envelope = {
    payload: base64(payload),
    payloadType: IN_TOTO,
    signatures: [{ sig: base64(signature) }],
  }
  const thing = { kind: "envelope", envelope, signature } as const
  const entry = logSignature(world, "dsse/0.0.1", thing, signer, { time: NOW })
  return altered(signed({ signer: { ...signer, key: world.createSigner().key } }), (bundle) => {
    bundle.dsseEnvelope = envelope
    bundle.verificationMaterial.tlogEntries = [entry]
  })
}
