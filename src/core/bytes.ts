import { Buffer, isUtf8 } from "node:buffer"

import { malformed } from "./errors.ts"

/**
 * Decodes standard base64 with padding (RFC 4648 §4) and nothing else: no white space, no URL-safe letters, no
 * stray bits. `what` names the value in the error. Throws `ERR_INPUT_MALFORMED`.
 */
export function decodeBase64(text: string, what: string): Uint8Array {
  const bytes = Buffer.from(text, "base64")
  // Node's decoder skips what it does not know, so several texts decode to the same bytes; only one of them encodes back.
  if (bytes.toString("base64") !== text) throw malformed(`${what} is not standard base64`)
  return bytes
}

/** The same, for text that may hold line breaks (PEM bodies, PEP 740 objects of 2024). */
export function decodeWrappedBase64(text: string, what: string): Uint8Array {
  return decodeBase64(text.replaceAll(/[\r\n]/g, ""), what)
}

/** Standard base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return toBuffer(bytes).toString("base64")
}

/** Lower-case hex. */
export function encodeHex(bytes: Uint8Array): string {
  return toBuffer(bytes).toString("hex")
}

/** Whether two byte strings are the same. Not constant time: nothing here is secret. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && Buffer.compare(a, b) === 0
}

/** Joins byte strings. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts)
}

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return Buffer.from(text, "utf8")
}

/** Decodes UTF-8, refusing anything that is not; a byte order mark stays in the text. Throws `ERR_INPUT_MALFORMED`. */
export function decodeUtf8(bytes: Uint8Array, what: string): string {
  if (!isUtf8(bytes)) throw malformed(`${what} is not UTF-8`)
  return toBuffer(bytes).toString("utf8")
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
