import { encodeBase64 } from "../core/bytes.ts"
import type { Evidence, LogEntry } from "../core/evidence.ts"

/**
 * Writes a DSSE envelope with its certificate and log entry as a Sigstore bundle v0.3, in protobuf's JSON on one line. The payload and
 * signature bytes are copied, never re-made. Undefined for evidence that a v0.3 bundle cannot hold.
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
  return JSON.stringify({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      certificate: { rawBytes: encodeBase64(material.leaf) },
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
    dsseEnvelope: {
      payload: encodeBase64(content.payload),
      payloadType: content.payloadType,
      signatures: content.signatures.map(({ sig, keyid }) => ({ sig: encodeBase64(sig), keyid })),
    },
  })
}

function writeEntry(entry: LogEntry): unknown {
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
