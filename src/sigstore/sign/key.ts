import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto"

import { WheelproofError } from "../../core/errors.ts"
import { naturalHash, parsePublicKey, type PublicKey } from "../../core/keys.ts"

/** A key of the user's own, to sign with. */
export interface SigningKey {
  readonly publicKey: PublicKey
  readonly sign: (data: Uint8Array) => Uint8Array
}

const HINT =
  "a key file holds one block `-----BEGIN PRIVATE KEY-----`: ECDSA, Ed25519, or RSA from 2048 bits on"

/**
 * Reads a private key in PEM (PKCS #8, or the older forms for EC and RSA). An encrypted one is refused: no passphrase is asked for, so that none passes
 * through here. `what` names it in errors; nothing of its content does. Throws `ERR_CONFIG`.
 */
export function readSigningKey(pem: string, what: string): SigningKey {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem)) {
    throw new WheelproofError(
      "ERR_CONFIG",
      `${what} is encrypted, and no passphrase is asked for`,
      {
        hint: "let OpenSSL ask for it, so that the key is never on disk in the clear: `openssl pkey -in FILE | wheelproof attest … --key -`",
      },
    )
  }
  if (/-----BEGIN PUBLIC KEY-----/.test(pem)) {
    throw new WheelproofError(
      "ERR_CONFIG",
      `${what} is a public key, and signing needs the private one`,
      {
        hint: HINT,
      },
    )
  }
  const privateKey = importKey(pem, what)
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" })
  const publicKey = readPublicKey(spki, what)
  const hash = publicKey.type === "ed25519" ? null : naturalHash(publicKey.type)
  return { publicKey, sign: (data) => sign(hash, data, privateKey) }
}

function importKey(pem: string, what: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: "pem" })
  } catch {
    // No cause: an error of the library's may quote what it could not read.
    throw new WheelproofError("ERR_CONFIG", `${what} is not a PEM private key that can be used`, {
      hint: HINT,
    })
  }
}

function readPublicKey(spki: Uint8Array, what: string): PublicKey {
  try {
    return parsePublicKey(spki, what)
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    throw new WheelproofError("ERR_CONFIG", error.message, { hint: HINT })
  }
}
