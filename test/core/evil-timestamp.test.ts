import { expect, test } from "vitest"

import type { StampOptions } from "../../src/world/sigstore/timestamp-authority.ts"
import { createTimestampAuthority } from "../../src/world/sigstore/timestamp-authority.ts"
import { OID } from "../../src/world/crypto/certificate.ts"
import { slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { instancesOf, judge, NOW, wheelSubject } from "../support/judge.ts"

const HOUR = 3_600_000
const world = createWorld({ now: NOW })
const v1 = slsaV1Statement([wheelSubject()])
const { timestampAuthority: authority } = world
const stranger = createTimestampAuthority({ now: NOW })

/** A bundle whose time rests on one timestamp. */
function stamped(timestamp: StampOptions, options = {}): object {
  return world.signPayload(v1, { entries: ["hashedrekord/0.0.2"], timestamp, ...options })
}

const EVIL: readonly (readonly [name: string, found: RegExp, options: StampOptions])[] = [
  ["over another signature", /over other bytes/, { imprint: Buffer.alloc(32, 1) }],
  ["that was refused", /not granted \(status 2\)/, { status: 2 }],
  ["that was refused, without a token", /timestamp/, { status: 2, withoutToken: true }],
  ["of another authority", /by another/, { signer: stranger.signer }],
  [
    "by a certificate for web servers",
    /usages 1\.3\.6\.1\.5\.5\.7\.3\.1/,
    { signer: authority.issueSigner({ extendedKeyUsage: ["1.3.6.1.5.5.7.3.1"] }) },
  ],
  [
    "by a certificate for two purposes",
    /usages .*, /,
    { signer: authority.issueSigner({ extendedKeyUsage: [OID.timeStamping, OID.codeSigning] }) },
  ],
  [
    "by a certificate whose purpose is not critical",
    /usages 1\.3\.6\.1\.5\.5\.7\.3\.8/,
    { signer: authority.issueSigner({ extendedKeyUsageCritical: false }) },
  ],
  [
    "by an expired certificate",
    /by another|another chain|2026/,
    { signer: authority.issueSigner({ notAfter: NOW - HOUR }) },
  ],
  [
    "that names another certificate by hash",
    /another certificate/,
    { certificateHash: Buffer.alloc(32) },
  ],
  ["that names no certificate by hash", /none named/, { certificateHash: null }],
  ["whose signed digest is another's", /one over another/, { messageDigest: Buffer.alloc(32) }],
  ["without a signed digest", /lacks signed attributes/, { messageDigest: null }],
  ["without a signed content type", /lacks signed attributes/, { contentType: null }],
  [
    "signed as another content",
    /signed content of type 1\.2\.840\.113549\.1\.7\.1/,
    { contentType: "1.2.840.113549.1.7.1" },
  ],
  [
    "with an altered signature",
    /an invalid signature/,
    {
      alterSignature: (signature) =>
        Buffer.concat([signature.subarray(0, -1), Buffer.from([(signature.at(-1) ?? 0) ^ 1])]),
    },
  ],
  ["of SHA-1", /unknown digest 1\.3\.14\.3\.2\.26/, { hash: "sha1" }],
]

test.each(EVIL)("a timestamp %s is refused", (_name, found, options) => {
  const { checks, reasons } = judge(world, stamped(options))
  expect(checks).toEqual(["timestamp"])
  expect(reasons[0]?.found).toMatch(found)
})

test("one bad timestamp among good ones is refused", () => {
  const bundle = world.signPayload(v1, { timestamps: 1 })
  const bad = world.signPayload(v1, { timestamps: 1, timestamp: { signer: stranger.signer } })
  const material = bundle.verificationMaterial
  material.timestampVerificationData?.rfc3161Timestamps.push(
    ...(bad.verificationMaterial.timestampVerificationData?.rfc3161Timestamps ?? []),
  )
  expect(judge(world, bundle).checks).toEqual(["timestamp"])
})

test.each([
  ["after the certificate ended", HOUR],
  ["before the certificate began", -HOUR],
])("a signature stamped %s is refused", (_name, shift) => {
  const bundle = stamped({ time: NOW + shift })
  expect(judge(world, bundle).checks).toEqual(["certificate-time"])
})

test("an authority that was not in service at that time is refused", () => {
  const instances = instancesOf(world, { timestampAuthority: { start: NOW + HOUR } })
  expect(judge(world, stamped({}), { instances }).checks).toEqual(["timestamp"])
})

test("an authority whose certificate leads to none of its own is refused", () => {
  const instances = instancesOf(world).map((instance) => ({
    ...instance,
    timestampAuthorities: instance.timestampAuthorities.map((one) => ({
      ...one,
      chain: one.chain.slice(0, 1),
    })),
  }))
  const { checks, reasons } = judge(world, stamped({}), { instances })
  expect(checks).toEqual(["timestamp"])
  expect(reasons[0]?.found).toBe("another chain")
})

test.each(["sha256", "sha384", "sha512"] as const)("%s digests verify", (hash) => {
  expect(judge(world, stamped({ hash, signatureHash: hash })).checks).toEqual([])
})

test("the signature's own algorithm counts, not the digest's", () => {
  const both = { digestHash: "sha256", signatureHash: "sha384" } as const
  expect(judge(world, stamped(both)).checks).toEqual([])
})

test("a token verifies without its certificate, and by another certificate of the authority", () => {
  expect(judge(world, stamped({ includeCertificate: false })).checks).toEqual([])
  expect(judge(world, stamped({ signer: authority.issueSigner() })).checks).toEqual([])
})
