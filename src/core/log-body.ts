import { decodeBase64, decodeUtf8, encodeHex, equalBytes } from "./bytes.ts"
import { preAuthenticationEncoding } from "./dsse.ts"
import { isHashOfEnvelope, rawTexts } from "./envelope-text.ts"
import { malformed, WheelproofError } from "./errors.ts"
import type { EnvelopeSignature, LogEntry } from "./evidence.ts"
import { parseJson } from "./json.ts"
import { digestOf, type HashName, parsePem, sha256Hex } from "./keys.ts"
import { LIMITS } from "./limits.ts"
import { Shape } from "./shape.ts"

/** What a log entry has to be about: this signature, over these bytes, by this verifier. */
export interface LoggedSignature {
  /** The signer's certificate or SubjectPublicKeyInfo, DER. */
  readonly verifier: { readonly kind: "certificate" | "key"; readonly der: Uint8Array }
  readonly content:
    | {
        readonly kind: "dsse"
        readonly payloadType: string
        readonly payload: Uint8Array
        readonly signatures: readonly EnvelopeSignature[]
        readonly raw?: Uint8Array
      }
    | {
        readonly kind: "message"
        readonly signature: Uint8Array
        /** The artifact's own digests, by algorithm, lower-case hex. */
        readonly digests: ReadonlyMap<string, string>
      }
}

/** Where a body and a signature differ. */
export interface BodyMismatch {
  readonly expected: string
  readonly found: string
}

type BodyRule = (spec: Shape, logged: LoggedSignature) => BodyMismatch | undefined

const RULES: ReadonlyMap<string, BodyRule> = new Map([
  ["hashedrekord/0.0.1", compareHashedRekord1],
  ["hashedrekord/0.0.2", compareHashedRekord2],
  ["dsse/0.0.1", compareDsse1],
  ["dsse/0.0.2", compareDsse2],
  ["intoto/0.0.1", compareIntoto1],
  ["intoto/0.0.2", compareIntoto2],
])

/**
 * Compares the body of a log entry, member by member, with the signature that it should be about (Rekor `pkg/types`,
 * rekor-tiles `docs/`). Throws `ERR_INPUT_MALFORMED` for a body that is not of the kind it claims.
 */
export function compareBody(entry: LogEntry, logged: LoggedSignature): BodyMismatch | undefined {
  const body = new Shape(parseJson(entry.body, "log entry body"), "body")
  const kind = `${body.string("kind")}/${body.string("apiVersion")}`
  if (kind !== `${entry.kind}/${entry.version}`) {
    return { expected: `an entry of kind ${entry.kind}/${entry.version}`, found: kind }
  }
  const rule = RULES.get(kind)
  if (rule === undefined) {
    return { expected: `a log entry of kind ${[...RULES.keys()].join(", ")}`, found: kind }
  }
  const spec = body.object("spec")
  body.refuseUnread()
  return rule(spec, logged)
}

// hashedrekord 0.0.1: a signature over a file's digest; hex digests, PEM verifier.
function compareHashedRekord1(spec: Shape, logged: LoggedSignature): BodyMismatch | undefined {
  const hash = spec.object("data").object("hash")
  const signature = spec.object("signature")
  const publicKey = signature.object("publicKey")
  if (logged.content.kind !== "message") return wrongKind("a DSSE envelope", "hashedrekord/0.0.1")
  return (
    compareMessageDigest(hash.string("algorithm"), hash.string("value"), logged.content.digests) ??
    compareBytes("signature", logged.content.signature, signature.base64("content")) ??
    comparePemVerifier(decodeUtf8(publicKey.base64("content"), "verifier"), logged)
  )
}

// hashedrekord 0.0.2 (Rekor v2): a file's digest, or for DSSE the digest of the pre-authentication encoding.
function compareHashedRekord2(spec: Shape, logged: LoggedSignature): BodyMismatch | undefined {
  const record = spec.object("hashedRekordV002")
  spec.refuseUnread()
  const data = record.object("data")
  const hashName = protobufHash(data.string("algorithm"))
  const digest = data.base64("digest")
  const signature = record.object("signature")
  const { content } = logged
  if (content.kind === "message") {
    return (
      compareMessageDigest(hashName, encodeHex(digest), content.digests) ??
      compareBytes("signature", content.signature, signature.base64("content")) ??
      compareVerifier(signature.object("verifier"), logged)
    )
  }
  const encoding = preAuthenticationEncoding(content.payloadType, content.payload)
  const [only, ...others] = content.signatures
  if (only === undefined || others.length > 0) return wrongCount(content.signatures.length, 1)
  return (
    compareBytes("digest of the envelope", digestOf(hashName, encoding), digest) ??
    compareBytes("signature", only.sig, signature.base64("content")) ??
    compareVerifier(signature.object("verifier"), logged)
  )
}

