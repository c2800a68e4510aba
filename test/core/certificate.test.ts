import { describe, expect, test } from "vitest"

import { parseCertificate } from "../../src/core/certificate.ts"
import { derChildren, readDer } from "../../src/core/der.ts"
import { parseIdentity } from "../../src/core/fulcio.ts"
import type { Identity } from "../../src/core/identity.ts"
import { explicit, integer, sequence, tagged, utf8String } from "../../src/world/crypto/der.ts"
import { EMAIL_IDENTITY, GITHUB_IDENTITY } from "../../src/world/sigstore/identities.ts"
import type { SignerOptions } from "../../src/world/sigstore/signer.ts"
import { createWorld } from "../../src/world/world.ts"
import { NOW } from "../support/judge.ts"
import { outcome } from "../support/hostile.ts"

const MALFORMED = "ERR_INPUT_MALFORMED"
const world = createWorld({ now: NOW })
const leafOf = (options: SignerOptions = {}): Uint8Array =>
  world.createSigner(options).certificate ?? new Uint8Array()
const leaf = leafOf()
const parts = derChildren(readDer(leaf, "x"), "x").map(({ bytes }) => bytes)
const fields = derChildren(readDer(parts[0] ?? leaf, "x"), "x").map(({ bytes }) => bytes)

/** The leaf with one field of what is signed replaced. */
function withField(index: number, der: Uint8Array): Uint8Array {
  return sequence(sequence(...fields.with(index, der)), ...parts.slice(1))
}

describe("a certificate", () => {
  test("is read field by field", () => {
    const certificate = parseCertificate(leaf)
    expect(new Date(certificate.notBefore)).toEqual(new Date(NOW))
    expect(certificate.notAfter - certificate.notBefore).toBe(600_000)
    expect(certificate.publicKey.type).toBe("p256")
  })

  test.each([
    ["of version 1", withField(0, explicit(0, integer(0)))],
    ["with a negative serial number", withField(1, integer(-5))],
    ["with two signature algorithms", withField(2, sequence())],
    ["with one time", withField(4, sequence())],
    ["without a key", withField(6, sequence())],
    ["with surplus fields", sequence(sequence(...fields, integer(1)), ...parts.slice(1))],
    ["with a surplus part", sequence(...parts, integer(1))],
    ["followed by bytes", Buffer.concat([leaf, Uint8Array.of(0)])],
    [
      "with too many extensions",
      leafOf({
        extraExtensions: Array.from({ length: 64 }, (_, index) => ({
          oid: `1.3.6.1.4.1.1.${index}`,
          value: Uint8Array.of(),
        })),
      }),
    ],
  ])("%s is refused", (_what, der) => {
    expect(outcome(() => parseCertificate(der))).toBe(MALFORMED)
  })

  test("over the limit is refused before it is read", () => {
    expect(outcome(() => parseCertificate(Buffer.alloc(70_000)))).toBe("ERR_INPUT_TOO_LARGE")
  })
})

function identityOf(options: SignerOptions): Identity | string {
  return outcome(() => parseIdentity(parseCertificate(leafOf(options))))
}

describe("an identity", () => {
  test.each([
    ["a GitHub workflow", GITHUB_IDENTITY],
    ["a person", EMAIL_IDENTITY],
    [
      "a user name",
      { san: { kind: "other", value: "alice!acme.test" }, issuer: "https://acme.test" },
    ],
  ] as const)("of %s is read as it was issued", (_what, identity) => {
    expect(identityOf({ identity })).toEqual(identity)
  })

  test.each([
    ["an address", { kind: "email", value: "a@acme.test" }],
    ["another address", { kind: "uri", value: "https://acme.test" }],
  ] as const)("with %s beside its own is refused", (_what, name) => {
    expect(identityOf({ names: [GITHUB_IDENTITY.san, name] })).toBe(MALFORMED)
  })

  const SAN = "2.5.29.17"
  test.each([
    ["no name at all", sequence()],
    ["a DNS name", sequence(tagged(0x82, Buffer.from("acme.test")))],
    ["another's user name without a value", sequence(tagged(0xa0, utf8String("x")))],
    [
      "a user name that is no text",
      sequence(tagged(0xa0, tagged(0x06, Uint8Array.of(42)), explicit(0, integer(1)))),
    ],
    ["a URI that is not UTF-8", sequence(tagged(0x86, Uint8Array.of(0xff)))],
  ])("with %s is refused", (_what, value) => {
    expect(identityOf({ omit: [SAN], extraExtensions: [{ oid: SAN, value }] })).toBe(MALFORMED)
  })

  test("without the extension is refused", () => {
    expect(identityOf({ omit: [SAN] })).toBe(MALFORMED)
  })

  const ARC = "1.3.6.1.4.1.57264.1"
  test.each([
    ["two issuers", 1, "https://issuer.acme.test"],
    ["two triggers", 2, "release"],
    ["two commits", 3, "0".repeat(40)],
    ["two repositories", 5, "acme/moon"],
    ["two refs", 6, "refs/heads/main"],
  ])("with %s, in old and new extensions, is refused", (_what, number, text) => {
    const oid = `${ARC}.${number}`
    const extension = { oid, value: Buffer.from(text) }
    expect(identityOf({ omit: [oid], extraExtensions: [extension] })).toBe(MALFORMED)
  })

  test("whose text is of another type or not UTF-8 is refused", () => {
    const oid = `${ARC}.9`
    for (const value of [integer(1), tagged(0x0c, Uint8Array.of(0xff)), Uint8Array.of()]) {
      expect(identityOf({ omit: [oid], extraExtensions: [{ oid, value }] })).toBe(MALFORMED)
    }
  })

  test("of an old certificate is read from the old extensions", () => {
    const omit = Array.from({ length: 17 }, (_, index) => `${ARC}.${index + 8}`)
    expect(identityOf({ omit })).toMatchObject({
      issuer: GITHUB_IDENTITY.issuer,
      sourceRepository: "https://github.com/acme/rocket",
      sourceCommit: GITHUB_IDENTITY.sourceCommit,
      trigger: "push",
    })
  })

  test("CircleCI's empty runner is no runner", () => {
    const identity = { ...EMAIL_IDENTITY, runnerEnvironment: '""' }
    expect(identityOf({ identity })).not.toHaveProperty("runnerEnvironment")
  })
})
