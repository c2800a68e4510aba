import { encodeBase64 } from "../core/bytes.ts"
import type { Evidence, LogEntry, SignedContent, SigningMaterial } from "../core/evidence.ts"

/** What a bundle v0.3 holds. */
export interface BundleParts {
  readonly content: SignedContent
  readonly material: Exclude<SigningMaterial, { kind: "none" }>
  readonly entries: readonly LogEntry[]
  readonly timestamps: readonly Uint8Array[]
}

/**
 * Writes a DSSE envelope with its certificate and log entry as a Sigstore bundle v0.3, in protobuf's JSON on one line. The payload and
 * signature bytes are copied, never re-made. Undefined for evidence that is not an envelope with one signature and a certificate.
 */
export function writeBundle({
  content,
  material,
  entries,
  timestamps,
}: Evidence): string | undefined {
  if (
    content.kind !== "dsse" ||
    material.kind !== "certificate" ||
    content.signatures.length !== 1
  ) {
    return undefined
  }
  return bundleText({ content, material, entries, timestamps })
}

/** A Sigstore bundle v0.3 of whatever has been signed, in protobuf's JSON on one line. */
export function bundleText({ content, material, entries, timestamps }: BundleParts): string {
  return JSON.stringify({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      ...(material.kind === "certificate"
        ? { certificate: { rawBytes: encodeBase64(material.leaf) } }
        : { publicKey: { hint: material.hint } }),
      tlogEntries: entries.map(writeEntry),
      ...(timestamps.length === 0
        ? {}
        : {
            timestampVerificationData: {
              rfc3161Timestamps: timestamps.map((timestamp) => ({
                signedTimestamp: encodeBase64(timestamp),
              })),
            },
          }),
    },
    ...(content.kind === "dsse" ? writeEnvelope(content) : writeMessage(content)),
  })
}

function writeEnvelope(content: Extract<SignedContent, { kind: "dsse" }>): object {
  return {
    dsseEnvelope: {
      payload: encodeBase64(content.payload),
      payloadType: content.payloadType,
      signatures: content.signatures.map(({ sig, keyid }) => ({ sig: encodeBase64(sig), keyid })),
    },
  }
}

const PROTOBUF_NAMES: ReadonlyMap<string, string> = new Map([
  ["sha256", "SHA2_256"],
  ["sha384", "SHA2_384"],
  ["sha512", "SHA2_512"],
])

function writeMessage({ digest, signature }: Extract<SignedContent, { kind: "message" }>): object {
  const messageDigest =
    digest === undefined
      ? {}
      : {
          messageDigest: {
            algorithm: PROTOBUF_NAMES.get(digest.algorithm) ?? "HASH_ALGORITHM_UNSPECIFIED",
            digest: encodeBase64(Buffer.from(digest.value, "hex")),
          },
        }
  return { messageSignature: { ...messageDigest, signature: encodeBase64(signature) } }
}

/** An entry of a transparency log in protobuf's JSON, as bundles and PEP 740 objects hold it. */
export function writeEntry(entry: LogEntry): unknown {
  const { signedEntryTimestamp, inclusionProof } = entry
  return {
    logIndex: String(entry.logIndex),
    logId: { keyId: Buffer.from(entry.logId, "hex").toString("base64") },
    kindVersion: { kind: entry.kind, version: entry.version },
    integratedTime: String(entry.integratedTime),
    ...(signedEntryTimestamp === undefined
      ? {}
      : { inclusionPromise: { signedEntryTimestamp: encodeBase64(signedEntryTimestamp) } }),
    ...(inclusionProof === undefined
      ? {}
      : {
          inclusionProof: {
            logIndex: String(inclusionProof.logIndex),
            rootHash: encodeBase64(inclusionProof.rootHash),
            treeSize: String(inclusionProof.treeSize),
            hashes: inclusionProof.hashes.map(encodeBase64),
            ...(inclusionProof.checkpoint === undefined
              ? {}
              : { checkpoint: { envelope: inclusionProof.checkpoint } }),
          },
        }),
    canonicalizedBody: encodeBase64(entry.body),
  }
}
