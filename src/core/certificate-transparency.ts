import { concatBytes, encodeHex } from "./bytes.ts"
import { type Certificate, EXTENSION } from "./certificate.ts"
import { DER, derChildren, readDer, writeDer } from "./der.ts"
import { malformed } from "./errors.ts"
import { sha256 } from "./keys.ts"
import { isWithin, type TrustedLog } from "./trust.ts"

/** A signed certificate timestamp (RFC 6962 §3.2). */
interface SignedCertificateTimestamp {
  readonly logId: string
  /** As 8 octets, the way it is signed. */
  readonly timestamp: Uint8Array
  readonly extensions: Uint8Array
  readonly signature: Uint8Array
}

/** How the proof of publication that a certificate carries turned out. */
export type PublicationProof = "published" | "no-timestamp" | "unknown-log" | "untimely" | "invalid"

/** How far the clocks of an authority and of its log may be apart. */
const CLOCK_SKEW = 3_600_000

/**
 * Checks the timestamps embedded in `leaf` (RFC 6962 §3.3): one at least is by a trusted log that was in service, and none
 * by a known log is wrong. Timestamps by logs that are not in the trust root say nothing. An embedded timestamp is made
 * while the certificate is; one of another time is by whoever holds the key of a retired log and dates back to its days.
 */
export function checkPublication(
  leaf: Certificate,
  issuer: Certificate,
  logs: readonly TrustedLog[],
): PublicationProof {
  const extension = leaf.extensions.get(EXTENSION.signedCertificateTimestamps)
  if (extension === undefined) return "no-timestamp"
  const timestamps = parseTimestampList(readDer(extension.value, WHAT).content)
  if (timestamps.length === 0) return "no-timestamp"
  let known = 0
  for (const timestamp of timestamps) {
    const log = logs.find(({ logId }) => logId === timestamp.logId)
    if (log === undefined) continue
    known += 1
    const time = milliseconds(timestamp.timestamp)
    if (!isWithin(log.validity, time)) return "invalid"
    if (time < leaf.notBefore - CLOCK_SKEW || time > leaf.notAfter + CLOCK_SKEW) return "untimely"
    const signed = signedData(timestamp, precertificateEntry(leaf, issuer))
    if (!log.publicKey.verify(signed, timestamp.signature)) return "invalid"
  }
  return known === 0 ? "unknown-log" : "published"
}

const WHAT = "signed certificate timestamps"

// RFC 6962 §3.2: digitally-signed struct { v1, certificate_timestamp, timestamp, precert_entry, entry, extensions }.
function signedData(timestamp: SignedCertificateTimestamp, entry: Uint8Array): Uint8Array {
  return concatBytes(
    Uint8Array.of(0, 0),
    timestamp.timestamp,
    Uint8Array.of(0, 1),
    entry,
    length16(timestamp.extensions),
    timestamp.extensions,
  )
}

// RFC 6962 §3.2: PreCert { issuer_key_hash, TBSCertificate without the timestamp list }.
function precertificateEntry(leaf: Certificate, issuer: Certificate): Uint8Array {
  const tbs = tbsWithoutTimestamps(leaf)
  const length = tbs.byteLength
  return concatBytes(
    sha256(issuer.publicKey.spki),
    Uint8Array.of(length >> 16, (length >> 8) & 0xff, length & 0xff),
    tbs,
  )
}

function tbsWithoutTimestamps(leaf: Certificate): Uint8Array {
  const kept = [...leaf.extensions]
    .filter(([oid]) => oid !== EXTENSION.signedCertificateTimestamps)
    .map(([, { bytes }]) => bytes)
  const fields = derChildren(leaf.tbs, "certificate").map((field) =>
    field.tag === 0xa3 ? writeDer(0xa3, writeDer(DER.sequence, concatBytes(...kept))) : field.bytes,
  )
  return writeDer(DER.sequence, concatBytes(...fields))
}

// RFC 6962 §3.3: SignedCertificateTimestampList, TLS encoding inside an OCTET STRING.
function parseTimestampList(list: Uint8Array): readonly SignedCertificateTimestamp[] {
  const reader = new TlsReader(list)
  const body = new TlsReader(reader.vector16())
  reader.end()
  const timestamps: SignedCertificateTimestamp[] = []
  while (!body.done) timestamps.push(parseTimestamp(new TlsReader(body.vector16())))
  return timestamps
}

function parseTimestamp(reader: TlsReader): SignedCertificateTimestamp {
  const [version] = reader.take(1)
  const logId = encodeHex(reader.take(32))
  const timestamp = reader.take(8)
  const extensions = reader.vector16()
  const [hashAlgorithm, signatureAlgorithm] = reader.take(2)
  const signature = reader.vector16()
  reader.end()
  // RFC 6962 §2.1.4: SHA-256 with ECDSA (3) or RSA (1); the key decides which.
  if (
    version !== 0 ||
    hashAlgorithm !== 4 ||
    (signatureAlgorithm !== 3 && signatureAlgorithm !== 1)
  ) {
    throw malformed(`${WHAT}: unknown version or algorithm`)
  }
  return { logId, timestamp, extensions, signature }
}

function milliseconds(octets: Uint8Array): number {
  return octets.reduce((value, octet) => value * 256 + octet, 0)
}

function length16(bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(bytes.byteLength >> 8, bytes.byteLength & 0xff)
}

/** Reads TLS presentation language (RFC 8446 §3): fixed and 16-bit counted vectors. */
class TlsReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.#at === this.#bytes.byteLength
  }

  take(count: number): Uint8Array {
    const part = this.#bytes.subarray(this.#at, this.#at + count)
    if (part.byteLength !== count) throw malformed(`${WHAT} end too early`)
    this.#at += count
    return part
  }

  vector16(): Uint8Array {
    const [high = 0, low = 0] = this.take(2)
    return this.take(high * 256 + low)
  }

  end(): void {
    if (!this.done) throw malformed(`${WHAT}: surplus bytes`)
  }
}
