import { encodeHex } from "../core/bytes.ts"
import { parseCertificate } from "../core/certificate.ts"
import { malformed } from "../core/errors.ts"
import type { Evidence, EvidenceForm, SignedContent, SigningMaterial } from "../core/evidence.ts"
import { LIMITS } from "../core/limits.ts"
import type { Shape } from "../core/shape.ts"
import { parseEnvelope } from "./envelope.ts"
import { parseLogEntry } from "./log-entry.ts"

/** The media types of Sigstore bundles, each with its version (Sigstore protobuf specs, `sigstore_bundle.proto`). */
const MEDIA_TYPES: ReadonlyMap<string, EvidenceForm> = new Map([
  ["application/vnd.dev.sigstore.bundle+json;version=0.1", "sigstore-bundle-v0.1"],
  ["application/vnd.dev.sigstore.bundle+json;version=0.2", "sigstore-bundle-v0.2"],
  ["application/vnd.dev.sigstore.bundle+json;version=0.3", "sigstore-bundle-v0.3"],
  ["application/vnd.dev.sigstore.bundle.v0.3+json", "sigstore-bundle-v0.3"],
])

/**
 * Parses a Sigstore bundle, v0.1 to v0.3, in protobuf's JSON. Strict: an unknown media type or member is refused, as is every
 * number or base64 text that is not in its one form. Throws `ERR_INPUT_MALFORMED` or `ERR_INPUT_TOO_LARGE`.
 */
export function parseBundle(bundle: Shape, origin: string): Evidence {
  const mediaType = bundle.string("mediaType")
  const form = MEDIA_TYPES.get(mediaType)
  if (form === undefined) throw malformed(`unknown bundle media type ${JSON.stringify(mediaType)}`)
  const material = bundle.object("verificationMaterial")
  const evidence: Evidence = {
    form,
    origin,
    content: parseContent(bundle),
    material: parseMaterial(material, form),
    entries: material.shapes("tlogEntries", LIMITS.logEntries).map(parseLogEntry),
    timestamps: parseTimestamps(material.optionalObject("timestampVerificationData")),
  }
  material.refuseUnread()
  bundle.refuseUnread()
  return evidence
}

function parseContent(bundle: Shape): SignedContent {
  const envelope = bundle.optionalObject("dsseEnvelope")
  const message = bundle.optionalObject("messageSignature")
  if (envelope !== undefined && message !== undefined) {
    throw malformed("a bundle holds an envelope and a message signature")
  }
  if (envelope !== undefined) return parseEnvelope(envelope)
  if (message === undefined)
    throw malformed("a bundle holds neither envelope nor message signature")
  const content: SignedContent = {
    kind: "message",
    signature: message.base64("signature"),
    digest: parseMessageDigest(message.optionalObject("messageDigest")),
  }
  message.refuseUnread()
  return content
}

const PROTOBUF_HASHES: ReadonlyMap<string, string> = new Map([
  ["SHA2_256", "sha256"],
  ["SHA2_384", "sha384"],
  ["SHA2_512", "sha512"],
])

function parseMessageDigest(
  digest: Shape | undefined,
): { readonly algorithm: string; readonly value: string } | undefined {
  if (digest === undefined) return undefined
  const name = digest.string("algorithm")
  const algorithm = PROTOBUF_HASHES.get(name)
  if (algorithm === undefined) throw malformed(`unknown hash algorithm ${JSON.stringify(name)}`)
  const value = encodeHex(digest.base64("digest"))
  digest.refuseUnread()
  return { algorithm, value }
}

function parseMaterial(material: Shape, form: EvidenceForm): SigningMaterial {
  const chain = material.optionalObject("x509CertificateChain")
  const certificate = material.optionalObject("certificate")
  const publicKey = material.optionalObject("publicKey")
  if ([chain, certificate, publicKey].filter((part) => part !== undefined).length > 1) {
    throw malformed("a bundle names more than one kind of signer")
  }
  if (certificate !== undefined) {
    return { kind: "certificate", leaf: parseOnly(certificate, "rawBytes"), intermediates: [] }
  }
  if (chain !== undefined) return parseChain(chain, form)
  if (publicKey === undefined) throw malformed("a bundle names no signer")
  const hint = publicKey.optionalString("hint") ?? ""
  publicKey.refuseUnread()
  return { kind: "key", hint }
}

// The Sigstore bundle spec: from v0.3 on the leaf travels alone, so that nobody takes a root from the evidence itself.
function parseChain(chain: Shape, form: EvidenceForm): SigningMaterial {
  if (form === "sigstore-bundle-v0.3") throw malformed("a v0.3 bundle holds a certificate chain")
  const [leaf, ...intermediates] = chain
    .shapes("certificates", LIMITS.certificates)
    .map((certificate) => parseOnly(certificate, "rawBytes"))
  // Trust comes from the trust root alone, so nothing else is done with these; but they have to be what they are called.
  for (const intermediate of intermediates) parseCertificate(intermediate, "a chain's certificate")
  if (leaf === undefined) throw malformed("a bundle's certificate chain is empty")
  chain.refuseUnread()
  return { kind: "certificate", leaf, intermediates }
}

function parseTimestamps(data: Shape | undefined): readonly Uint8Array[] {
  if (data === undefined) return []
  const timestamps = data
    .shapes("rfc3161Timestamps", LIMITS.timestamps)
    .map((timestamp) => parseOnly(timestamp, "signedTimestamp"))
  data.refuseUnread()
  return timestamps
}

/** The bytes of an object that has this one member. */
function parseOnly(wrapper: Shape, name: string): Uint8Array {
  const bytes = wrapper.base64(name)
  wrapper.refuseUnread()
  return bytes
}
