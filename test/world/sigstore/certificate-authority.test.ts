import { X509Certificate } from "node:crypto"
import { readFileSync, existsSync } from "node:fs"

import { describe, expect, test } from "vitest"

import { OID, basicConstraints } from "../../../src/world/crypto/certificate.ts"
import type { IssueOptions } from "../../../src/world/sigstore/certificate-authority.ts"
import { createCtLog } from "../../../src/world/sigstore/ct-log.ts"
import { sequence, utf8String } from "../../../src/world/crypto/der.ts"
import { fulcioExtension } from "../../../src/world/sigstore/fulcio-extensions.ts"
import { EMAIL_IDENTITY, GITHUB_IDENTITY } from "../../../src/world/sigstore/identities.ts"
import { createKeyPair } from "../../../src/world/crypto/keys.ts"
import { toPem } from "../../../src/world/crypto/pem.ts"
import type { Signer, SignerOptions } from "../../../src/world/sigstore/signer.ts"
import { createWorld } from "../../../src/world/world.ts"
import { hasOpenssl, openssl } from "./openssl.ts"
import { verifyIndependently } from "./sigstore-verify.ts"

const NOW = Date.UTC(2026, 5, 1, 12)
const CONFORMANCE = "../shared/data/sigstore-conformance/bundle-verify/happy-path-v0.3"
const world = createWorld({ now: NOW })
const { certificateAuthority: authority } = world
const { publicKey } = createKeyPair()

function issue(options: Partial<IssueOptions> = {}): Uint8Array {
  return authority.issue({ publicKey, identity: GITHUB_IDENTITY, ...options })
}

function describeWithOpenssl(der: Uint8Array): string {
  return openssl(
    { "leaf.der": der },
    "x509",
    "-inform",
    "DER",
    "-in",
    "leaf.der",
    "-noout",
    "-text",
  ).output
}

/** The shape down to single extensions: depth and type, values only of object identifiers. */
function layout(der: Uint8Array): string[] {
  const { output } = openssl({ c: der }, "asn1parse", "-inform", "DER", "-in", "c")
  return output
    .split("\n")
    .map((line) => /(d=[0-5]) .*?(?:prim|cons): (?:OBJECT.*|\S+)/.exec(line)?.[0] ?? "")
    .map((line) => line.replace(/hl=.*l= *\d+ /, ""))
}

function extensionOrder(der: Uint8Array): string[] {
  const text = Buffer.from(der).toString("latin1")
  const prefix = Buffer.from("060a2b0601040183bf3001", "hex").toString("latin1")
  return text
    .split(prefix)
    .slice(1)
    .map((rest) => String(rest.charCodeAt(0)))
}

describe.skipIf(!hasOpenssl)("openssl", () => {
  const chain = {
    "root.pem": toPem("CERTIFICATE", authority.root),
    "intermediate.pem": toPem("CERTIFICATE", authority.intermediate),
  }
  const verify = (leaf: Uint8Array): ReturnType<typeof openssl> =>
    openssl(
      { ...chain, "leaf.pem": toPem("CERTIFICATE", leaf) },
      "verify",
      "-CAfile",
      "root.pem",
      "-untrusted",
      "intermediate.pem",
      "-x509_strict",
      "-attime",
      String(NOW / 1000 + 60),
      "leaf.pem",
    )

  test("accepts the chain", () => {
    expect(verify(issue())).toEqual({ status: 0, output: "leaf.pem: OK\n" })
  })

  test("accepts a leaf straight from the root, and of another hash", () => {
    expect(verify(issue({ by: "root", hash: "sha512" })).status).toBe(0)
  })

  test.each<[string, Partial<IssueOptions>, RegExp]>([
    [
      "another signer",
      { by: createKeyPair("p384") },
      /unable to get local issuer|signature failure/,
    ],
    ["an expired leaf", { notBefore: NOW - 900_000 }, /has expired/],
    [
      "an unknown critical extension",
      { extraExtensions: [{ oid: "1.2.3.4", critical: true, value: utf8String("x") }] },
      /unhandled critical extension/,
    ],
    ["another issuer name", { issuerName: sequence() }, /unable to get local issuer/],
  ])("refuses %s", (_, options, reason) => {
    const { status, output } = verify(issue(options))
    expect(status).not.toBe(0)
    expect(output).toMatch(reason)
  })

  test("reads what was asked for", () => {
    const text = describeWithOpenssl(
      issue({
        extendedKeyUsage: ["1.3.6.1.5.5.7.3.1"],
        keyUsage: [0, 5],
        basicConstraints: { ca: true, pathLength: 3 },
        names: [GITHUB_IDENTITY.san, EMAIL_IDENTITY.san],
      }),
    )
    expect(text).toContain("TLS Web Server Authentication")
    expect(text).toContain("Digital Signature, Certificate Sign")
    expect(text).toContain("CA:TRUE, pathlen:3")
    expect(text).toContain(`URI:${GITHUB_IDENTITY.san.value}, email:${EMAIL_IDENTITY.san.value}`)
    expect(text).toContain("Subject Alternative Name: critical")
  })
})

