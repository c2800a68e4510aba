import { expect, test } from "vitest"

import type { CheckId } from "../../src/core/checks.ts"
import { createCtLog } from "../../src/world/sigstore/ct-log.ts"
import { fulcioExtension } from "../../src/world/sigstore/fulcio-extensions.ts"
import { GITHUB_IDENTITY } from "../../src/world/sigstore/identities.ts"
import type { SignerOptions } from "../../src/world/sigstore/signer.ts"
import { slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { instancesOf, judge, NOW, wheelSubject } from "../support/judge.ts"

const DAY = 86_400_000
const world = createWorld({ now: NOW })
const stranger = createWorld({ now: NOW })
const v1 = slsaV1Statement([wheelSubject()])
const { san } = GITHUB_IDENTITY

const EVIL: readonly (readonly [name: string, check: CheckId, issue: SignerOptions])[] = [
  ["a leaf for web servers", "certificate-usage", { extendedKeyUsage: ["1.3.6.1.5.5.7.3.1"] }],
  ["a leaf without any usage", "certificate-usage", { omit: ["2.5.29.37"] }],
  ["a leaf that may not sign", "certificate-usage", { keyUsage: [2] }],
  ["a leaf without key usage", "certificate-usage", { omit: ["2.5.29.15"] }],
  ["a leaf that is an authority", "certificate-not-ca", { basicConstraints: { ca: true } }],
  ["a leaf that may sign certificates", "certificate-not-ca", { keyUsage: [0, 5] }],
  [
    "an unknown critical extension",
    "certificate-extensions",
    { extraExtensions: [{ oid: "1.2.3.4", critical: true, value: Uint8Array.of(5, 0) }] },
  ],
  ["no proof of publication", "certificate-transparency", { timestamps: [] }],
  [
    "a proof by an unknown log",
    "certificate-transparency",
    { timestamps: [{ log: createCtLog() }] },
  ],
  [
    "a proof by another key under the log's name",
    "certificate-transparency",
    { timestamps: [{ log: createCtLog({ logId: world.ctLog.logId }) }] },
  ],
  [
    "a proof for another issuer",
    "certificate-transparency",
    { timestamps: [{ issuerKeyHash: new Uint8Array(32) }] },
  ],
  [
    "a good proof beside a bad one of the same log",
    "certificate-transparency",
    { timestamps: [{}, { log: createCtLog({ logId: world.ctLog.logId }) }] },
  ],
  [
    "a proof from before the log began",
    "certificate-transparency",
    { timestamps: [{ timestamp: NOW - 999 * DAY }] },
  ],
  [
    "a proof from after the certificate ended",
    "certificate-transparency",
    { timestamps: [{ timestamp: NOW + DAY }] },
  ],
  [
    "a proof from long before the certificate began, as by a retired log's stolen key",
    "certificate-transparency",
    { timestamps: [{ timestamp: NOW - DAY }] },
  ],
  [
    "a list of proofs that is cut short",
    "certificate-transparency",
    { alterTimestampList: (list) => list.subarray(0, -1) },
  ],
  [
    "a list of proofs with bytes behind it",
    "certificate-transparency",
    { alterTimestampList: (list) => Buffer.concat([list, Uint8Array.of(0)]) },
  ],
  [
    "a proof of another version",
    "certificate-transparency",
    {
      alterTimestampList: (list) => {
        const copy = Buffer.from(list)
        copy[4] = 1
        return copy
      },
    },
  ],
  [
    "a leaf issued by a stranger",
    "certificate-chain",
    { by: stranger.certificateAuthority.intermediateKey },
  ],
  [
    "a leaf under another issuer's name",
    "certificate-chain",
    { issuerName: Buffer.from("3000", "hex") },
  ],
  [
    "a leaf that names its issuer's key in broken DER",
    "certificate-chain",
    { omit: ["2.5.29.35"], extraExtensions: [{ oid: "2.5.29.35", value: Uint8Array.of(48, 5) }] },
  ],
  ["a leaf that had expired", "certificate-time", { notBefore: NOW - DAY }],
  ["a leaf from the future", "certificate-time", { notBefore: NOW + DAY }],
  [
    "two names",
    "certificate-identity",
    { names: [san, { kind: "uri", value: "https://evil.example/" }] },
  ],
  ["no name", "certificate-identity", { omit: ["2.5.29.17"] }],
  [
    "an extension twice",
    "evidence-malformed",
    { extraExtensions: [fulcioExtension(12, "https://github.com/evil/rocket")] },
  ],
]

test.each(EVIL)("%s is refused [%s]", (_name, check, issue) => {
  expect(judge(world, world.signPayload(v1, { issue })).checks).toEqual([check])
})

const CONTRADICTIONS: readonly (readonly [legacy: number, value: string])[] = [
  [1, "https://evil.example"],
  [2, "pull_request_target"],
  [3, "0".repeat(40)],
  [5, "evil/rocket"],
  [6, "refs/heads/evil"],
]

test.each(CONTRADICTIONS)(
  "a legacy extension .%i that contradicts its successor is refused",
  (number, value) => {
    const oid = `1.3.6.1.4.1.57264.1.${number}`
    const issue = { omit: [oid], extraExtensions: [fulcioExtension(number, value)] }
    // The world's `omit` takes the honest one out; the evil one goes in behind it.
    const { checks } = judge(world, world.signPayload(v1, { issue }))
    expect(checks).toEqual(["certificate-identity"])
  },
)

test("a leaf issued directly by the root verifies", () => {
  expect(judge(world, world.signPayload(v1, { issue: { by: "root" } })).checks).toEqual([])
})

test("the name of who issued a foreign certificate is told", () => {
  const foreign = createWorld({ now: NOW })
  const instances = instancesOf(world).map((instance) => ({
    ...instance,
    certificateAuthorities: [],
  }))
  const { reasons } = judge(foreign, foreign.signPayload(v1), { instances })
  expect(reasons[0]?.check).toBe("certificate-chain")
  expect(reasons[0]?.found).toContain("sigstore-intermediate")
})

test.each([
  ["certificateAuthority", "certificate-chain"],
  ["ctLog", "certificate-transparency"],
  ["rekorV1", "log-known"],
] as const)("a %s that was not in service yet, or no longer, is refused", (part, check) => {
  for (const window of [{ start: NOW + DAY }, { start: NOW - 9 * DAY, end: NOW - DAY }]) {
    const instances = instancesOf(world, { [part]: window })
    expect(judge(world, world.signPayload(v1), { instances }).checks).toEqual([check])
  }
})

test("the ends of a service window belong to it", () => {
  const instances = instancesOf(world, { rekorV1: { start: NOW, end: NOW } })
  expect(judge(world, world.signPayload(v1), { instances }).checks).toEqual([])
})

test("parts of two trusted instances never add up", () => {
  const both = [...instancesOf(world), ...instancesOf(stranger)]
  const bundle = world.signPayload(v1)
  const other = stranger.signPayload(v1)
  bundle.verificationMaterial.tlogEntries = other.verificationMaterial.tlogEntries
  expect(judge(world, bundle, { instances: both }).checks).toEqual(["log-known"])
  expect(judge(world, other, { instances: both }).checks).toEqual([])
})
