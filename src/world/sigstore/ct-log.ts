import type { KeyObject } from "node:crypto"

import { createKeyPair, digest, sign, subjectPublicKeyInfo, type KeyPair } from "../crypto/keys.ts"

/** A certificate transparency log that promises to include pre-certificates (RFC 6962). */
export interface CtLog {
  readonly baseUrl: string
  readonly publicKey: KeyObject
  /** SHA-256 of the key's SubjectPublicKeyInfo. */
  readonly logId: Uint8Array
  /** A serialised `SignedCertificateTimestamp` over a pre-certificate (RFC 6962 §3.2, §3.3). */
  readonly signCertificateTimestamp: (request: PrecertificateTimestamp) => Uint8Array
}

/** What a CT log signs about one pre-certificate. */
interface PrecertificateTimestamp {
  /** The TBSCertificate without its SCT extension, DER. */
  readonly tbsCertificate: Uint8Array
  /** SHA-256 of the issuer's SubjectPublicKeyInfo. */
  readonly issuerKeyHash: Uint8Array
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly extensions?: Uint8Array
}

/** Makes a CT log; `logId` only to claim the identity of another one. */
export function createCtLog(
  options: { readonly baseUrl?: string; readonly key?: KeyPair; readonly logId?: Uint8Array } = {},
): CtLog {
  const key = options.key ?? createKeyPair("p256")
  const logId = options.logId ?? digest("sha256", subjectPublicKeyInfo(key.publicKey))
  return {
    baseUrl: options.baseUrl ?? "https://ctfe.sigstore.test/2026",
    publicKey: key.publicKey,
    logId,
    signCertificateTimestamp(request) {
      const extensions = withLength(2, request.extensions ?? new Uint8Array())
      const time = uint(8, request.timestamp)
      const signature = sign(key, Buffer.concat([...signedFields(request, time), extensions]))
      return Buffer.concat([
        uint(1, 0),
        logId,
        time,
        extensions,
        Uint8Array.of(4, key.publicKey.asymmetricKeyType === "rsa" ? 1 : 3),
        withLength(2, signature),
      ])
    },
  }
}

/** The contents of the embedded list of SCTs (RFC 6962 §3.3), still without its OCTET STRING. */
export function timestampList(timestamps: readonly Uint8Array[]): Uint8Array {
  return withLength(2, Buffer.concat(timestamps.map((timestamp) => withLength(2, timestamp))))
}

function signedFields(request: PrecertificateTimestamp, time: Uint8Array): Uint8Array[] {
  const version = uint(1, 0)
  const signatureType = uint(1, 0)
  const entryType = uint(2, 1)
  const tbs = withLength(3, request.tbsCertificate)
  return [version, signatureType, time, entryType, request.issuerKeyHash, tbs]
}

function withLength(bytes: number, contents: Uint8Array): Uint8Array {
  return Buffer.concat([uint(bytes, contents.length), contents])
}

function uint(bytes: number, value: number): Uint8Array {
  return Buffer.from(value.toString(16).padStart(bytes * 2, "0"), "hex")
}
