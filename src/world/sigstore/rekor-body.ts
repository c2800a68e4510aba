import { malformed } from "../../core/errors.ts"
import { canonicalJson, type Json } from "../crypto/canonical-json.ts"
import { IN_TOTO, member, readEnvelope, readJson } from "./envelope.ts"
import { digest, type HashName } from "../crypto/keys.ts"
import { fromPem, toPem } from "../crypto/pem.ts"
import { base64 } from "./wire.ts"

/** The kinds of entries that Rekor v1 makes of a DSSE envelope. */
export type EnvelopeKind = "dsse/0.0.1" | "intoto/0.0.1" | "intoto/0.0.2"

/** A DSSE envelope on its way into a log. */
export interface EnvelopeEntry {
  /** The envelope's JSON as the client sent it: two of the kinds hash exactly these bytes. */
  readonly raw: Uint8Array
  /** One PEM certificate or public key for each signature. */
  readonly verifiers: readonly string[]
}

/** The body of an entry for an envelope. */
export function envelopeBody(kind: EnvelopeKind, entry: EnvelopeEntry): Json {
  switch (kind) {
    case "dsse/0.0.1":
      return dsseBody(entry)
    case "intoto/0.0.1":
      return intotoBody(entry)
    case "intoto/0.0.2":
      return intotoBodyWithEnvelope(entry)
  }
}

/** The body of kind hashedrekord/0.0.1: a signature over a digest. */
export function hashedRekordBody(options: {
  readonly digest: Uint8Array
  readonly algorithm?: HashName
  readonly signature: Uint8Array
  readonly verifier: string
}): Json {
  return {
    apiVersion: "0.0.1",
    kind: "hashedrekord",
    spec: {
      data: {
        hash: { algorithm: options.algorithm ?? "sha256", value: hex(options.digest) },
      },
      signature: {
        content: base64(options.signature),
        publicKey: { content: base64(canonicalPem(options.verifier)) },
      },
    },
  }
}

/** The bytes that Rekor stores and hashes for a body. */
export function canonicalBody(body: Json): Uint8Array {
  return Buffer.from(canonicalJson(body), "utf8")
}

function dsseBody({ raw, verifiers }: EnvelopeEntry): Json {
  const { payload, signatures } = readEnvelope(raw)
  return {
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: {
      envelopeHash: sha256(raw),
      payloadHash: sha256(Buffer.from(payload, "base64")),
      signatures: signatures.map(({ sig }, index) => ({
        signature: sig,
        verifier: base64(canonicalPem(verifierOf(verifiers, index))),
      })),
    },
  }
}

function intotoBody({ raw, verifiers }: EnvelopeEntry): Json {
  const { payload } = readEnvelope(raw)
  return {
    apiVersion: "0.0.1",
    kind: "intoto",
    spec: {
      content: {
        hash: sha256(raw),
        payloadHash: sha256(Buffer.from(payload, "base64")),
      },
      publicKey: base64(canonicalPem(verifierOf(verifiers, 0))),
    },
  }
}

function intotoBodyWithEnvelope({ raw, verifiers }: EnvelopeEntry): Json {
  const { payload, payloadType, signatures } = readEnvelope(raw)
  const signers = signatures.map(({ sig, keyid }, index) => ({
    ...(keyid === undefined || keyid === "" ? {} : { keyid }),
    // Of this kind alone Rekor keeps the PEM as the client sent it.
    publicKey: verifierOf(verifiers, index),
    sig,
  }))
  // What `@sigstore/sign` hashes: the canonical envelope with the verifiers in it, as PEM text.
  const envelope = canonicalBody({ payload, payloadType, signatures: signers })
  return {
    apiVersion: "0.0.2",
    kind: "intoto",
    spec: {
      content: {
        envelope: {
          payloadType,
          // Rekor keeps PEM and the signature's base64 text as bytes, so its JSON has base64 of base64.
          signatures: signers.map(({ publicKey, sig, ...signer }) => ({
            ...signer,
            publicKey: base64(publicKey),
            sig: base64(sig),
          })),
        },
        hash: sha256(envelope),
        payloadHash: sha256(Buffer.from(payload, "base64")),
      },
    },
  }
}

/** What Rekor indexes an envelope under: its hash, its payload's, and those of the statement's subjects. */
export function envelopeIndexKeys({ raw }: EnvelopeEntry): string[] {
  const { payload, payloadType } = readEnvelope(raw)
  const bytes = Buffer.from(payload, "base64")
  const subjects = payloadType === IN_TOTO ? subjectDigests(bytes) : []
  return [digest("sha256", raw), digest("sha256", bytes)]
    .map((hash) => `sha256:${hex(hash)}`)
    .concat(subjects)
}

/** PEM as Rekor re-encodes it, or throws `ERR_INPUT_MALFORMED`. */
function canonicalPem(pem: string): string {
  const der = fromPem(pem)
  if (der === undefined) throw malformed("the verifier is not PEM")
  return toPem(pem.includes("BEGIN CERTIFICATE") ? "CERTIFICATE" : "PUBLIC KEY", der)
}

function subjectDigests(payload: Uint8Array): string[] {
  const subjects = member(jsonOrNothing(payload), "subject")
  if (!Array.isArray(subjects)) return []
  return subjects.flatMap((subject) => {
    const value = member(subject, "digest", "sha256")
    return typeof value === "string" ? [`sha256:${value}`] : []
  })
}

// Rekor logs what it cannot read; it only does not index it.
function jsonOrNothing(payload: Uint8Array): unknown {
  try {
    return readJson(payload)
  } catch {
    return undefined
  }
}

function verifierOf(verifiers: readonly string[], index: number): string {
  const verifier = verifiers[index]
  if (verifier === undefined) throw malformed("a signature of the envelope has no verifier")
  return verifier
}

function sha256(bytes: Uint8Array): { algorithm: string; value: string } {
  return { algorithm: "sha256", value: hex(digest("sha256", bytes)) }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex")
}
