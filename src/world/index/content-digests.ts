import { createHash } from "node:crypto"

import { blake2b } from "@noble/hashes/blake2.js"

import { encodeHex } from "../../core/bytes.ts"
import type { StoredFile } from "./state.ts"

/** The digests that the index knows a file by; BLAKE2b is the one with 256 bits, which `node:crypto` does not have. */
export function contentDigests(content: Uint8Array): StoredFile["digests"] {
  return {
    sha256: createHash("sha256").update(content).digest("hex"),
    blake2b: encodeHex(blake2b(content, { dkLen: 32 })),
    md5: createHash("md5").update(content).digest("hex"),
  }
}