function compareDsse1(spec: Shape, logged: LoggedSignature): BodyMismatch | undefined {
  if (logged.content.kind !== "dsse") return wrongKind("a file's signature", "dsse/0.0.1")
  const { content } = logged
  const payloadHash = hexHash(spec.object("payloadHash"))
  const envelopeHash = hexHash(spec.object("envelopeHash"))
  const entries = spec.shapes("signatures", LIMITS.signatures)
  spec.refuseUnread()
  const pairs = pairSignatures(content.signatures, entries, (entry) => entry.base64("signature"))
  if ("expected" in pairs) return pairs
  const keyed = withVerifiers(pairs, "verifier", logged)
  if ("expected" in keyed) return keyed
  return (
    compareText("payload hash", sha256Hex(content.payload), payloadHash) ??
    compareEnvelopeHash(envelopeHash, content, keyed.signatures)
  )
}

function compareDsse2(spec: Shape, logged: LoggedSignature): BodyMismatch | undefined {
  if (logged.content.kind !== "dsse") return wrongKind("a file's signature", "dsse/0.0.2")
  const { content } = logged
  const record = spec.object("dsseV002")
  spec.refuseUnread()
  const payloadHash = record.object("payloadHash")
  const hashName = protobufHash(payloadHash.string("algorithm"))
  const entries = record.shapes("signatures", LIMITS.signatures)
  const pairs = pairSignatures(content.signatures, entries, (entry) => entry.base64("content"))
  if ("expected" in pairs) return pairs
  for (const { entry } of pairs.matched) {
    const mismatch = compareVerifier(entry.object("verifier"), logged)
    if (mismatch !== undefined) return mismatch
  }
  return compareBytes(
    "payload hash",
    digestOf(hashName, content.payload),
    payloadHash.base64("digest"),
  )
}

// intoto 0.0.1 hashes the envelope's text and does not repeat the signature, so the text must be at hand.
function compareIntoto1(spec: Shape, logged: LoggedSignature): BodyMismatch | undefined {
  if (logged.content.kind !== "dsse") return wrongKind("a file's signature", "intoto/0.0.1")
  const { content } = logged
  const record = spec.object("content")
  const publicKey = spec.base64("publicKey")
  spec.refuseUnread()
  // Entries from before 2022 have no payload hash; the envelope's hash covers the payload too.
  const payloadHash = record.optionalObject("payloadHash")
  const pem = decodeUtf8(publicKey, "verifier")
  const keyed = content.signatures.map((signature) => ({ ...signature, publicKey: pem }))
  return (
    compareEnvelopeHash(hexHash(record.object("hash")), content, keyed) ??
    (payloadHash === undefined
      ? undefined
      : compareText("payload hash", sha256Hex(content.payload), hexHash(payloadHash))) ??
    comparePemVerifier(pem, logged)
  )
}

function compareIntoto2(spec: Shape, logged: LoggedSignature): BodyMismatch | undefined {
  if (logged.content.kind !== "dsse") return wrongKind("a file's signature", "intoto/0.0.2")
  const { content } = logged
  const record = spec.object("content")
  spec.refuseUnread()
  const envelope = record.object("envelope")
  const entries = envelope.shapes("signatures", LIMITS.signatures)
  // The signature is base64 of base64 here.
  const pairs = pairSignatures(content.signatures, entries, (entry) =>
    decodeBase64(decodeUtf8(entry.base64("sig"), "signature"), "signature"),
  )
  if ("expected" in pairs) return pairs
  const keyed = withVerifiers(pairs, "publicKey", logged)
  if ("expected" in keyed) return keyed
  return (
    compareText("payload type", content.payloadType, envelope.string("payloadType")) ??
    compareText(
      "payload hash",
      sha256Hex(content.payload),
      hexHash(record.object("payloadHash")),
    ) ??
    compareEnvelopeHash(hexHash(record.object("hash")), content, keyed.signatures)
  )
}

interface SignaturePairs {
  readonly matched: readonly { readonly signature: EnvelopeSignature; readonly entry: Shape }[]
}

/** Pairs each signature of the envelope with its own one in the entry; both sides have to come out even. */
function pairSignatures(
  signatures: readonly EnvelopeSignature[],
  entries: readonly Shape[],
  signatureOf: (entry: Shape) => Uint8Array,
): SignaturePairs | BodyMismatch {
  if (signatures.length !== entries.length) return wrongCount(signatures.length, entries.length)
  const left = [...entries]
  const matched: SignaturePairs["matched"][number][] = []
  for (const signature of signatures) {
    const index = left.findIndex((entry) => equalBytes(signatureOf(entry), signature.sig))
    const [entry] = index === -1 ? [] : left.splice(index, 1)
    if (entry === undefined) {
      return { expected: "the envelope's signature", found: "another signature in the log entry" }
    }
    matched.push({ signature, entry })
  }
  return { matched }
}

