import {
  createCertificateAuthority,
  type CertificateAuthority,
} from "./sigstore/certificate-authority.ts"
import { createCtLog, type CtLog } from "./sigstore/ct-log.ts"
import { createRekorV1, type RekorV1Options } from "./sigstore/rekor-v1.ts"
import { createRekorV2 } from "./sigstore/rekor-v2.ts"
import {
  signAttestation,
  signEnvelope,
  signMessage,
  signPayload,
  type Payload,
  type PayloadOptions,
  type SignOptions,
  type SigningServices,
} from "./sigstore/sign.ts"
import { createSigner, type Signer, type SignerOptions } from "./sigstore/signer.ts"
import { createTimestampAuthority } from "./sigstore/timestamp-authority.ts"
import { trustedRoot, type TrustedRootOptions } from "./sigstore/trusted-root.ts"
import type { AttestationJson, BundleJson, EnvelopeJson, TrustedRootJson } from "./sigstore/wire.ts"

const YEAR = 365 * 86_400_000

/** A whole miniature Sigstore in memory. Everything it hands out is really signed, by keys made for it alone. */
export interface World extends SigningServices {
  readonly certificateAuthority: CertificateAuthority
  readonly ctLog: CtLog
  /** A key with a certificate, to sign several things with. */
  readonly createSigner: (options?: SignerOptions) => Signer
  /** A bundle with a DSSE envelope. */
  readonly signPayload: (payload: Payload, options?: PayloadOptions) => BundleJson
  /** A bundle with a signature over a file. */
  readonly signMessage: (message: Uint8Array, options?: SignOptions) => BundleJson
  /** A bare DSSE envelope, not logged. */
  readonly signEnvelope: (
    payload: Payload,
    options?: PayloadOptions & { readonly withCertificate?: boolean },
  ) => EnvelopeJson
  /** A PEP 740 attestation. */
  readonly signAttestation: (statement: Payload, options?: PayloadOptions) => AttestationJson
  readonly trustedRoot: (options?: TrustedRootOptions) => TrustedRootJson
}

/** How to set up a {@link World}. */
export interface WorldOptions {
  /** The moment at which everything happens unless told otherwise, milliseconds since 1970. */
  readonly now: number
  readonly rekor?: RekorV1Options
}

/** Makes a world with fresh keys. Its certificates and trust windows begin a year before `now`. */
export function createWorld({ now, rekor }: WorldOptions): World {
  const ctLog = createCtLog()
  const services = {
    now,
    ctLog,
    certificateAuthority: createCertificateAuthority({ now, ctLog }),
    rekor: createRekorV1(rekor),
    rekorV2: createRekorV2(),
    timestampAuthority: createTimestampAuthority({ now }),
  }
  return {
    ...services,
    createSigner: (options) => createSigner(services.certificateAuthority, options),
    signPayload: (payload, options) => signPayload(services, payload, options),
    signMessage: (message, options) => signMessage(services, message, options),
    signEnvelope: (payload, options) => signEnvelope(services, payload, options),
    signAttestation: (statement, options) => signAttestation(services, statement, options),
    trustedRoot: (options) =>
      trustedRoot({ ...services, start: now - YEAR, rekorV1: services.rekor }, options),
  }
}
