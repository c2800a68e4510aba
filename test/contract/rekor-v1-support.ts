import { createPublicKey, verify, type KeyObject } from "node:crypto"

import { expect } from "vitest"

import { leafHash } from "../../src/core/merkle.ts"
import { canonicalJson, type Json } from "../../src/world/crypto/canonical-json.ts"
import { digest, sign, type KeyPair } from "../../src/world/crypto/keys.ts"
import {
  createCertificateAuthority,
  type CertificateAuthority,
} from "../../src/world/sigstore/certificate-authority.ts"
import { createCtLog } from "../../src/world/sigstore/ct-log.ts"
import { IN_TOTO, preAuthenticationEncoding } from "../../src/world/sigstore/envelope.ts"
import { managedSigner, verifierPem } from "../../src/world/sigstore/signer.ts"
import { requestJson, type JsonAnswer } from "./fulcio-support.ts"
import { expectInclusion, freshSignature, signedCheckpoint } from "./log-support.ts"

/** A Rekor v1 to hold to the contract. */
export interface RekorV1Subject {
  readonly url: () => string
  /** The name in its checkpoints, before the tree's id. */
  readonly hostname: string
}

/** An entry as the API gives it. */
export interface Entry {
  readonly body: string
  readonly integratedTime: number
  readonly logID: string
  readonly logIndex: number
  readonly attestation?: { readonly data: string }
  readonly verification: {
    readonly signedEntryTimestamp: string
    readonly inclusionProof: {
      readonly checkpoint: string
      readonly hashes: readonly string[]
      readonly logIndex: number
      readonly rootHash: string
      readonly treeSize: number
    }
  }
}

/** Where entries are. */
export const ENTRIES = "/api/v1/log/entries"
/** Standard base64. */
export const base64: (bytes: Uint8Array | string) => string = (bytes) =>
  Buffer.from(bytes).toString("base64")
/** Lower-case hex. */
export const hex: (bytes: Uint8Array) => string = (bytes) => Buffer.from(bytes).toString("hex")
/** SHA-256, lower-case hex. */
export const sha256: (bytes: Uint8Array | string) => string = (bytes) =>
  hex(digest("sha256", Buffer.from(bytes)))
/** Issues certificates that a log has no reason to refuse. */
export const authority: CertificateAuthority = createCertificateAuthority({
  now: Date.now(),
  ctLog: createCtLog(),
})

/** A proposal of a signature over a digest. */
export function hashedRekord(options: {
  readonly digest: Uint8Array
  readonly signature: Uint8Array
  readonly pem: string
  readonly algorithm?: string
}): { readonly kind: string; readonly apiVersion: string; readonly spec: Record<string, Json> } {
  const { algorithm = "sha256" } = options
  return {
    apiVersion: "0.0.1",
    kind: "hashedrekord",
    spec: {
      data: { hash: { algorithm, value: hex(options.digest) } },
      signature: {
        content: base64(options.signature),
        publicKey: { content: base64(options.pem) },
      },
    },
  }
}

/** A proposal that no log has yet. */
export function freshHashedRekord(
  kind: "p256" | "p384" | "rsa2048" = "p256",
  algorithm: "sha256" | "sha384" = "sha256",
): ReturnType<typeof hashedRekord> {
  const { key, ...signed } = freshSignature(kind, algorithm)
  return hashedRekord({ ...signed, algorithm, pem: verifierPem(managedSigner(key)) })
}

/** An envelope about a fresh subject, signed by these keys with SHA-256. */
export function freshEnvelope(...keys: readonly KeyPair[]): {
  readonly text: string
  readonly payload: Buffer
  readonly subject: string
  readonly signatures: readonly string[]
} {
  const subject = sha256(String(Math.random()))
  const payload = Buffer.from(
    JSON.stringify({
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "rocket-1.0.tar.gz", digest: { sha256: subject } }],
      predicateType: "https://slsa.dev/provenance/v1",
      predicate: {},
    }),
  )
  const signed = preAuthenticationEncoding(IN_TOTO, payload)
  const signatures = keys.map((key) => base64(sign(key, signed, "sha256")))
  const text = JSON.stringify({
    payload: base64(payload),
    payloadType: IN_TOTO,
    signatures: signatures.map((sig) => ({ sig })),
  })
  return { text, payload, subject, signatures }
}

