import type { Statement } from "./statement.ts"

/** The forms in which evidence comes. */
export type EvidenceForm =
  | "sigstore-bundle-v0.1"
  | "sigstore-bundle-v0.2"
  | "sigstore-bundle-v0.3"
  | "dsse-envelope"
  | "pep740-attestation"

/** One signature of a DSSE envelope (DSSE v1.0.2). */
export interface EnvelopeSignature {
  readonly sig: Uint8Array
  readonly keyid: string
}

/** A signed statement, or a signature over a file itself. */
export type SignedContent =
  | {
      readonly kind: "dsse"
      readonly payloadType: string
      /** The bytes that were signed; never re-serialised. */
      readonly payload: Uint8Array
      readonly signatures: readonly EnvelopeSignature[]
      readonly statement: Statement
      /** The envelope as it stood in its file, for log entries that hash it (kinds intoto/0.0.1 and dsse/0.0.1). */
      readonly raw?: Uint8Array
    }
  | {
      readonly kind: "message"
      readonly signature: Uint8Array
      /** What the bundle says was signed. A hint: the digest that counts is the artifact's own. */
      readonly digest: { readonly algorithm: string; readonly value: string } | undefined
    }

/** A Merkle inclusion proof as it came (RFC 9162 §2.1.3). */
export interface InclusionProof {
  readonly logIndex: bigint
  readonly treeSize: bigint
  readonly rootHash: Uint8Array
  readonly hashes: readonly Uint8Array[]
  /** The signed note; absent in some v0.1 bundles. */
  readonly checkpoint: string | undefined
}

/** One entry of a transparency log as a bundle carries it (Sigstore protobuf `TransparencyLogEntry`). */
export interface LogEntry {
  readonly logIndex: bigint
  /** The log's key id, lower-case hex. */
  readonly logId: string
  readonly kind: string
  readonly version: string
  /** Seconds since 1970; 0 where the log gives none. Proved only by `signedEntryTimestamp`. */
  readonly integratedTime: number
  readonly signedEntryTimestamp: Uint8Array | undefined
  readonly inclusionProof: InclusionProof | undefined
  readonly body: Uint8Array
}

/** Who signed, as the evidence has it: a certificate, the hint of a managed key, or nothing. */
export type SigningMaterial =
  | {
      readonly kind: "certificate"
      readonly leaf: Uint8Array
      readonly intermediates: readonly Uint8Array[]
    }
  | { readonly kind: "key"; readonly hint: string }
  | { readonly kind: "none" }

/** The publisher that an index names beside attestations (PEP 740 provenance object). Index data: nobody signed it. */
export type Publisher =
  | {
      readonly kind: "GitHub"
      readonly repository: string
      readonly workflow: string
      readonly environment?: string
    }
  | {
      readonly kind: "GitLab"
      readonly repository: string
      readonly workflow: string
      readonly environment?: string
    }
  | { readonly kind: "Google"; readonly email: string }
  | {
      readonly kind: "CircleCI"
      readonly projectId: string
      readonly pipelineDefinitionId: string
      readonly vcsOrigin?: string
      readonly vcsRef?: string
    }
  | { readonly kind: "unknown"; readonly name: string }

/** One attestation, parsed and bounded, not yet believed. */
export interface Evidence {
  readonly form: EvidenceForm
  /** Where it came from, for people: a file, with line or position where it holds several. */
  readonly origin: string
  readonly content: SignedContent
  readonly material: SigningMaterial
  readonly entries: readonly LogEntry[]
  /** RFC 3161 `TimeStampResp`, DER. */
  readonly timestamps: readonly Uint8Array[]
  readonly publisher?: Publisher
}