test("the parts of a certificate chain together", () => {
  const [root, intermediate, leaf] = [authority.root, authority.intermediate, issue()].map(
    (der) => new X509Certificate(der),
  )
  expect(root?.verify(authority.rootKey.publicKey)).toBe(true)
  expect(intermediate?.verify(authority.rootKey.publicKey)).toBe(true)
  expect(leaf?.verify(authority.intermediateKey.publicKey)).toBe(true)
  expect(leaf?.subject ?? "").toBe("")
  expect(leaf?.issuer).toContain("CN=sigstore-intermediate")
  expect(leaf?.validFromDate.getTime()).toBe(NOW)
  expect(leaf?.validToDate.getTime()).toBe(NOW + 600_000)
})

test("a GitHub identity has Fulcio's extensions in Fulcio's order, a person only the issuer", () => {
  const all = [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 24]
  expect(extensionOrder(issue())).toEqual(all.map(String))
  expect(extensionOrder(issue({ identity: EMAIL_IDENTITY }))).toEqual(["1", "8"])
})

test.skipIf(!existsSync(CONFORMANCE) || !hasOpenssl)(
  "the layout is that of a real certificate",
  () => {
    const bundle = JSON.parse(readFileSync(`${CONFORMANCE}/bundle.sigstore.json`, "utf8"))
    const real = Buffer.from(bundle.verificationMaterial.certificate.rawBytes, "base64")
    // The token's subject (24) came after this certificate was made.
    const ours = issue({
      identity: { ...GITHUB_IDENTITY, tokenSubject: "" },
      omit: ["1.3.6.1.4.1.57264.1.24"],
    })
    expect(layout(ours)).toEqual(layout(real))
  },
)

describe("the independent verifier refuses", () => {
  const stranger = createCtLog()
  const refused: [string, string, SignerOptions][] = [
    ["no promise", "got 0", { timestamps: [] }],
    ["a promise of an unknown log", "SCT verification failed", { timestamps: [{ log: stranger }] }],
    [
      "a promise by another key under the log's name",
      "SCT verification failed",
      { timestamps: [{ log: createCtLog({ logId: world.ctLog.logId }) }] },
    ],
    [
      "a promise about another issuer",
      "SCT verification failed",
      { timestamps: [{ issuerKeyHash: new Uint8Array(32) }] },
    ],
    ["another authority", "certificate chain", { by: createKeyPair("p384") }],
    ["a certificate that was not yet valid", "certificate chain", { notBefore: NOW + 60_000 }],
  ]
  test.each(refused)("%s", (_, reason, issueOptions) => {
    const signer: Signer = world.createSigner(issueOptions)
    const bundle = world.signPayload({ _type: "test" }, { signer })
    const thresholds = { ctlogThreshold: 1 }
    expect(() => verifyIndependently(bundle, world.trustedRoot(), thresholds)).toThrow(reason)
  })

  test("nothing about a promise with extensions", () => {
    const signer = world.createSigner({ timestamps: [{ extensions: Uint8Array.of(0, 0, 5) }] })
    const bundle = world.signPayload({ _type: "test" }, { signer })
    expect(() => verifyIndependently(bundle, world.trustedRoot())).not.toThrow()
  })
})

test("extensions can be left out, doubled, contradicted and altered", () => {
  const doubled = issue({
    omit: [OID.extendedKeyUsage, OID.keyUsage],
    extraExtensions: [fulcioExtension(3, "0".repeat(40)), basicConstraints(true)],
  })
  const certificate = new X509Certificate(doubled)
  expect(certificate.keyUsage).toBeUndefined()
  expect(certificate.ca).toBe(true)
  expect(extensionOrder(doubled).filter((number) => number === "3")).toHaveLength(2)
  const altered = issue({ alterTimestampList: () => Buffer.from("nonsense") })
  expect(Buffer.from(altered).includes("nonsense")).toBe(true)
})
