import { writeFileSync } from "node:fs"

import { derChildren, readDer } from "../../src/core/der.ts"
import { nullValue, sequence } from "../../src/world/crypto/der.ts"
import { createKeyPair } from "../../src/world/crypto/keys.ts"
import { GENERATOR_IDENTITY, GITHUB_IDENTITY } from "../../src/world/sigstore/identities.ts"
import type { PayloadOptions, SignOptions } from "../../src/world/sigstore/sign.ts"
import { managedSigner } from "../../src/world/sigstore/signer.ts"
import { slsaV02Statement, slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import { base64, type BundleJson } from "../../src/world/sigstore/wire.ts"
import { createWorld } from "../../src/world/world.ts"
import { editDer } from "../support/edit-der.ts"
import { NOW, WHEEL, wheelSubject } from "../support/judge.ts"
import type { SpecimenFile } from "./specimen.ts"

/**
 * Makes `specimens.json`: a bundle in each form that the local world signs in. They are kept because signatures are random: with fresh
 * ones, a seed would not name the same mutation twice. The keys are forgotten; only their public halves are in the file.
 */
const world = createWorld({ now: NOW })
// A tree of some height, so that inclusion proofs have something to get wrong.
for (let index = 0; index < 37; index += 1) {
  world.rekor.add(Buffer.from(`{"filler":${index}}`), NOW / 1000)
  world.rekorV2.add(Buffer.from(`{"filler":${index}}`))
}

const ENVELOPES: Readonly<Record<string, PayloadOptions>> = {
  "v0.1 with a promise": { version: "v0.1", proof: false, entries: ["intoto/0.0.2"] },
  "v0.1 with proof and chain": { version: "v0.1", chain: "whole", entries: ["intoto/0.0.2"] },
  "v0.1 with a proof without checkpoint": { version: "v0.1", checkpoint: false },
  "v0.2": { version: "v0.2", chain: "without-root", keyid: "" },
  "v0.3, old media type": { version: "v0.3-parameter" },
  "v0.3": {},
  "v0.3 with intoto/0.0.1": { entries: ["intoto/0.0.1"] },
  "v0.3 with intoto/0.0.2": { entries: ["intoto/0.0.2"] },
  "v0.3 with a timestamp": { timestamps: 1 },
  "v0.3 with a timestamp and no promise": { timestamps: 1, promise: false },
  "v0.3 in Rekor v2": { entries: ["hashedrekord/0.0.2"] },
  "v0.3 in Rekor v2, dsse/0.0.2": { entries: ["dsse/0.0.2"] },
  "v0.3 in both logs": { entries: ["dsse/0.0.1", "hashedrekord/0.0.2"] },
  "v0.3 by a P-384 key": { issue: { key: createKeyPair("p384") } },
  "v0.3 by an RSA key": { issue: { key: createKeyPair("rsa2048") } },
}

/** What the peer is known to accept: really signed, and evil. */
const EVIL: Readonly<Record<string, PayloadOptions>> = {
  "evil: a leaf for web servers": { issue: { extendedKeyUsage: ["1.3.6.1.5.5.7.3.1"] } },
  "evil: a leaf that is an authority": { issue: { basicConstraints: { ca: true } } },
  "evil: an unknown critical extension": {
    issue: {
      extraExtensions: [{ oid: "1.2.3.4", critical: true, value: Uint8Array.of(5, 0) }],
    },
  },
  "evil: two names": {
    issue: { names: [GITHUB_IDENTITY.san, { kind: "uri", value: "https://evil.example/" }] },
  },
  "evil: a proof of publication from the past": {
    issue: { timestamps: [{ timestamp: NOW - 86_400_000 }] },
  },
}

const MESSAGES: Readonly<Record<string, SignOptions>> = {
  "a file's signature, v0.2": { version: "v0.2" },
  "a file's signature, v0.3": {},
  "a file's signature in Rekor v2": { entries: ["hashedrekord/0.0.2"] },
}

/** A bundle whose entry the log really holds, with something false in it. */
function relogged(change: (body: { spec: Record<string, unknown> }) => void): BundleJson {
  const bundle = world.signPayload(statement)
  const [entry] = bundle.verificationMaterial.tlogEntries
  const body = JSON.parse(Buffer.from(entry?.canonicalizedBody ?? "", "base64").toString())
  change(body)
  const logged = world.rekor.add(body, NOW / 1000)
  bundle.verificationMaterial.tlogEntries = [world.rekor.transparencyLogEntry(logged)]
  return bundle
}

/** A bundle whose certificate names another signature algorithm outside than inside, where its signature covers it. */
function twoAlgorithms(): BundleJson {
  const bundle = world.signPayload(statement)
  const { certificate } = bundle.verificationMaterial
  if (certificate === undefined) throw new Error("the bundle has no certificate")
  const der = Buffer.from(certificate.rawBytes, "base64")
  certificate.rawBytes = base64(
    editDer(der, [1], (own) => [sequence(...children(own), nullValue())]),
  )
  return bundle
}

function children(sequenceOf: Uint8Array): readonly Uint8Array[] {
  return derChildren(readDer(sequenceOf, "it"), "it").map(({ bytes }) => bytes)
}

function withoutDigest(bundle: BundleJson): BundleJson {
  const { messageDigest: _, ...messageSignature } = bundle.messageSignature ?? {}
  return { ...bundle, messageSignature } as BundleJson
}

const statement = slsaV1Statement([wheelSubject()])
const signer = managedSigner()
const key = {
  hint: signer.hint ?? "",
  spki: signer.key.publicKey.export({ format: "der", type: "spki" }).toString("base64"),
}
const file: SpecimenFile = {
  trustedRoot: world.trustedRoot(),
  specimens: [
    ...Object.entries({ ...ENVELOPES, ...EVIL }).map(([name, options]) => ({
      name,
      bundle: world.signPayload(statement, options),
    })),
    {
      name: "v0.3 by the generic generator",
      bundle: world.signPayload(slsaV02Statement([wheelSubject()]), {
        issue: { identity: GENERATOR_IDENTITY },
      }),
    },
    ...Object.entries(MESSAGES).map(([name, options]) => ({
      name,
      bundle: world.signMessage(WHEEL, options),
      artifact: WHEEL.toString("base64"),
    })),
    {
      name: "a file's signature without the file's digest",
      bundle: withoutDigest(world.signMessage(WHEEL)),
      artifact: WHEEL.toString("base64"),
    },
    { name: "v0.3 by a managed key", bundle: world.signPayload(statement, { signer }), key },
    {
      name: "v0.3 by a managed key, without time",
      bundle: world.signPayload(statement, { signer, entries: [] }),
      key,
    },
    { name: "evil: a certificate of two algorithms", bundle: twoAlgorithms() },
    {
      name: "evil: an entry that hashes another envelope",
      bundle: relogged((body) => {
        body.spec["envelopeHash"] = { algorithm: "sha256", value: "0".repeat(64) }
      }),
    },
  ],
}
const { trustedRoot, specimens } = file
const lines = specimens.map((specimen) => JSON.stringify(specimen)).join(",\n")
const text = `{"trustedRoot":${JSON.stringify(trustedRoot)},"specimens":[\n${lines}\n]}\n`
writeFileSync(new URL("specimens.json", import.meta.url), text)
