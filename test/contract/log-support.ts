import type { KeyObject } from "node:crypto"
import { verify } from "node:crypto"

import { expect } from "vitest"

import { parseCheckpoint, type Checkpoint } from "../../src/core/checkpoint.ts"
import { leafHash, rootFromInclusionProof } from "../../src/core/merkle.ts"
import {
  createKeyPair,
  digest,
  sign,
  type KeyKind,
  type KeyPair,
} from "../../src/world/crypto/keys.ts"

/** A signature over a fresh message, which no log has yet. */
export interface FreshSignature {
  readonly key: KeyPair
  readonly digest: Buffer
  readonly signature: Buffer
}

/** Signs something that was never signed before. */
export function freshSignature(
  kind: KeyKind = "p256",
  hash: "sha256" | "sha384" | "sha512" = "sha256",
): FreshSignature {
  const key = createKeyPair(kind)
  const message = Buffer.from(`${Math.random()} ${Date.now()}`)
  return { key, digest: digest(hash, message), signature: sign(key, message, hash) }
}

/** Expects a checkpoint that the log's key signed under this name. */
export function signedCheckpoint(text: string, name: string, key: KeyObject): Checkpoint {
  const checkpoint = parseCheckpoint(text)
  const mine = checkpoint.signatures.find((signature) => signature.name === name)
  const hash = key.asymmetricKeyType === "ed25519" ? null : "sha256"
  expect(mine).toBeDefined()
  expect(verify(hash, checkpoint.signed, key, mine?.signature ?? Buffer.of())).toBe(true)
  return checkpoint
}

/** Expects the body to be at this index under the checkpoint's root. */
export function expectInclusion(
  body: Uint8Array,
  index: bigint,
  hashes: readonly Uint8Array[],
  { treeSize, rootHash }: Checkpoint,
): void {
  const root = rootFromInclusionProof(leafHash(body), index, treeSize, hashes)
  expect(Buffer.from(root ?? [])).toEqual(Buffer.from(rootHash))
}
