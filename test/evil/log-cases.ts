import { createKeyPair, sign } from "../../src/world/crypto/keys.ts"
import { signCheckpoint } from "../../src/world/crypto/signed-note.ts"
import { createRekorV2 } from "../../src/world/sigstore/rekor-v2.ts"
import type { PayloadOptions } from "../../src/world/sigstore/sign.ts"
import { base64, type BundleJson, type LogEntryJson } from "../../src/world/sigstore/wire.ts"
import { createWorld } from "../../src/world/world.ts"
import { NOW, WHEEL } from "../support/judge.ts"
import {
  altered,
  entryOf,
  type EvilCase,
  type Exhibit,
  show,
  showBundle,
  signed,
  stranger,
  world,
} from "./exhibit.ts"

const DAY = 86_400_000
const REKOR_V2: PayloadOptions = { entries: ["hashedrekord/0.0.2"] }
const NOTHING = base64(Buffer.alloc(32))

/** A bundle whose entry was changed by hand. */
function withEntry(change: (entry: LogEntryJson) => void, options: PayloadOptions = {}): Exhibit {
  return show(altered(signed(options), (bundle) => change(entryOf(bundle))))
}

/** A bundle whose entry the log really holds, with a body that tells a lie. */
function relogged(change: (body: string) => string): Exhibit {
  const bundle = signed()
  const body = Buffer.from(entryOf(bundle).canonicalizedBody, "base64").toString()
  const logged = world.rekor.add(Buffer.from(change(body)), NOW / 1000)
  bundle.verificationMaterial.tlogEntries = [world.rekor.transparencyLogEntry(logged)]
  return show(bundle)
}

/** The same, where the lie is a member of the body. */
function reloggedWith(change: (spec: EntrySpec) => void): Exhibit {
  return relogged((text) => {
    const body: { spec: EntrySpec } = JSON.parse(text)
    change(body.spec)
    return JSON.stringify(body)
  })
}

/** What an entry of kind dsse/0.0.1 says. */
interface EntrySpec {
  payloadHash: { value: string }
  envelopeHash: { value: string }
  signatures: { signature: string; verifier: string }[]
}

function otherCertificate(): string {
  const pem = `-----BEGIN CERTIFICATE-----\n${base64(world.createSigner().certificate ?? "")}\n-----END CERTIFICATE-----\n`
  return base64(pem)
}

/** An index that a double cannot hold, so that careless readers take its neighbour's promise for its own. */
function beyondDoubles(): Exhibit {
  const far = createWorld({ now: NOW, rekor: { firstLogIndex: 2 ** 53 } })
  const bundle = signed({}, far)
  entryOf(bundle).logIndex = String(2n ** 53n + 1n)
  return show(bundle, far.trustedRoot())
}

/** A checkpoint that the log's key really signed, under the name of another log. */
function otherOrigin(): Exhibit {
  const key = createKeyPair("ed25519")
  const log = createRekorV2({ key })
  const own = signed(REKOR_V2)
  const entry = log.add(Buffer.from(entryOf(own).canonicalizedBody, "base64"))
  const logged = log.transparencyLogEntry(entry)
  const proof = logged.inclusionProof
  if (proof === undefined) throw new Error("the entry has no proof")
  const checkpoint = signCheckpoint(
    { origin: "evil.example", size: log.size(), rootHash: Buffer.from(proof.rootHash, "base64") },
    {
      name: "evil.example",
      keyHint: log.logId.subarray(0, 4),
      sign: (text) => sign(key, text),
    },
  )
  proof.checkpoint = { envelope: checkpoint }
  own.verificationMaterial.tlogEntries = [logged]
  const root = world.trustedRoot()
  const [, rekorV2] = root.tlogs
  if (rekorV2 === undefined) throw new Error("the trusted root has no second log")
  rekorV2.publicKey.rawBytes = base64(log.publicKey.export({ format: "der", type: "spki" }))
  rekorV2.logId.keyId = base64(log.logId)
  return showBundle(own, root)
}

function twice(): Exhibit {
  const bundle = signed()
  const copy = structuredClone(entryOf(bundle))
  if (copy.inclusionProof !== undefined) copy.inclusionProof.rootHash = NOTHING
  bundle.verificationMaterial.tlogEntries.push(copy)
  return show(bundle)
}

function withAnother(other: BundleJson): Exhibit {
  return show(
    altered(signed(), (bundle) => bundle.verificationMaterial.tlogEntries.push(entryOf(other))),
  )
}