/** The signatures with the verifier's PEM text, which some texts of an envelope hold; each verifier has to be the signer. */
function withVerifiers(
  { matched }: SignaturePairs,
  member: "verifier" | "publicKey",
  logged: LoggedSignature,
): { readonly signatures: readonly KeyedSignature[] } | BodyMismatch {
  const signatures: KeyedSignature[] = []
  for (const { signature, entry } of matched) {
    const publicKey = decodeUtf8(entry.base64(member), "verifier")
    const mismatch = comparePemVerifier(publicKey, logged)
    if (mismatch !== undefined) return mismatch
    signatures.push({ ...signature, publicKey })
  }
  return { signatures }
}

interface KeyedSignature extends EnvelopeSignature {
  readonly publicKey: string
}

function compareEnvelopeHash(
  logged: string,
  content: {
    readonly payload: Uint8Array
    readonly payloadType: string
    readonly raw?: Uint8Array
  },
  signatures: readonly (EnvelopeSignature & { readonly publicKey?: string })[],
): BodyMismatch | undefined {
  const { payload, payloadType, raw } = content
  if (raw !== undefined && rawTexts(raw).some((text) => sha256Hex(text) === logged)) {
    return undefined
  }
  if (isHashOfEnvelope(logged, { payload, payloadType, signatures })) return undefined
  return { expected: "the hash of this envelope", found: `the hash ${logged}` }
}

function compareMessageDigest(
  algorithm: string,
  logged: string,
  digests: ReadonlyMap<string, string>,
): BodyMismatch | undefined {
  const own = digests.get(algorithm)
  if (own === undefined)
    return { expected: `a digest by ${[...digests.keys()].join(", ")}`, found: algorithm }
  return compareText("artifact's digest", own, logged)
}

// The verifier in a Rekor v1 body: base64 of PEM, a certificate or a public key.
function comparePemVerifier(pem: string, { verifier }: LoggedSignature): BodyMismatch | undefined {
  const label = verifier.kind === "certificate" ? "CERTIFICATE" : "PUBLIC KEY"
  const der = parsePem(pem, label, "the log entry's verifier")
  return compareBytes(verifier.kind, verifier.der, der)
}

// The verifier in a Rekor v2 body: DER in base64 (Sigstore protobuf `Verifier`).
function compareVerifier(shape: Shape, { verifier }: LoggedSignature): BodyMismatch | undefined {
  const member = verifier.kind === "certificate" ? "x509Certificate" : "publicKey"
  const other = verifier.kind === "certificate" ? "publicKey" : "x509Certificate"
  if (shape.has(other)) return { expected: `a ${verifier.kind}`, found: `a ${other}` }
  return compareBytes(verifier.kind, verifier.der, shape.object(member).base64("rawBytes"))
}

function compareBytes(
  what: string,
  expected: Uint8Array,
  found: Uint8Array,
): BodyMismatch | undefined {
  if (equalBytes(expected, found)) return undefined
  return {
    expected: `the ${what} with SHA-256 ${sha256Hex(expected)}`,
    found: `a ${what} with SHA-256 ${sha256Hex(found)}`,
  }
}

function compareText(what: string, expected: string, found: string): BodyMismatch | undefined {
  return expected === found
    ? undefined
    : { expected: `the ${what} ${expected}`, found: `the ${what} ${found}` }
}

function hexHash(shape: Shape): string {
  if (shape.string("algorithm") !== "sha256") throw malformed(`${shape.path} is not by SHA-256`)
  return shape.string("value")
}

const PROTOBUF_HASH = new Map<string, HashName>([
  ["SHA2_256", "sha256"],
  ["SHA2_384", "sha384"],
  ["SHA2_512", "sha512"],
])

function protobufHash(name: string): HashName {
  const hashName = PROTOBUF_HASH.get(name)
  if (hashName === undefined) throw malformed(`unknown hash algorithm ${JSON.stringify(name)}`)
  return hashName
}

function wrongKind(content: string, kind: string): BodyMismatch {
  return { expected: `a log entry for ${content}`, found: `one of kind ${kind}` }
}

function wrongCount(expected: number, found: number): BodyMismatch {
  return { expected: `${expected} signatures`, found: `${found} signatures` }
}

/** Whether an entry is about this evidence: its body can be rebuilt from it. For choosing among the answers of a search. */
export function matchesBody(entry: LogEntry, logged: LoggedSignature): boolean {
  try {
    return compareBody(entry, logged) === undefined
  } catch (error) {
    if (error instanceof WheelproofError) return false
    throw error
  }
}
