import { isDeepStrictEqual } from "node:util"

import * as fc from "fast-check"
import { expect, test } from "vitest"

import {
  decodeBase64,
  decodeUtf8,
  decodeWrappedBase64,
  encodeBase64,
  equalBytes,
} from "../../src/core/bytes.ts"
import {
  basicConstraints,
  extendedKeyUsages,
  hasKeyUsage,
  parseCertificate,
} from "../../src/core/certificate.ts"
import { parseCheckpoint } from "../../src/core/checkpoint.ts"
import { derChildren, readDer } from "../../src/core/der.ts"
import { parseIdentity } from "../../src/core/fulcio.ts"
import { parseJson } from "../../src/core/json.ts"
import { parsePublicKey, parsePublicKeyPem } from "../../src/core/keys.ts"
import { parseTimestampResponse } from "../../src/core/timestamp-token.ts"
import { parseSourceRepository } from "../../src/core/workflow.ts"
import { managedSigner, verifierPem } from "../../src/world/sigstore/signer.ts"
import { createWorld } from "../../src/world/world.ts"
import { NOW } from "../support/judge.ts"
import { hostileBytes, outcome } from "../support/hostile.ts"

const world = createWorld({ now: NOW })
const leaf = world.createSigner().certificate ?? Buffer.alloc(0)
const spki = managedSigner().key.publicKey.export({ format: "der", type: "spki" })
const stamp = world.timestampAuthority.stamp(Buffer.from("a signature"))
world.rekor.add(Buffer.from("{}"), 1)
const checkpoint = Buffer.from(world.rekor.checkpoint(1))
const pem = Buffer.from(verifierPem(managedSigner()))

/** Reads everything in a certificate, as verification does. */
function readCertificate(bytes: Uint8Array): unknown {
  const certificate = parseCertificate(bytes)
  return [
    basicConstraints(certificate),
    extendedKeyUsages(certificate),
    hasKeyUsage(certificate, "digitalSignature"),
    outcome(() => parseIdentity(certificate)),
  ]
}

function readTree(bytes: Uint8Array): unknown {
  const element = readDer(bytes, "DER")
  return (element.tag & 0x20) === 0 ? element : derChildren(element, "DER")
}

test.each([
  ["DER", readTree, leaf],
  ["certificate", readCertificate, leaf],
  ["public key", (bytes: Uint8Array) => parsePublicKey(bytes, "key").fingerprint, spki],
  ["timestamp", parseTimestampResponse, stamp],
  ["checkpoint", (bytes: Uint8Array) => parseCheckpoint(Buffer.from(bytes).toString()), checkpoint],
  [
    "JSON",
    (bytes: Uint8Array) => parseJson(bytes, "JSON"),
    Buffer.from('{"a":[1,"\\u0061",{"b":null}]}'),
  ],
  [
    "PEM",
    (bytes: Uint8Array) => parsePublicKeyPem(Buffer.from(bytes).toString("latin1"), "key"),
    pem,
  ],
  ["UTF-8", (bytes: Uint8Array) => decodeUtf8(bytes, "text"), Buffer.from("aä€😀")],
] as const)("%s: any bytes end in a value or the one error", (_name, parse, valid) => {
  expect(typeof outcome(() => parse(valid))).not.toMatch(/^ERR_/)
  fc.assert(
    fc.property(hostileBytes(valid), (bytes) => {
      outcome(() => parse(bytes))
    }),
    { numRuns: 1500 },
  )
})

test("JSON that is accepted reads as JSON.parse reads it", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const read = outcome(() => ({ value: parseJson(Buffer.from(text), "JSON") }))
      // fast-check makes objects from values, so no member is there twice.
      return typeof read === "object" && isDeepStrictEqual(read.value, JSON.parse(text))
    }),
  )
})

test("base64 has one spelling for each byte string", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) =>
      equalBytes(decodeBase64(encodeBase64(bytes), "x"), bytes),
    ),
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      const bytes = outcome(() => decodeBase64(text, "x"))
      return typeof bytes === "string" || encodeBase64(bytes) === text
    }),
  )
  for (const text of ["YQ", "YQ=", "YR==", "Y Q=", "Y-==", "YQ==\n", "=YQ=", "YQ==YQ=="]) {
    expect(outcome(() => decodeBase64(text, "x"))).toBe("ERR_INPUT_MALFORMED")
  }
  expect(Buffer.from(decodeWrappedBase64("Y\r\nQ=\n=\n", "x")).toString()).toBe("a")
})

test("a repository has one spelling, which is its own", () => {
  const candidates = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.webUrl().map((url) => `git+${url}.git`),
  )
  fc.assert(
    fc.property(candidates, (text) => {
      const spelled = parseSourceRepository(text)
      return spelled === undefined || parseSourceRepository(spelled) === spelled
    }),
  )
  for (const text of [
    "https://github.com/Acme/Rocket",
    "git+https://github.com/acme/rocket.git",
    "github.com/acme/rocket/",
  ]) {
    expect(parseSourceRepository(text)).toBe("github.com/acme/rocket")
  }
  for (const text of [
    "acme/rocket",
    "http://github.com/acme/rocket",
    "https://github.com@evil.example/acme/rocket",
    "github.com/acme/../rocket",
    "github.com//rocket",
    "github.com",
    "",
  ]) {
    expect(parseSourceRepository(text)).toBeUndefined()
  }
})
