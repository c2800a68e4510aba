import { malformed } from "../../core/errors.ts"
import type { HashName } from "../../core/keys.ts"
import { member, preAuthenticationEncoding, readEnvelope, stringMember } from "./envelope.ts"
import {
  canonicalBody,
  envelopeBody,
  envelopeIndexKeys,
  hashedRekordBody,
  verifierKeys,
  type EnvelopeEntry,
  type EnvelopeKind,
} from "./rekor-body.ts"
import type { EntryExtra } from "./rekor-v1.ts"
import { isPermitted, readVerifier, verifyDigest } from "./rekor-verifier.ts"
import { base64, type EnvelopeJson } from "./wire.ts"

const DIGEST_BYTES: Readonly<Record<HashName, number>> = { sha256: 32, sha384: 48, sha512: 64 }

/** What a proposed entry becomes in the log. */
export interface AcceptedProposal {
  readonly body: Uint8Array
  readonly extra: EntryExtra
}

/**
 * Turns a client's `ProposedEntry` into the entry that Rekor v1 makes of it, or throws `ERR_INPUT_MALFORMED` with
 * what Rekor would complain of. Every signature is verified: over the envelope, or over the digest.
 */
export function acceptProposal(proposal: unknown): AcceptedProposal {
  const kind = `${stringMember(proposal, "kind")}/${stringMember(proposal, "apiVersion")}`
  switch (kind) {
    case "hashedrekord/0.0.1":
      return acceptHashedRekord(proposal)
    case "dsse/0.0.1":
      return acceptEnvelope(kind, dsseEntry(proposal))
    case "intoto/0.0.1":
      return acceptEnvelope(kind, intotoEntry(proposal))
    case "intoto/0.0.2":
      return acceptEnvelope(kind, intotoEntryWithEnvelope(proposal))
    default:
      throw malformed(`entry kind '${kind}' is not supported`)
  }
}

function acceptHashedRekord(proposal: unknown): AcceptedProposal {
  const algorithm = stringMember(proposal, "spec", "data", "hash", "algorithm")
  const value = stringMember(proposal, "spec", "data", "hash", "value")
  const signature = bytesMember(proposal, "spec", "signature", "content")
  const pem = textMember(proposal, "spec", "signature", "publicKey", "content")
  if (!isHashName(algorithm)) throw malformed(`unknown hash algorithm ${algorithm}`)
  const digest = Buffer.from(value, "hex")
  if (digest.length !== DIGEST_BYTES[algorithm] || value.length !== digest.length * 2) {
    throw malformed("invalid value for hash")
  }
  const { key } = readVerifier(pem)
  if (!isPermitted(key, algorithm)) throw malformed("entry algorithms are not allowed")
  if (!verifyDigest(key, algorithm, digest, signature)) {
    throw malformed(
      "verifying signature: invalid signature when validating ASN.1 encoded signature",
    )
  }
  const body = hashedRekordBody({ digest, algorithm, signature, verifier: pem, value })
  const indexKeys = [`${algorithm}:${value}`, ...verifierKeys(pem, "")]
  return { body: canonicalBody(body), extra: { indexKeys } }
}

function acceptEnvelope(kind: EnvelopeKind, proposed: EnvelopeEntry): AcceptedProposal {
  const envelope = readEnvelope(proposed.raw)
  if (envelope.signatures.length === 0) {
    throw malformed("DSSE envelope must contain 1 or more signatures")
  }
  const entry = { ...proposed, verifiers: matchVerifiers(envelope, proposed.verifiers) }
  const payload = Buffer.from(envelope.payload, "base64")
  return {
    body: canonicalBody(envelopeBody(kind, entry)),
    extra: {
      indexKeys: envelopeIndexKeys(entry),
      ...(kind === "dsse/0.0.1" ? {} : { attestation: payload }),
    },
  }
}

function dsseEntry(proposal: unknown): EnvelopeEntry {
  const verifiers = member(proposal, "spec", "proposedContent", "verifiers")
  if (!Array.isArray(verifiers)) throw malformed("`spec.proposedContent.verifiers` must be a list")
  return {
    raw: Buffer.from(stringMember(proposal, "spec", "proposedContent", "envelope"), "utf8"),
    verifiers: verifiers.map((verifier) => Buffer.from(String(verifier), "base64").toString()),
  }
}

function intotoEntry(proposal: unknown): EnvelopeEntry {
  return {
    raw: Buffer.from(stringMember(proposal, "spec", "content", "envelope"), "utf8"),
    verifiers: [textMember(proposal, "spec", "publicKey")],
  }
}

function intotoEntryWithEnvelope(proposal: unknown): EnvelopeEntry {
  const envelope = member(proposal, "spec", "content", "envelope")
  const signatures = member(envelope, "signatures")
  if (!Array.isArray(signatures) || signatures.length === 0) throw malformed("missing signatures")
  const plain = {
    payload: textMember(envelope, "payload"),
    payloadType: stringMember(envelope, "payloadType"),
    signatures: signatures.map((signature: unknown) => {
      const keyid = member(signature, "keyid")
      return {
        sig: textMember(signature, "sig"),
        ...(typeof keyid === "string" && keyid !== "" ? { keyid } : {}),
      }
    }),
  }
  return {
    raw: Buffer.from(JSON.stringify(plain), "utf8"),
    verifiers: signatures.map((signature: unknown) => textMember(signature, "publicKey")),
    claimedHash: stringMember(proposal, "spec", "content", "hash", "value"),
  }
}

/** The verifier of each signature. Every verifier has to verify one of them, until all are verified. */
function matchVerifiers(envelope: EnvelopeJson, verifiers: readonly string[]): string[] {
  const payload = Buffer.from(envelope.payload, "base64")
  const signed = preAuthenticationEncoding(envelope.payloadType, payload)
  const open = new Set(envelope.signatures.map(({ sig }) => sig))
  const found = new Map<string, string>()
  for (const pem of verifiers) {
    if (open.size === 0) break
    const accepted = [...open].filter((sig) => isSignedBy(pem, signed, Buffer.from(sig, "base64")))
    if (accepted.length === 0) throw malformed("could not verify envelope")
    for (const sig of accepted) {
      open.delete(sig)
      found.set(sig, pem)
    }
  }
  if (open.size > 0) throw malformed("all signatures must have a key that verifies it")
  return envelope.signatures.map(({ sig }) => found.get(sig) ?? "")
}

// Rekor verifies envelopes with SHA-256 whatever the key.
function isSignedBy(pem: string, signed: Uint8Array, signature: Uint8Array): boolean {
  return readVerifier(pem).key.verify(signed, signature, "sha256")
}

function bytesMember(value: unknown, ...keys: readonly string[]): Buffer {
  const text = stringMember(value, ...keys)
  const bytes = Buffer.from(text, "base64")
  if (base64(bytes) !== text) throw malformed(`\`${keys.join(".")}\` must be base64`)
  return bytes
}

function textMember(value: unknown, ...keys: readonly string[]): string {
  return bytesMember(value, ...keys).toString("utf8")
}

function isHashName(name: string): name is HashName {
  return Object.hasOwn(DIGEST_BYTES, name)
}
