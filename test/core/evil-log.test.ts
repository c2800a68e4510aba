import { expect, test } from "vitest"

import type { CheckId } from "../../src/core/checks.ts"
import { slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import { digest } from "../../src/world/crypto/keys.ts"
import type { BundleJson, LogEntryJson } from "../../src/world/sigstore/wire.ts"
import { createWorld } from "../../src/world/world.ts"
import { judge, NOW, WHEEL, wheelSubject } from "../support/judge.ts"

const world = createWorld({ now: NOW })
const stranger = createWorld({ now: NOW })
const v1 = slsaV1Statement([wheelSubject()])
const signer = world.createSigner()

function entryOf(bundle: BundleJson): LogEntryJson {
  const [entry] = bundle.verificationMaterial.tlogEntries
  if (entry === undefined) throw new Error("the bundle has no entry")
  return entry
}

function promiseOf(bundle: BundleJson): Pick<LogEntryJson, "inclusionPromise"> {
  const { inclusionPromise } = entryOf(bundle)
  return inclusionPromise === undefined ? {} : { inclusionPromise }
}

/** A bundle whose entry was changed by hand. */
function altered(
  change: (entry: LogEntryJson, bundle: BundleJson) => void,
  options = {},
): BundleJson {
  const bundle = structuredClone(world.signPayload(v1, { signer, ...options }))
  change(entryOf(bundle), bundle)
  return bundle
}

/** A bundle whose entry the log really holds, with a body that was changed by hand. */
function relogged(change: (body: Body) => void, kind = "dsse/0.0.1"): BundleJson {
  return altered(
    (entry, bundle) => {
      const body = JSON.parse(Buffer.from(entry.canonicalizedBody, "base64").toString())
      change(body)
      const logged = world.rekor.add(body, Math.floor(NOW / 1000))
      bundle.verificationMaterial.tlogEntries = [world.rekor.transparencyLogEntry(logged)]
    },
    { entries: [kind] },
  )
}

// oxlint-disable-next-line typescript/no-explicit-any -- a log entry's body, to be changed anywhere.
type Body = any

const otherPem = Buffer.from(
  `-----BEGIN CERTIFICATE-----\n${(world.createSigner().certificate ?? Buffer.alloc(0)).toString("base64")}\n-----END CERTIFICATE-----\n`,
).toString("base64")

const EVIL: readonly (readonly [name: string, check: CheckId, make: () => BundleJson])[] = [
  ["no entry", "time-present", () => world.signPayload(v1, { entries: [] })],
  [
    "no entry but a timestamp",
    "log-entry-present",
    () => world.signPayload(v1, { entries: [], timestamps: 1 }),
  ],
  [
    "an integrated time that nothing signs",
    "time-present",
    () => world.signPayload(v1, { promise: false }),
  ],
  ["no inclusion proof", "log-inclusion", () => world.signPayload(v1, { proof: false })],
  [
    "no inclusion proof in v0.2",
    "log-inclusion",
    () => world.signPayload(v1, { proof: false, version: "v0.2" }),
  ],
  ["no checkpoint", "log-checkpoint", () => world.signPayload(v1, { checkpoint: false })],
  [
    "v0.1 without promise",
    "log-inclusion",
    () => world.signPayload(v1, { version: "v0.1", promise: false, proof: false, timestamps: 1 }),
  ],
  [
    "an altered time",
    "log-promise",
    () => altered((entry) => (entry.integratedTime = String(Number(entry.integratedTime) + 1))),
  ],
  [
    "an altered index",
    "log-promise",
    () => altered((entry) => (entry.logIndex = String(Number(entry.logIndex) + 1))),
  ],
  [
    "another log's id",
    "log-known",
    () => altered((entry) => (entry.logId.keyId = Buffer.alloc(32, 7).toString("base64"))),
  ],
  [
    "another log's promise",
    "log-promise",
    () => altered((entry) => void Object.assign(entry, promiseOf(stranger.signPayload(v1)))),
  ],
  [
    "an altered root hash",
    "log-inclusion",
    () =>
      altered(
        ({ inclusionProof }) =>
          void (inclusionProof && (inclusionProof.rootHash = Buffer.alloc(32).toString("base64"))),
      ),
  ],
  [
    "an altered tree size",
    "log-inclusion",
    () => altered(({ inclusionProof }) => void (inclusionProof && (inclusionProof.treeSize = "1"))),
  ],
  [
    "an index outside the tree",
    "log-inclusion",
    () =>
      altered(
        ({ inclusionProof }) =>
          void (inclusionProof && (inclusionProof.logIndex = inclusionProof.treeSize)),
      ),
  ],
  [
    "a proof that is too long",
    "log-inclusion",
    () =>
      altered(({ inclusionProof }) =>
        inclusionProof?.hashes.push(Buffer.alloc(32).toString("base64")),
      ),
  ],
  [
    "a checkpoint of another tree",
    "log-checkpoint",
    () =>
      altered(
        ({ inclusionProof }) =>
          void (
            inclusionProof?.checkpoint &&
            (inclusionProof.checkpoint.envelope = world.rekor.checkpoint(1))
          ),
      ),
  ],
  [
    "a checkpoint that another log signed",
    "log-checkpoint",
    () =>
      altered(
        ({ inclusionProof }) =>
          void (
            inclusionProof?.checkpoint &&
            (inclusionProof.checkpoint.envelope = inclusionProof.checkpoint.envelope.replace(
              /\u2014.*\n$/,
              stranger.rekor.checkpoint().split("\n\n")[1] ?? "",
            ))
          ),
      ),
  ],
  [
    "a checkpoint of another origin",
    "log-checkpoint",
    () =>
      altered(
        ({ inclusionProof }) =>
          void (
            inclusionProof?.checkpoint &&
            (inclusionProof.checkpoint.envelope = `evil${inclusionProof.checkpoint.envelope}`)
          ),
      ),
  ],
  [
    "a checkpoint that is no note",
    "log-checkpoint",
    () =>
      altered(
        ({ inclusionProof }) =>
          void (inclusionProof?.checkpoint && (inclusionProof.checkpoint.envelope = "garbage")),
      ),
  ],
  [
    "an entry of another kind than its body",
    "log-entry-body",
    () => altered((entry) => (entry.kindVersion = { kind: "intoto", version: "0.0.2" })),
  ],
  ["an entry of an unknown kind", "log-entry-body", () => relogged((body) => (body.kind = "helm"))],
  [
    "an entry about another certificate",
    "log-entry-body",
    () => relogged((body) => (body.spec.signatures[0].verifier = otherPem)),
  ],
  [
    "an entry about another payload",
    "log-entry-body",
    () => relogged((body) => (body.spec.payloadHash.value = "0".repeat(64))),
  ],
  [
    "an entry with a bogus envelope hash",
    "log-entry-body",
    () => relogged((body) => (body.spec.envelopeHash.value = "0".repeat(64))),
  ],
  [
    "an entry about another signature",
    "log-entry-body",
    () => relogged((body) => (body.spec.signatures[0].signature = "AAAA")),
  ],
  [
    "an entry with two signatures",
    "log-entry-body",
    () => relogged((body) => body.spec.signatures.push(body.spec.signatures[0])),
  ],
  [
    "an entry with a member nobody knows",
    "log-entry-body",
    () => relogged((body) => (body.extra = 1)),
  ],
  [
    "an entry whose hash is not SHA-256",
    "log-entry-body",
    () => relogged((body) => (body.spec.payloadHash.algorithm = "md5")),
  ],
  [
    "intoto/0.0.1 about another envelope",
    "log-entry-body",
    () => relogged((body) => (body.spec.content.hash.value = "0".repeat(64)), "intoto/0.0.1"),
  ],
  [
    "intoto/0.0.1 about another payload",
    "log-entry-body",
    () =>
      relogged((body) => (body.spec.content.payloadHash.value = "0".repeat(64)), "intoto/0.0.1"),
  ],
  [
    "intoto/0.0.1 about another certificate",
    "log-entry-body",
    () => relogged((body) => (body.spec.publicKey = otherPem), "intoto/0.0.1"),
  ],
  [
    "intoto/0.0.2 about another envelope",
    "log-entry-body",
    () => relogged((body) => (body.spec.content.hash.value = "0".repeat(64)), "intoto/0.0.2"),
  ],
  [
    "intoto/0.0.2 about another payload",
    "log-entry-body",
    () =>
      relogged((body) => (body.spec.content.payloadHash.value = "0".repeat(64)), "intoto/0.0.2"),
  ],
  [
    "intoto/0.0.2 about another type",
    "log-entry-body",
    () =>
      relogged((body) => (body.spec.content.envelope.payloadType = "text/plain"), "intoto/0.0.2"),
  ],
  [
    "intoto/0.0.2 about another certificate",
    "log-entry-body",
    () =>
      relogged(
        (body) => (body.spec.content.envelope.signatures[0].publicKey = otherPem),
        "intoto/0.0.2",
      ),
  ],
  [
    "intoto/0.0.2 about another signature",
    "log-entry-body",
    () =>
      relogged(
        (body) =>
          (body.spec.content.envelope.signatures[0].sig = Buffer.from("AAAA").toString("base64")),
        "intoto/0.0.2",
      ),
  ],
]

test.each(EVIL)("%s is refused [%s]", (_name, check, make) => {
  expect(judge(world, make()).checks).toEqual([check])
})

test("an entry of Rekor v2 with an altered outer index is refused", () => {
  const bundle = world.signPayload(v1, { entries: ["hashedrekord/0.0.2"] })
  entryOf(bundle).logIndex = "99"
  expect(judge(world, bundle).checks).toEqual(["log-inclusion"])
})

test.each(["hashedrekord/0.0.2", "dsse/0.0.2"] as const)(
  "an entry of Rekor v2, %s, of another envelope is refused",
  (kind) => {
    const bundle = world.signPayload(v1, { entries: [kind], signer })
    const other = world.signPayload({ ...v1, predicateType: "x" }, { entries: [kind], signer })
    bundle.verificationMaterial.tlogEntries = other.verificationMaterial.tlogEntries
    expect(judge(world, bundle).checks).toEqual(["log-entry-body"])
  },
)

test.each(["hashedrekord/0.0.2", "dsse/0.0.2"] as const)(
  "an entry of Rekor v2, %s, of another certificate is refused",
  (kind) => {
    const again = { ...world.createSigner({ key: signer.key }), key: signer.key }
    const bundle = world.signPayload(v1, { entries: [kind], signer })
    // The same key and signature, another certificate of its own.
    if (bundle.verificationMaterial.certificate) {
      bundle.verificationMaterial.certificate.rawBytes = Buffer.from(
        again.certificate ?? "",
      ).toString("base64")
    }
    expect(judge(world, bundle).checks).toEqual(["log-entry-body"])
  },
)

test("a log entry for a file does not do for an envelope, nor the reverse", () => {
  const message = world.signMessage(WHEEL, { signer })
  const envelope = world.signPayload(v1, { signer })
  const swapped = structuredClone(envelope)
  swapped.verificationMaterial.tlogEntries = message.verificationMaterial.tlogEntries
  expect(judge(world, swapped).checks).toEqual(["log-entry-body"])
  message.verificationMaterial.tlogEntries = envelope.verificationMaterial.tlogEntries
  expect(judge(world, message).checks).toEqual(["log-entry-body"])
})

test("a file's entry about other bytes or another signature is refused", () => {
  for (const kind of ["hashedrekord/0.0.1", "hashedrekord/0.0.2"] as const) {
    const bundle = world.signMessage(WHEEL, { signer, entries: [kind] })
    const other = world.signMessage(Buffer.from("other"), { signer, entries: [kind] })
    bundle.verificationMaterial.tlogEntries = other.verificationMaterial.tlogEntries
    expect(judge(world, bundle).checks).toEqual(["log-entry-body"])
    const again = world.signMessage(WHEEL, { signer, entries: [kind] })
    const mixed = world.signMessage(WHEEL, { signer, entries: [kind] })
    mixed.verificationMaterial.tlogEntries = again.verificationMaterial.tlogEntries
    expect(judge(world, mixed).checks).toEqual(["log-entry-body"])
  }
})

test("a file's entry by an unknown digest algorithm is refused", () => {
  const bundle = world.signMessage(WHEEL, { signer })
  const body = JSON.parse(Buffer.from(entryOf(bundle).canonicalizedBody, "base64").toString())
  body.spec.data.hash = { algorithm: "md5", value: digest("sha256", WHEEL).toString("hex") }
  const logged = world.rekor.add(body, Math.floor(NOW / 1000))
  bundle.verificationMaterial.tlogEntries = [world.rekor.transparencyLogEntry(logged)]
  expect(judge(world, bundle).checks).toEqual(["log-entry-body"])
})

test.each(["promise", "proof", "checkpoint"] as const)(
  "one entry twice, the second time with a broken %s, is refused",
  (part) => {
    const bundle = world.signPayload(v1)
    const copy = structuredClone(entryOf(bundle))
    const { inclusionPromise: promise, inclusionProof: proof } = copy
    if (promise === undefined || proof?.checkpoint === undefined) throw new Error("no proof")
    if (part === "promise") promise.signedEntryTimestamp = "AAAA"
    else if (part === "proof") proof.rootHash = Buffer.alloc(32).toString("base64")
    else proof.checkpoint.envelope = stranger.rekor.checkpoint()
    bundle.verificationMaterial.tlogEntries.push(copy)
    expect(judge(world, bundle).checks).toEqual([
      { promise: "log-promise", proof: "log-inclusion", checkpoint: "log-checkpoint" }[part],
    ])
  },
)

test("one entry many times counts once, and too many are refused", () => {
  const bundle = world.signPayload(v1)
  const entry = entryOf(bundle)
  bundle.verificationMaterial.tlogEntries = [entry, structuredClone(entry)]
  const { checks, proof } = judge(world, bundle)
  expect(checks).toEqual([])
  expect(proof?.logEntries).toHaveLength(1)
  bundle.verificationMaterial.tlogEntries = Array.from({ length: 33 }, () => entry)
  expect(judge(world, bundle).checks).toEqual(["evidence-malformed"])
})

test("a good entry does not make up for a bad one", () => {
  const bundle = world.signPayload(v1, { signer })
  const other = world.signPayload({ ...v1, predicateType: "x" }, { signer })
  bundle.verificationMaterial.tlogEntries.push(entryOf(other))
  expect(judge(world, bundle).checks).toEqual(["log-entry-body"])
})
