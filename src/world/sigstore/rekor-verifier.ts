import { constants, createPublicKey, publicDecrypt } from "node:crypto"

import { equalBytes } from "../../core/bytes.ts"
import { parseCertificate } from "../../core/certificate.ts"
import { malformed, WheelproofError } from "../../core/errors.ts"
import { parseIdentity } from "../../core/fulcio.ts"
import { parsePublicKey, type HashName, type PublicKey } from "../../core/keys.ts"
import { verifyPrehashed } from "../../core/prehash.ts"
import { nullValue, objectIdentifier, octetString, sequence } from "../crypto/der.ts"
import { fromPem, toPem } from "../crypto/pem.ts"

const MAX_CHAIN = 10
const HASH_OIDS: Readonly<Record<HashName, string>> = {
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
}
// What Rekor's default registry of algorithms pairs with each kind of key.
const PERMITTED: Readonly<Record<PublicKey["type"], HashName>> = {
  p256: "sha256",
  p384: "sha384",
  p521: "sha512",
  rsa: "sha256",
  ed25519: "sha512",
}

/** A certificate or public key that came with an entry. */
export interface EntryVerifier {
  readonly key: PublicKey
  /** The PEM as Rekor writes it. */
  readonly canonical: string
  /** The names in the certificate, which Rekor indexes. */
  readonly subjects: readonly string[]
}

/** Reads PEM: one public key, one certificate, or a chain with the leaf first. Throws `ERR_INPUT_MALFORMED`. */
export function readVerifier(pem: string): EntryVerifier {
  const blocks = pem.match(/-----BEGIN [A-Z ]+-----[^-]*-----END [A-Z ]+-----/g) ?? []
  const [first = ""] = blocks
  const der = fromPem(first)
  if (der === undefined) throw malformed("invalid public key: failure decoding PEM")
  if (blocks.length > MAX_CHAIN) throw malformed("too many certificates in the chain")
  if (first.includes("BEGIN PUBLIC KEY")) {
    if (blocks.length > 1) throw malformed("a public key stands alone")
    const key = parsePublicKey(der, "public key")
    return { key, canonical: toPem("PUBLIC KEY", key.spki), subjects: [] }
  }
  const certificate = parseCertificate(der)
  return {
    key: certificate.publicKey,
    canonical: blocks.map((block) => toPem("CERTIFICATE", fromPem(block) ?? der)).join(""),
    subjects: subjectsOf(() => [parseIdentity(certificate).san.value]),
  }
}

/** Whether the key is one that Rekor takes with this hash; of the others it says that their algorithm is not allowed. */
export function isPermitted(key: PublicKey, hash: HashName): boolean {
  return PERMITTED[key.type] === hash
}

/** Verifies a signature over a digest. Throws `ERR_INPUT_UNSUPPORTED` for Ed25519ph, which no library here verifies over a digest. */
export function verifyDigest(
  key: PublicKey,
  hash: HashName,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (key.type === "rsa") return verifyRsaDigest(key, hash, digest, signature)
  if (key.type !== "ed25519") {
    return verifyPrehashed(key, { [hash]: Buffer.from(digest).toString("hex") }, signature)
  }
  throw new WheelproofError(
    "ERR_INPUT_UNSUPPORTED",
    "the local world does not verify Ed25519ph signatures",
  )
}

// RFC 8017 §8.2.2: the recovered encoding is compared as a whole with the only one that is right, not parsed.
function verifyRsaDigest(
  { spki }: PublicKey,
  hash: HashName,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const algorithm = sequence(objectIdentifier(HASH_OIDS[hash]), nullValue())
  const expected = sequence(algorithm, octetString(digest))
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" })
    const padding = constants.RSA_PKCS1_PADDING
    return equalBytes(publicDecrypt({ key, padding }, signature), expected)
  } catch {
    return false
  }
}

// A certificate without exactly one name is logged all the same; it is only not found by it.
function subjectsOf(read: () => string[]): string[] {
  try {
    return read()
  } catch {
    return []
  }
}
