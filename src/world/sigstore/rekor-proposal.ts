import { createPublicKey, verify, X509Certificate, type KeyObject } from "node:crypto"

import { malformed } from "../../core/errors.ts"
import { member, preAuthenticationEncoding, readEnvelope, stringMember } from "./envelope.ts"
import { usualHash, type HashName } from "../crypto/keys.ts"
import {
  canonicalBody,
  envelopeBody,
  envelopeIndexKeys,
  hashedRekordBody,
  type EnvelopeEntry,
  type EnvelopeKind,
} from "./rekor-body.ts"
import type { EntryExtra } from "./rekor-v1.ts"
import { base64, type EnvelopeJson } from "./wire.ts"

/** What a proposed entry becomes in the log. */
export interface AcceptedProposal {
  readonly body: Uint8Array
  readonly extra: EntryExtra
}

/**
 * Turns a client's `ProposedEntry` into the entry that Rekor v1 makes of it, or throws `ERR_INPUT_MALFORMED` with
 * what Rekor would complain of. Signatures of envelopes are verified; the one over a digest (kind hashedrekord) is
 * not, for want of a primitive that verifies ECDSA over a digest.
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
  if (!isHashName(algorithm)) throw malformed(`unknown hash algorithm ${algorithm}`)
  const body = hashedRekordBody({
    digest: Buffer.from(value, "hex"),
    algorithm,
    signature: bytesMember(proposal, "spec", "signature", "content"),
    verifier: textMember(proposal, "spec", "signature", "publicKey", "content"),
  })
  return { body: canonicalBody(body), extra: { indexKeys: [`${algorithm}:${value}`] } }
}

function acceptEnvelope(kind: EnvelopeKind, proposed: EnvelopeEntry): AcceptedProposal {
  const envelope = readEnvelope(proposed.raw)
  const entry = { raw: proposed.raw, verifiers: matchVerifiers(envelope, proposed.verifiers) }
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
  if (!Array.isArray(signatures)) throw malformed("`signatures` must be a list")
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
  }
}

function matchVerifiers(envelope: EnvelopeJson, verifiers: readonly string[]): string[] {
  const signed = preAuthenticationEncoding(
    envelope.payloadType,
    Buffer.from(envelope.payload, "base64"),
  )
  return envelope.signatures.map(({ sig }) => {
    const found = verifiers.find((pem) => isSignedBy(pem, signed, Buffer.from(sig, "base64")))
    if (found === undefined) throw malformed("could not verify envelope")
    return found
  })
}

function isSignedBy(pem: string, signed: Uint8Array, signature: Uint8Array): boolean {
  try {
    const key = publicKeyOf(pem)
    if (key.asymmetricKeyType === "ed25519") return verify(null, signed, key, signature)
    const hashes = new Set<HashName>(["sha256", usualHash(key)])
    return [...hashes].some((hash) => verify(hash, signed, key, signature))
  } catch (cause) {
    throw malformed("public key provided could not be parsed", cause)
  }
}

function publicKeyOf(pem: string): KeyObject {
  return pem.includes("BEGIN CERTIFICATE")
    ? new X509Certificate(pem).publicKey
    : createPublicKey(pem)
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
  return ["sha1", "sha256", "sha384", "sha512"].includes(name)
}
