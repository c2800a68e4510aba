import type { CertificateAuthority } from "./certificate-authority.ts"
import { hashName } from "./rekor-v2-body.ts"
import { IN_TOTO, preAuthenticationEncoding } from "./envelope.ts"
import { digest, subjectPublicKeyInfo } from "../crypto/keys.ts"
import {
  isTiled,
  logSignature,
  type EntryKind,
  type Logs,
  type SignedThing,
} from "./log-signature.ts"
import type { EntryParts } from "./rekor-v1.ts"
import { createSigner, signData, verifierPem, type Signer, type SignerOptions } from "./signer.ts"
import type { StampOptions, TimestampAuthority } from "./timestamp-authority.ts"
import {
  base64,
  type AttestationJson,
  type BundleJson,
  type EnvelopeJson,
  type ProvenanceJson,
  type VerificationMaterialJson,
} from "./wire.ts"

/** The media types of bundles; v0.3 has an old one with a parameter and the one in use. */
export const BUNDLE_MEDIA_TYPES = {
  "v0.1": "application/vnd.dev.sigstore.bundle+json;version=0.1",
  "v0.2": "application/vnd.dev.sigstore.bundle+json;version=0.2",
  "v0.3-parameter": "application/vnd.dev.sigstore.bundle+json;version=0.3",
  "v0.3": "application/vnd.dev.sigstore.bundle.v0.3+json",
} as const

/** What signing needs of a world. */
export interface SigningServices extends Logs {
  /** Milliseconds since 1970. */
  readonly now: number
  readonly certificateAuthority: CertificateAuthority
  readonly timestampAuthority: TimestampAuthority
}

/** How to sign. What is left out is what a current client does. */
export interface SignOptions extends EntryParts {
  /** v0.3. */
  readonly version?: keyof typeof BUNDLE_MEDIA_TYPES
  /** The kinds of entries; dsse/0.0.1 for envelopes, hashedrekord/0.0.1 for messages. */
  readonly entries?: readonly EntryKind[]
  /** How many timestamps; one where an entry of Rekor v2 needs it, else none. */
  readonly timestamps?: number
  readonly timestamp?: StampOptions
  /** When it is logged and stamped, milliseconds since 1970; the world's `now`. */
  readonly time?: number
  /** Who signs; a fresh signer with a certificate, made with `issue`. */
  readonly signer?: Signer
  readonly issue?: SignerOptions
  /** How much of the chain goes into bundles v0.1 and v0.2; the leaf alone. */
  readonly chain?: "leaf" | "without-root" | "whole"
}

/** How to sign a payload; in-toto unless the type says otherwise. */
export interface PayloadOptions extends SignOptions {
  readonly payloadType?: string
  readonly keyid?: string
}

/** What goes into an envelope: these very bytes, or a value that becomes compact JSON. */
export type Payload = Uint8Array | object

/** A Sigstore bundle with a DSSE envelope. */
export function signPayload(
  services: SigningServices,
  payload: Payload,
  options: PayloadOptions = {},
): BundleJson {
  const signer = signerOf(services, options)
  const envelope = sealEnvelope(signer, payload, options)
  const signature = Buffer.from(envelope.signatures[0]?.sig ?? "", "base64")
  const entries = options.entries ?? ["dsse/0.0.1"]
  const thing = { kind: "envelope", envelope, signature } as const
  return {
    mediaType: BUNDLE_MEDIA_TYPES[options.version ?? "v0.3"],
    verificationMaterial: material(services, thing, signer, { ...options, entries }),
    dsseEnvelope: envelope,
  }
}

/** A Sigstore bundle with a signature over a file. */
export function signMessage(
  services: SigningServices,
  message: Uint8Array,
  options: SignOptions = {},
): BundleJson {
  const signer = signerOf(services, options)
  const signature = signData(signer, message)
  const entries = options.entries ?? ["hashedrekord/0.0.1"]
  const thing = { kind: "message", message, signature } as const
  return {
    mediaType: BUNDLE_MEDIA_TYPES[options.version ?? "v0.3"],
    verificationMaterial: material(services, thing, signer, { ...options, entries }),
    messageSignature: {
      messageDigest: {
        algorithm: hashName(signer.hash),
        digest: base64(digest(signer.hash, message)),
      },
      signature: base64(signature),
    },
  }
}

/** A bare DSSE envelope; the certificate goes into its signature unless `withCertificate` is false. Nothing is logged. */
export function signEnvelope(
  services: SigningServices,
  payload: Payload,
  options: PayloadOptions & { readonly withCertificate?: boolean } = {},
): EnvelopeJson {
  const signer = signerOf(services, options)
  const envelope = sealEnvelope(signer, payload, { keyid: "", ...options })
  const cert = signer.certificate === undefined ? undefined : verifierPem(signer)
  if (cert === undefined || options.withCertificate === false) return envelope
  return {
    ...envelope,
    signatures: envelope.signatures.map((signature) => ({ ...signature, cert })),
  }
}