/** What can be wrong with a transparency log entry. */
export const LOG_CASES: readonly EvilCase[] = [
  {
    name: "an entry that names another certificate",
    form: "statement",
    by: "log-entry-body",
    make: () =>
      reloggedWith(
        ({ signatures: [first] }) => void (first && (first.verifier = otherCertificate())),
      ),
  },
  {
    name: "an entry about another payload",
    form: "statement",
    by: "log-entry-body",
    make: () => reloggedWith(({ payloadHash }) => void (payloadHash.value = "0".repeat(64))),
  },
  {
    name: "an entry about another envelope",
    form: "statement",
    by: "log-entry-body",
    make: () => reloggedWith(({ envelopeHash }) => void (envelopeHash.value = "0".repeat(64))),
  },
  {
    name: "an entry about another signature",
    form: "statement",
    by: "log-entry-body",
    make: () =>
      reloggedWith(({ signatures: [first] }) => void (first && (first.signature = base64("x")))),
  },
  {
    name: "an entry with a member twice",
    form: "statement",
    by: "log-entry-body",
    make: () =>
      relogged((body) => body.replace('"kind":"dsse"', '"kind":"hashedrekord","kind":"dsse"')),
  },
  {
    name: "an entry of another file's signature",
    form: "file",
    by: "log-entry-body",
    make: () =>
      showBundle(
        altered(world.signMessage(WHEEL), (bundle) => {
          bundle.verificationMaterial.tlogEntries = [
            entryOf(world.signMessage(Buffer.from("other"))),
          ]
        }),
      ),
  },
  {
    name: "a good entry beside another envelope's",
    form: "statement",
    by: "log-entry-body",
    // A minute later, so that it is no second time of the same.
    make: () => withAnother(signed({ time: NOW + 60_000 })),
  },
  {
    name: "a good entry beside one of an unknown log",
    form: "statement",
    by: "log-known",
    make: () => withAnother(signed({ time: NOW + 60_000 }, stranger)),
  },
  {
    name: "the same entry again, with a false proof",
    form: "statement",
    by: "log-inclusion",
    make: twice,
  },
  {
    name: "a Rekor v1 key that was retired before",
    form: "statement",
    by: "log-known",
    make: () => show(signed(), world.trustedRoot({ rekorV1: { end: NOW - DAY } })),
  },
  {
    name: "a Rekor v2 key that was retired before",
    form: "statement-rekor-v2",
    by: "log-known",
    make: () => showBundle(signed(REKOR_V2), world.trustedRoot({ rekorV2: { end: NOW - DAY } })),
  },
  {
    name: "an index that nothing signs",
    form: "statement-rekor-v2",
    by: "log-inclusion",
    make: () => {
      const bundle = signed(REKOR_V2)
      entryOf(bundle).logIndex = "99"
      return showBundle(bundle)
    },
  },
  {
    name: "an index beside the promised one, over 2^53",
    form: "statement",
    by: "log-promise",
    make: beyondDoubles,
  },
  {
    name: "a negative index",
    form: "statement",
    by: "evidence-malformed",
    make: () => withEntry((entry) => (entry.logIndex = `-${entry.logIndex}`)),
  },
  {
    name: "a false root hash beside the checkpoint",
    form: "statement",
    by: "log-inclusion",
    make: () =>
      withEntry(
        ({ inclusionProof }) => void (inclusionProof && (inclusionProof.rootHash = NOTHING)),
      ),
  },
  {
    name: "a false tree size beside the checkpoint",
    form: "statement",
    by: "log-inclusion",
    make: () =>
      withEntry(
        ({ inclusionProof }) => void (inclusionProof && (inclusionProof.treeSize = "999999")),
      ),
  },
  {
    name: "a checkpoint of another log's, by the same key",
    form: "statement-rekor-v2",
    by: "log-checkpoint",
    make: otherOrigin,
  },
  {
    name: "a checkpoint with text behind its signatures",
    form: "statement",
    by: "log-checkpoint",
    make: () =>
      withEntry(
        ({ inclusionProof }) =>
          void (inclusionProof?.checkpoint && (inclusionProof.checkpoint.envelope += "more\n")),
      ),
  },
  {
    name: "a proof without a checkpoint",
    form: "statement",
    by: "log-checkpoint",
    make: () => show(signed({ checkpoint: false })),
  },
  {
    name: "a promise without a proof",
    form: "statement",
    by: "log-inclusion",
    make: () => show(signed({ proof: false })),
  },
  {
    name: "no entry, a timestamp alone",
    form: "statement-timestamped",
    by: "log-entry-present",
    make: () => showBundle(signed({ entries: [], timestamps: 1 })),
  },
]
