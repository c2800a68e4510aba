import { uncompress } from "snappyjs"

/**
 * What a Snappy block holds (Snappy format description, without framing), as GitHub serves bundles behind a `bundle_url`. Undefined for bytes
 * that are no such block, or would be longer than `maxBytes`. A block says its length first, so nothing is made before that is checked.
 */
export function readSnappyBlock(bytes: Uint8Array, maxBytes: number): Uint8Array | undefined {
  try {
    return uncompress(bytes, maxBytes)
  } catch {
    // The library throws plain errors, and all of them mean the same to us.
    return undefined
  }
}