/** A PEP 740 attestation; for a managed key without verification material. */
export function signAttestation(
  services: SigningServices,
  statement: Payload,
  options: PayloadOptions = {},
): AttestationJson {
  const signer = signerOf(services, options)
  const entries = signer.certificate === undefined ? [] : options.entries
  const bundle = signPayload(services, statement, {
    ...options,
    signer,
    ...(entries === undefined ? {} : { entries }),
  })
  return toAttestation(bundle)
}

/** The PEP 740 attestation that a bundle of one envelope amounts to. */
export function toAttestation(bundle: BundleJson): AttestationJson {
  const { certificate, x509CertificateChain, tlogEntries, timestampVerificationData } =
    bundle.verificationMaterial
  const leaf = certificate ?? x509CertificateChain?.certificates[0]
  const envelope = {
    statement: bundle.dsseEnvelope?.payload ?? "",
    signature: bundle.dsseEnvelope?.signatures[0]?.sig ?? "",
  }
  if (leaf === undefined) return { version: 1, envelope }
  const timestamps = timestampVerificationData?.rfc3161Timestamps.map(
    ({ signedTimestamp }) => signedTimestamp,
  )
  return {
    version: 1,
    verification_material: {
      certificate: leaf.rawBytes,
      transparency_entries: tlogEntries,
      ...(timestamps === undefined ? {} : { timestamps }),
    },
    envelope,
  }
}

/** A PEP 740 provenance object with one bundle of attestations; the publisher fits the default identity. */
export function provenance(
  attestations: AttestationJson[],
  publisher: Record<string, string | null> = {
    environment: null,
    kind: "GitHub",
    repository: "acme/rocket",
    workflow: "release.yml",
  },
): ProvenanceJson {
  return { version: 1, attestation_bundles: [{ publisher, attestations }] }
}

function signerOf(services: SigningServices, options: SignOptions): Signer {
  return (
    options.signer ??
    createSigner(services.certificateAuthority, {
      ...(options.time === undefined ? {} : { notBefore: options.time }),
      ...options.issue,
    })
  )
}

function sealEnvelope(signer: Signer, payload: Payload, options: PayloadOptions): EnvelopeJson {
  const payloadType = options.payloadType ?? IN_TOTO
  const bytes =
    payload instanceof Uint8Array ? payload : Buffer.from(JSON.stringify(payload), "utf8")
  const sig = base64(signData(signer, preAuthenticationEncoding(payloadType, bytes)))
  const { keyid } = options
  return {
    payload: base64(bytes),
    payloadType,
    signatures: [keyid === undefined ? { sig } : { sig, keyid }],
  }
}

function material(
  services: SigningServices,
  thing: SignedThing,
  signer: Signer,
  options: SignOptions & { readonly entries: readonly EntryKind[] },
): VerificationMaterialJson {
  const time = options.time ?? services.now
  const count = options.timestamps ?? (options.entries.some(isTiled) ? 1 : 0)
  const stamps = Array.from({ length: count }, () =>
    services.timestampAuthority.stamp(thing.signature, { time, ...options.timestamp }),
  )
  return {
    ...signingMaterial(services.certificateAuthority, signer, options),
    tlogEntries: options.entries.map((kind) =>
      logSignature(services, kind, thing, signer, { ...options, time }),
    ),
    ...(stamps.length === 0
      ? {}
      : {
          timestampVerificationData: {
            rfc3161Timestamps: stamps.map((stamp) => ({ signedTimestamp: base64(stamp) })),
          },
        }),
  }
}

function signingMaterial(
  authority: CertificateAuthority,
  signer: Signer,
  { version = "v0.3", chain = "leaf" }: SignOptions,
): Omit<VerificationMaterialJson, "tlogEntries"> {
  const leaf = signer.certificate
  if (leaf === undefined) {
    const hint = signer.hint ?? base64(digest("sha256", subjectPublicKeyInfo(signer.key.publicKey)))
    return { publicKey: { hint } }
  }
  if (version.startsWith("v0.3")) return { certificate: { rawBytes: base64(leaf) } }
  const above = [authority.intermediate, authority.root]
  const certificates = [leaf, ...above.slice(0, ["leaf", "without-root", "whole"].indexOf(chain))]
  return {
    x509CertificateChain: {
      certificates: certificates.map((der) => ({ rawBytes: base64(der) })),
    },
  }
}
