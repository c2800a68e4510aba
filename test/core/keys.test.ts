import { describe, expect, test } from "vitest"

import { parsePublicKey, parsePublicKeyPem } from "../../src/core/keys.ts"
import {
  bitString,
  integer,
  nullValue,
  objectIdentifier,
  sequence,
} from "../../src/world/crypto/der.ts"
import { managedSigner, verifierPem } from "../../src/world/sigstore/signer.ts"
import { outcome } from "../support/hostile.ts"

const MALFORMED = "ERR_INPUT_MALFORMED"

function codeOf(algorithm: Uint8Array, bits: Uint8Array): unknown {
  return outcome(() => parsePublicKey(sequence(algorithm, bitString(bits)), "key"))
}

function ec(curve: string): Uint8Array {
  return sequence(objectIdentifier("1.2.840.10045.2.1"), objectIdentifier(curve))
}

describe("a public key", () => {
  test("of an unknown type, curve or size is refused", () => {
    const rsa = sequence(objectIdentifier("1.2.840.113549.1.1.1"), nullValue())
    expect(codeOf(ec("1.3.132.0.10"), Buffer.alloc(65))).toBe("ERR_INPUT_UNSUPPORTED")
    expect(codeOf(sequence(objectIdentifier("1.3.101.113")), Buffer.alloc(57))).toBe(
      "ERR_INPUT_UNSUPPORTED",
    )
    const small = sequence(integer(2n ** 1023n), integer(65537))
    expect(codeOf(rsa, small)).toBe("ERR_INPUT_UNSUPPORTED")
    for (const exponent of [0n, 1n, 65536n, 2n ** 70n + 1n]) {
      const odd = sequence(integer(2n ** 2047n + 1n), integer(exponent))
      expect(codeOf(rsa, odd)).toBe("ERR_INPUT_UNSUPPORTED")
    }
  })

  test("whose point is on no curve is an error when it is used", () => {
    const algorithm = sequence(
      objectIdentifier("1.2.840.10045.2.1"),
      objectIdentifier("1.2.840.10045.3.1.7"),
    )
    const key = parsePublicKey(sequence(algorithm, bitString(Buffer.alloc(65, 4))), "key")
    expect(outcome(() => key.verify(Buffer.from("x"), Buffer.from("y")))).toBe(MALFORMED)
  })

  test("is read from one PEM block of its kind alone", () => {
    const pem = verifierPem(managedSigner())
    expect(parsePublicKeyPem(` \n${pem}\n`, "key").type).toBe("p256")
    for (const text of [
      `${pem}${pem}`,
      pem.replaceAll("PUBLIC KEY", "CERTIFICATE"),
      `x${pem}`,
      "",
    ]) {
      expect(outcome(() => parsePublicKeyPem(text, "key"))).toBe(MALFORMED)
    }
  })
})
