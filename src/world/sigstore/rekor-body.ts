import { malformed } from "../../core/errors.ts"
import { canonicalJson, type Json } from "../crypto/canonical-json.ts"
import { IN_TOTO, member, readEnvelope, readJson } from "./envelope.ts"
import { digest, type HashName } from "../crypto/keys.ts"
import { fromPem, toPem } from "../crypto/pem.ts"
import { readVerifier } from "./rekor-verifier.ts"
import { base64 } from "./wire.ts"

/** The kinds of entries that Rekor v1 makes of a DSSE envelope. */
export type EnvelopeKind = "dsse/0.0.1" | "intoto/0.0.1" | "intoto/0.0.2"

/** A DSSE envelope on its way into a log. */
export interface EnvelopeEntry {
  /** The envelope's JSON as the client sent it: two of the kinds hash exactly these bytes. */
  readonly raw: Uint8Array
  /** One PEM certificate or public key for each signature. */
  readonly verifiers: readonly string[]
  /** The hash of the envelope as the client computed it, which the kind intoto/0.0.2 takes on trust. */
  readonly claimedHash?: string
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
  /** The digest as the client wrote it, capitals and all; lower-case hex. */
  readonly value?: string
}): Json {
  return {
    apiVersion: "0.0.1",
    kind: "hashedrekord",
    spec: {
      data: {
        hash: {
          algorithm: options.algorithm ?? "sha256",
          value: options.value ?? hex(options.digest),
        },
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
      signatures: signatures
        .map(({ sig }, index) => ({
          signature: sig,
          verifier: base64(canonicalPem(verifierOf(verifiers, index))),
        }))
        .toSorted((a, b) => (a.signature < b.signature ? -1 : 1)),
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

function intotoBodyWithEnvelope({ raw, verifiers, claimedHash }: EnvelopeEntry): Json {
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
        hash: claimedHash === undefined ? sha256(envelope) : hashOf(claimedHash),
        payloadHash: sha256(Buffer.from(payload, "base64")),
      },
    },
  }
}

/**
 * What Rekor indexes an envelope under: its hash, its payload's, its verifiers' and the names in them, and the digests of the statement's
 * subjects and materials.
 */
export function envelopeIndexKeys({ raw, verifiers }: EnvelopeEntry): string[] {
  const { payload, payloadType } = readEnvelope(raw)
  const bytes = Buffer.from(payload, "base64")
  const statement = payloadType === IN_TOTO ? jsonOrNothing(bytes) : undefined
  return [
    ...[raw, bytes].map((hashed) => `sha256:${hex(digest("sha256", hashed))}`),
    ...verifiers.flatMap((pem) => verifierKeys(pem, "sha256:")),
    ...digestSets(member(statement, "subject")),
    ...digestSets(member(statement, "predicate", "materials")),
  ]
}

/** The hash of a verifier and the names in it. Rekor writes the algorithm before the hash, except for kind hashedrekord. */
export function verifierKeys(pem: string, prefix: "sha256:" | ""): string[] {
  try {
    const { canonical, subjects } = readVerifier(pem)
    return [`${prefix}${hex(digest("sha256", Buffer.from(canonical)))}`, ...subjects]
  } catch {
    // What cannot be read was logged by a test that wants it there.
    return []
  }
}

/** PEM as Rekor re-encodes it, or throws `ERR_INPUT_MALFORMED`. */
function canonicalPem(pem: string): string {
  const blocks = pem.split(/(?<=-----END [A-Z ]+-----)/).filter((block) => block.includes("-----B"))
  if (blocks.length === 0) throw malformed("the verifier is not PEM")
  const label = pem.includes("BEGIN CERTIFICATE") ? "CERTIFICATE" : "PUBLIC KEY"
  return blocks.map((block) => toPem(label, fromPem(block) ?? Buffer.of())).join("")
}

function digestSets(list: unknown): string[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((item) => {
    const set = member(item, "digest")
    if (typeof set !== "object" || set === null) return []
    return Object.entries(set).flatMap(([algorithm, value]: [string, unknown]) =>
      typeof value === "string" ? [`${algorithm}:${value}`] : [],
    )
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
  return hashOf(hex(digest("sha256", bytes)))
}

function hashOf(value: string): { algorithm: string; value: string } {
  return { algorithm: "sha256", value }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex")
}