/** A proposal of an envelope. */
export function dsse(envelope: string, ...pems: readonly string[]): object {
  return {
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: { proposedContent: { envelope, verifiers: pems.map(base64) } },
  }
}

/** A client of a subject that expects what every answer has to be. */
export interface RekorV1Client {
  readonly post: (path: string, body: unknown) => Promise<JsonAnswer>
  readonly get: (path: string) => Promise<JsonAnswer>
  readonly logKey: () => Promise<KeyObject>
  readonly created: (proposal: unknown) => Promise<Found>
  readonly expectProved: (found: Found) => Promise<void>
}

/** An entry with its id. */
export interface Found {
  readonly uuid: string
  readonly entry: Entry
}

/** Makes a client. */
export function rekorV1Client(subject: RekorV1Subject): RekorV1Client {
  const post = async (path: string, body: unknown): Promise<JsonAnswer> =>
    await requestJson(subject.url() + path, "POST", body)

  const get = async (path: string): Promise<JsonAnswer> =>
    await requestJson(subject.url() + path, "GET")

  async function logKey(): Promise<KeyObject> {
    const response = await fetch(`${subject.url()}/api/v1/log/publicKey`)
    expect(response.headers.get("content-type")).toContain("application/x-pem-file")
    return createPublicKey(await response.text())
  }

  async function created(proposal: unknown): Promise<Found> {
    const response = await fetch(subject.url() + ENTRIES, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(proposal),
    })
    const json = (await response.json()) as Record<string, unknown>
    expect({ status: response.status, json }).toMatchObject({ status: 201 })
    const { uuid, entry } = onlyEntry(json)
    expect(response.headers.get("location")).toBe(`${ENTRIES}/${uuid}`)
    expect(response.headers.get("etag")).toBe(uuid)
    return { uuid, entry }
  }

  /** Everything that an answer proves: the id, the promise, the proof, the checkpoint. */
  async function expectProved({ uuid, entry }: Found): Promise<void> {
    const key = await logKey()
    const body = Buffer.from(entry.body, "base64")
    const { inclusionProof: proof, signedEntryTimestamp } = entry.verification
    expect(entry.logID).toBe(sha256(key.export({ type: "spki", format: "der" })))
    expect(uuid).toMatch(/^[0-9a-f]{80}$/)
    expect(uuid.slice(16)).toBe(hex(leafHash(body)))
    const { integratedTime, logID, logIndex } = entry
    const promised = canonicalJson({ body: entry.body, integratedTime, logID, logIndex })
    const set = Buffer.from(signedEntryTimestamp, "base64")
    expect(verify("sha256", Buffer.from(promised), key, set)).toBe(true)
    const checkpoint = signedCheckpoint(proof.checkpoint, subject.hostname, key)
    expect(checkpoint.origin).toBe(`${subject.hostname} - ${BigInt(`0x${uuid.slice(0, 16)}`)}`)
    expect(Number(checkpoint.treeSize)).toBe(proof.treeSize)
    expect(hex(checkpoint.rootHash)).toBe(proof.rootHash)
    const hashes = proof.hashes.map((hash) => Buffer.from(hash, "hex"))
    expectInclusion(body, BigInt(proof.logIndex), hashes, checkpoint)
  }

  return { post, get, logKey, created, expectProved }
}

/** The one entry of an answer. */
export function onlyEntry(json: Record<string, unknown>): Found {
  const [[uuid, entry] = []] = Object.entries(json)
  expect(Object.keys(json)).toEqual([uuid])
  return { uuid: uuid ?? "", entry: entry as Entry }
}
