/** A DSSE envelope as JSON; `cert` is the SLSA generators' addition. */
export interface EnvelopeJson {
  payload: string
  payloadType: string
  signatures: { sig: string; keyid?: string; cert?: string }[]
}

/** Sigstore's `InclusionProof`. */
export interface InclusionProofJson {
  logIndex: string
  rootHash: string
  treeSize: string
  hashes: string[]
  checkpoint?: { envelope: string }
}

/** Sigstore's `TransparencyLogEntry`. */
export interface LogEntryJson {
  logIndex: string
  logId: { keyId: string }
  kindVersion: { kind: string; version: string }
  integratedTime?: string
  inclusionPromise?: { signedEntryTimestamp: string }
  inclusionProof?: InclusionProofJson
  canonicalizedBody: string
}

/** Sigstore's `VerificationMaterial`; which of the first three is there depends on the bundle's version. */
export interface VerificationMaterialJson {
  certificate?: { rawBytes: string }
  x509CertificateChain?: { certificates: { rawBytes: string }[] }
  publicKey?: { hint: string }
  tlogEntries: LogEntryJson[]
  timestampVerificationData?: { rfc3161Timestamps: { signedTimestamp: string }[] }
}

/** A Sigstore bundle, v0.1 to v0.3. */
export interface BundleJson {
  mediaType: string
  verificationMaterial: VerificationMaterialJson
  dsseEnvelope?: EnvelopeJson
  messageSignature?: {
    messageDigest: { algorithm: string; digest: string }
    signature: string
  }
}

/** A PEP 740 attestation object. */
export interface AttestationJson {
  version: number
  verification_material?: {
    certificate: string
    transparency_entries: LogEntryJson[]
    /** Not in PEP 740: the extension of newer pypi-attestations. */
    timestamps?: string[]
  }
  envelope: { statement: string; signature: string }
}

/** A PEP 740 provenance object. */
export interface ProvenanceJson {
  version: number
  attestation_bundles: {
    publisher: Record<string, string | null>
    attestations: AttestationJson[]
  }[]
}

/** A window of validity; times as RFC 3339. */
export interface ValidForJson {
  start?: string
  end?: string
}

/** A log of a trusted root. */
export interface TrustedLogJson {
  baseUrl: string
  hashAlgorithm: string
  publicKey: { rawBytes: string; keyDetails: string; validFor?: ValidForJson }
  logId: { keyId: string }
}

/** An authority of a trusted root. */
export interface TrustedAuthorityJson {
  subject: { organization: string; commonName: string }
  uri: string
  certChain: { certificates: { rawBytes: string }[] }
  validFor?: ValidForJson
}

/** Sigstore's `TrustedRoot`. */
export interface TrustedRootJson {
  mediaType: string
  tlogs: TrustedLogJson[]
  certificateAuthorities: TrustedAuthorityJson[]
  ctlogs: TrustedLogJson[]
  timestampAuthorities: TrustedAuthorityJson[]
}

/** Standard base64, padded. */
export function base64(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString("base64")
}
