import { describe, expect, test } from "vitest"

import { derChildren, readDer } from "../../src/core/der.ts"
import { integer, sequence, tagged } from "../../src/world/crypto/der.ts"
import { sign } from "../../src/world/crypto/keys.ts"
import { world } from "../evil/exhibit.ts"
import { handSigned } from "../evil/hand-signed.ts"
import { judge } from "../support/judge.ts"

/** What is judged of a signature whose two numbers were changed and put together again, and which was logged like that. */
function checksOf(change: (r: bigint, s: bigint) => readonly Uint8Array[]): readonly string[] {
  const signer = world.createSigner()
  const bundle = handSigned(signer, (bytes) => {
    const parts = derChildren(readDer(sign(signer.key, bytes), "signature"), "signature")
    const [r = 0n, s = 0n] = parts.map(({ content }) =>
      BigInt(`0x${Buffer.from(content).toString("hex")}`),
    )
    return sequence(...change(r, s))
  })
  return judge(world, bundle).checks
}

// The order of P-256 (SEC 2 §2.4.2).
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** An integer with one octet more than it needs. */
function padded(value: bigint): Uint8Array {
  return tagged(0x02, Uint8Array.of(0), integer(value).subarray(2))
}

describe("an ECDSA signature", () => {
  test("holds with either of its two second numbers, which Sigstore does not tell apart", () => {
    expect(checksOf((r, s) => [integer(r), integer(s)])).toEqual([])
    expect(checksOf((r, s) => [integer(r), integer(ORDER - s)])).toEqual([])
  })

  test.each<[string, Parameters<typeof checksOf>[0]]>([
    ["a padded number", (r, s) => [padded(r), integer(s)]],
    ["a number over the order", (r, s) => [integer(r), integer(s + ORDER)]],
    ["a negative number", (r, s) => [integer(-r), integer(s)]],
    ["zeros", () => [integer(0), integer(0)]],
    ["a third number", (r, s) => [integer(r), integer(s), integer(1)]],
    ["one number", (r) => [integer(r)]],
  ])("with %s is refused", (_what, change) => {
    expect(checksOf(change)).toEqual(["signature"])
  })
})
