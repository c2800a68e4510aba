import { describe, expect, test } from "vitest"

import { createKeyPair } from "../../../src/world/crypto/keys.ts"
import { toPem } from "../../../src/world/crypto/pem.ts"
import type { StampOptions } from "../../../src/world/sigstore/timestamp-authority.ts"
import { createTimestampAuthority } from "../../../src/world/sigstore/timestamp-authority.ts"
import { createWorld } from "../../../src/world/world.ts"
import { hasOpenssl, openssl } from "./openssl.ts"
import { verifyIndependently } from "./sigstore-verify.ts"

const NOW = Date.UTC(2026, 5, 1, 12)
const authority = createTimestampAuthority({ now: NOW })
const message = Buffer.from("a signature")

function verify(stamp: Uint8Array, ...more: string[]): ReturnType<typeof openssl> {
  const files = {
    "stamp.tsr": stamp,
    message,
    "root.pem": toPem("CERTIFICATE", authority.root),
    "tsa.pem": toPem("CERTIFICATE", authority.signer.certificate),
  }
  const at = ["-attime", String(NOW / 1000)]
  const args = ["ts", "-verify", "-in", "stamp.tsr", "-data", "message", "-CAfile", "root.pem"]
  return openssl(files, ...args, ...at, ...more)
}

function structure(contentType: string | null): string {
  const stamp = authority.stamp(message, { contentType })
  return openssl({ stamp }, "asn1parse", "-inform", "DER", "-in", "stamp").output
}

describe.skipIf(!hasOpenssl)("openssl", () => {
  test.each<[string, StampOptions]>([
    ["a plain timestamp", {}],
    ["SHA-384 and a nonce of 64 bits", { hash: "sha384", nonce: 2n ** 63n + 5n }],
    [
      "SHA-512, accuracy and a fraction of a second",
      { hash: "sha512", accuracy: { seconds: 1, millis: 500, micros: 3 }, time: NOW + 250 },
    ],
    ["a signature with another hash", { signatureHash: "sha384" }],
    [
      "another certificate of the same authority",
      { signer: authority.issueSigner({ key: createKeyPair("rsa2048") }) },
    ],
  ])("accepts %s", (_, options) => {
    expect(verify(authority.stamp(message, options)).output).toContain("Verification: OK")
  })

  test("accepts a token without its certificate where that is given", () => {
    const stamp = authority.stamp(message, { includeCertificate: false })
    expect(verify(stamp, "-untrusted", "tsa.pem").output).toContain("Verification: OK")
    expect(verify(stamp).status).not.toBe(0)
  })

  test.each<[string, StampOptions]>([
    ["a refusal", { status: 2, withoutToken: true }],
    ["a refusal that carries a token", { status: 2 }],
    ["the imprint of another message", { imprint: new Uint8Array(32) }],
    [
      "a certificate for code signing",
      { signer: authority.issueSigner({ extendedKeyUsage: ["1.3.6.1.5.5.7.3.3"] }) },
    ],
    [
      "a usage that is not critical",
      { signer: authority.issueSigner({ extendedKeyUsageCritical: false }) },
    ],
    ["the hash of another certificate", { certificateHash: new Uint8Array(32) }],
    ["no signing certificate attribute", { certificateHash: null }],
    ["another message digest", { messageDigest: new Uint8Array(32) }],
    ["no message digest", { messageDigest: null }],
    ["a stranger's key", { signer: { ...authority.signer, key: createKeyPair("p384") } }],
    ["another authority", { signer: createTimestampAuthority({ now: NOW }).signer }],
    ["an altered signature", { alterSignature: (signature) => signature.fill(1, 20) }],
  ])("refuses %s", (_, options) => {
    const { status, output } = verify(authority.stamp(message, options))
    expect(output).not.toContain("Verification: OK")
    expect(status).not.toBe(0)
  })

  test("sees the content type that was asked for, or none", () => {
    expect(structure("1.2.840.113549.1.7.1")).toMatch(/:contentType\n.*\n.*:pkcs7-data\n/)
    expect(structure(null)).not.toContain(":contentType")
  })

  test("reads time, serial number and nonce", () => {
    const stamp = authority.stamp(message, { serialNumber: 77n, nonce: 255n, time: NOW + 120 })
    const { output } = openssl({ stamp }, "ts", "-reply", "-in", "stamp", "-text")
    expect(output).toContain("Serial number: 0x4D")
    expect(output).toContain("Nonce: 0xFF")
    expect(output).toContain("Jun  1 12:00:00.12 2026 GMT")
  })
})

test("the independent verifier needs the timestamp inside the certificate's life", () => {
  const world = createWorld({ now: NOW })
  const options = { entries: ["hashedrekord/0.0.2"] as const }
  const late = world.signPayload({}, { ...options, timestamp: { time: NOW + 3_600_000 } })
  const wrong = world.signPayload({}, { ...options, timestamp: { imprint: new Uint8Array(32) } })
  expect(() => verifyIndependently(late, world.trustedRoot())).toThrow("certificate chain")
  expect(() => verifyIndependently(wrong, world.trustedRoot())).toThrow(
    "timestamp could not be verified",
  )
})
