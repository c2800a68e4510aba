import type { KeyObject } from "node:crypto"

import { describe, expect, test } from "vitest"

import { leafHash, nodeHash } from "../../src/core/merkle.ts"
import { subjectPublicKeyInfo } from "../../src/world/crypto/keys.ts"
import { createCertificateAuthority } from "../../src/world/sigstore/certificate-authority.ts"
import { createCtLog } from "../../src/world/sigstore/ct-log.ts"
import { noteKeyId } from "../../src/world/sigstore/rekor-v2.ts"
import { createSigner, signData } from "../../src/world/sigstore/signer.ts"
import { requestJson, type JsonAnswer } from "./fulcio-support.ts"
import {
  expectInclusion,
  freshSignature,
  signedCheckpoint,
  type FreshSignature,
} from "./log-support.ts"

/** A Rekor v2 to hold to the contract. */
export interface RekorV2Subject {
  readonly url: () => string
  /** The log's Ed25519 key, and the name that it signs checkpoints with. */
  readonly publicKey: () => KeyObject
  readonly origin: string
  /** Whether checkpoint and tiles are read at the same address. The public instance's are in an object store. */
  readonly servesTiles: boolean
}

interface EntryAnswer {
  readonly logIndex: string
  readonly logId: { readonly keyId: string }
  readonly canonicalizedBody: string
  readonly inclusionProof: {
    readonly logIndex: string
    readonly treeSize: string
    readonly rootHash: string
    readonly hashes: readonly string[]
    readonly checkpoint: { readonly envelope: string }
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")
const bytesOf = (text: string): Buffer => Buffer.from(text, "base64")

function withKey(signed: FreshSignature, keyDetails = "PKIX_ECDSA_P256_SHA_256"): object {
  const rawBytes = base64(subjectPublicKeyInfo(signed.key.publicKey))
  return {
    hashedRekordRequestV002: {
      digest: base64(signed.digest),
      signature: {
        content: base64(signed.signature),
        verifier: { publicKey: { rawBytes }, keyDetails },
      },
    },
  }
}

/** Registers what Rekor v2 promises. */
export function describeRekorV2(name: string, subject: RekorV2Subject): void {
  const create = async (body: unknown): Promise<JsonAnswer> =>
    await requestJson(`${subject.url()}/api/v2/log/entries`, "POST", body)

  const get = async (path: string): Promise<Response> =>
    await fetch(`${subject.url()}/api/v2/${path}`)

  async function created(body: unknown): Promise<EntryAnswer> {
    const { status, json } = await create(body)
    expect({ status, json }).toMatchObject({ status: 201 })
    return json as unknown as EntryAnswer
  }

  function expectLogged({ inclusionProof: proof, ...entry }: EntryAnswer): void {
    const checkpoint = signedCheckpoint(
      proof.checkpoint.envelope,
      subject.origin,
      subject.publicKey(),
    )
    expect(checkpoint.origin).toBe(subject.origin)
    expect(String(checkpoint.treeSize)).toBe(proof.treeSize)
    expect(proof.rootHash).toBe(base64(checkpoint.rootHash))
    expect(proof.logIndex).toBe(entry.logIndex)
    expectInclusion(
      bytesOf(entry.canonicalizedBody),
      BigInt(proof.logIndex),
      proof.hashes.map(bytesOf),
      checkpoint,
    )
  }

  describe(`${name}: creating entries`, () => {
    test("a signature by a key becomes an entry with a proof, without a time", async () => {
      const signed = freshSignature()
      const entry = await created(withKey(signed))
      expectLogged(entry)
      expect(entry).toEqual({
        logIndex: expect.stringMatching(/^\d+$/),
        logId: { keyId: base64(noteKeyId(subject.origin, subject.publicKey())) },
        kindVersion: { kind: "hashedrekord", version: "0.0.2" },
        integratedTime: "0",
        inclusionPromise: null,
        inclusionProof: expect.anything(),
        canonicalizedBody: expect.anything(),
      })
      const spki = base64(subjectPublicKeyInfo(signed.key.publicKey))
      expect(bytesOf(entry.canonicalizedBody).toString()).toBe(
        `{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_256",` +
          `"digest":"${base64(signed.digest)}"},"signature":{"content":"${base64(signed.signature)}",` +
          `"verifier":{"keyDetails":"PKIX_ECDSA_P256_SHA_256","publicKey":{"rawBytes":"${spki}"}}}}}}`,
      )
    })

    test("a signature by a certificate, its members under protobuf's own names", async () => {
      const authority = createCertificateAuthority({ now: Date.now(), ctLog: createCtLog() })
      const signer = createSigner(authority)
      const { digest } = freshSignature()
      const message = Buffer.from(digest)
      const signature = signData(signer, message)
      const hash = Buffer.from(await crypto.subtle.digest("SHA-256", message))
      const entry = await created({
        hashed_rekord_request_v002: {
          digest: base64(hash),
          signature: {
            content: base64(signature),
            verifier: {
              x509_certificate: { raw_bytes: base64(signer.certificate ?? Buffer.of()) },
              key_details: "PKIX_ECDSA_P256_SHA_256",
            },
          },
        },
      })
      expectLogged(entry)
      expect(bytesOf(entry.canonicalizedBody).toString()).toContain('"x509Certificate":{"rawBytes"')
    })

    test.each([
      ["p384", "sha384", "PKIX_ECDSA_P384_SHA_384", "SHA2_384"],
      ["p521", "sha512", "PKIX_ECDSA_P521_SHA_512", "SHA2_512"],
      ["rsa2048", "sha256", "PKIX_RSA_PKCS1V15_2048_SHA256", "SHA2_256"],
    ] as const)("a key of kind %s goes with %s", async (kind, hash, details, algorithm) => {
      const entry = await created(withKey(freshSignature(kind, hash), details))
      expectLogged(entry)
      expect(bytesOf(entry.canonicalizedBody).toString()).toContain(`"algorithm":"${algorithm}"`)
    })

    test("the same entry again is a conflict that names the one there is", async () => {
      const request = withKey(freshSignature())
      const { logIndex } = await created(request)
      const response = await fetch(`${subject.url()}/api/v2/log/entries`, {
        method: "POST",
        body: JSON.stringify(request),
      })
      expect(response.status).toBe(409)
      expect(response.headers.get("x-log-index")).toBe(logIndex)
      expect(await response.json()).toEqual({
        code: 6,
        message: `an equivalent entry already exists in the transparency log with index ${logIndex}`,
        details: [],
      })
    })
  })

  describe(`${name}: refusals`, () => {
    const signed = freshSignature()
    const request = withKey(signed)
    const change = (text: string, by: string): unknown =>
      JSON.parse(JSON.stringify(request).replace(text, by))

    test.each([
      ["a signature over something else", withKey({ ...signed, digest: freshSignature().digest })],
      ["a signature by another key", withKey({ ...signed, key: freshSignature().key })],
      ["a digest of another length", change(base64(signed.digest), base64(Buffer.of(1, 2)))],
      ["no digest", change(base64(signed.digest), "")],
      ["no signature", change(base64(signed.signature), "")],
      ["no key", change(base64(subjectPublicKeyInfo(signed.key.publicKey)), "")],
      ["a key that is none", change(base64(subjectPublicKeyInfo(signed.key.publicKey)), "AAAA")],
      ["details of another kind of key", withKey(signed, "PKIX_ECDSA_P384_SHA_384")],
      ["details of an old kind", withKey(signed, "PKCS1_RSA_PKCS1V5")],
      ["a certificate where there is a key", change("publicKey", "x509Certificate")],
      [
        "a P-384 key with SHA-256",
        withKey(freshSignature("p384", "sha256"), "PKIX_ECDSA_P384_SHA_256"),
      ],
    ])("%s", async (_, body) => {
      expect(await create(body)).toEqual({
        status: 400,
        json: { code: 3, message: "invalid hashedrekord request", details: [] },
      })
    })

    test("an envelope, which the log took until version 2.3, and nothing at all", async () => {
      const refusal = { code: 3, message: "invalid type, must be hashedrekord", details: [] }
      for (const body of [{ dsseRequestV002: {} }, {}]) {
        expect(await create(body)).toEqual({ status: 400, json: refusal })
      }
    })

    test.each([
      ["a member that it does not know", change('"digest"', '"digests"')],
      ["an entry of Rekor v1", { kind: "hashedrekord", apiVersion: "0.0.1", spec: {} }],
      ["base64 that is none", change(base64(signed.digest), "*")],
      ["what is not JSON", "{"],
    ])("%s", async (_, body) => {
      const { status, json } = await create(body)
      expect([status, json["code"]]).toEqual([400, 3])
    })

    test("another path, another method", async () => {
      const nowhere = await requestJson(`${subject.url()}/api/v1/log/entries`, "POST", "{}")
      expect([nowhere.status, nowhere.json["code"]]).toEqual([404, 5])
      const other = await requestJson(`${subject.url()}/api/v2/log/entries`, "GET")
      expect([other.status, other.json["code"]]).toEqual([501, 12])
    })
  })

  if (!subject.servesTiles) return
  describe(`${name}: reading`, () => {
    test("the checkpoint grows with the log", async () => {
      const entry = await created(withKey(freshSignature()))
      const text = await (await get("checkpoint")).text()
      const { treeSize } = signedCheckpoint(text, subject.origin, subject.publicKey())
      expect(Number(treeSize)).toBeGreaterThan(Number(entry.logIndex))
    })

    test("tiles and entry bundles lead to the checkpoint's root", async () => {
      const { inclusionProof } = await created(withKey(freshSignature()))
      const size = Number(inclusionProof.treeSize)
      expect(size).toBeLessThan(256)
      const bundle = Buffer.from(await (await get(`tile/entries/000.p/${size}`)).arrayBuffer())
      const tile = Buffer.from(await (await get(`tile/0/000.p/${size}`)).arrayBuffer())
      const leaves: Buffer[] = []
      for (let at = 0; at < bundle.length;) {
        const length = bundle.readUInt16BE(at)
        leaves.push(Buffer.from(leafHash(bundle.subarray(at + 2, at + 2 + length))))
        at += 2 + length
      }
      expect(leaves).toHaveLength(size)
      expect(tile).toEqual(Buffer.concat(leaves))
      expect(base64(rootOf(leaves))).toBe(inclusionProof.rootHash)
    })

    test.each([
      "tile/0/001",
      "tile/0/000.p/0",
      "tile/0/000.p/256",
      "tile/9/000",
      "tile/0/x",
      "tile/entries/1",
    ])("%s does not exist", async (path) => {
      expect((await get(path)).status).toBe(404)
    })
  })
}

/** The root over these leaves (RFC 9162 §2.1.1). */
function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves
  if (leaves.length === 1 && only !== undefined) return only
  const left = 2 ** Math.ceil(Math.log2(leaves.length) - 1)
  return nodeHash(rootOf(leaves.slice(0, left)), rootOf(leaves.slice(left)))
}
