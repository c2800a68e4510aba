import { Buffer } from "node:buffer"
import { hash, type KeyObject } from "node:crypto"

import { Refusal } from "./errors.ts"

const CURVES: Readonly<Record<string, string>> = {
  "P-256": "nistp256",
  "P-384": "nistp384",
  "P-521": "nistp521",
}

/** A key's OpenSSH fingerprint, `SHA256:` and unpadded base64 over its wire encoding (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4). */
export function opensshFingerprint(key: KeyObject): string {
  const digest = hash("sha256", wireEncoding(key), "base64")
  return `SHA256:${digest.replace(/=+$/, "")}`
}

function wireEncoding(key: KeyObject): Uint8Array {
  const { kty, crv = "", n = "", e = "", x = "", y = "" } = key.export({ format: "jwk" })
  if (kty === "RSA")
    return fields(Buffer.from("ssh-rsa"), unsigned(base64Url(e)), unsigned(base64Url(n)))
  if (kty === "OKP" && crv === "Ed25519") return fields(Buffer.from("ssh-ed25519"), base64Url(x))
  const curve = CURVES[crv]
  if (kty === "EC" && curve !== undefined) {
    const point = Buffer.concat([Uint8Array.of(4), base64Url(x), base64Url(y)])
    return fields(Buffer.from(`ecdsa-sha2-${curve}`), Buffer.from(curve), point)
  }
  throw new Refusal("ErrorInvalidPublicKey", `keys of type ${kty ?? "unknown"} are not accepted`)
}

function fields(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(part.byteLength)
      return [length, part]
    }),
  )
}

// An mpint is signed: a leading zero octet keeps a high first bit from meaning "negative" (RFC 4251 §5).
function unsigned(number: Buffer): Uint8Array {
  return (number[0] ?? 0) >= 0x80 ? Buffer.concat([Uint8Array.of(0), number]) : number
}

function base64Url(text: string): Buffer {
  return Buffer.from(text, "base64url")
}
