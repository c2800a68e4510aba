import { createHash, verify, X509Certificate } from "node:crypto"
import { existsSync, globSync, readFileSync } from "node:fs"

import { describe, expect, test } from "vitest"

import { slsaV1Statement, subjectOf } from "../../../src/world/sigstore/statements.ts"
import { GITHUB_IDENTITY } from "../../../src/world/sigstore/identities.ts"
import { canonicalJson, type Json } from "../../../src/world/crypto/canonical-json.ts"
import { readEnvelope } from "../../../src/world/sigstore/envelope.ts"
import { envelopeBody, hashedRekordBody } from "../../../src/world/sigstore/rekor-body.ts"
import { tiledDsseBody, tiledHashedRekordBody } from "../../../src/world/sigstore/rekor-v2-body.ts"
import { createRekorV1, kindVersion } from "../../../src/world/sigstore/rekor-v1.ts"
import { createRekorV2, noteKeyId } from "../../../src/world/sigstore/rekor-v2.ts"
import { createKeyPair } from "../../../src/world/crypto/keys.ts"
import { verifierPem } from "../../../src/world/sigstore/signer.ts"
import { createWorld } from "../../../src/world/world.ts"

const NOW = Date.UTC(2026, 5, 1, 12)
const DATA = "../shared/data"
const PLAIN_HASH = "gha_container-based/v1.7.0/"
const world = createWorld({ now: NOW })
const statement = slsaV1Statement([subjectOf("a.whl", Buffer.from("a"))])

function sha256(...parts: (Uint8Array | string)[]): string {
  const hash = createHash("sha256")
  for (const part of parts) hash.update(part)
  return hash.digest("hex")
}

function hashOf(data: Uint8Array): Json {
  return { algorithm: "sha256", value: sha256(data) }
}

function bodyOf(entry: { canonicalizedBody: string } | undefined): Json {
  return JSON.parse(Buffer.from(entry?.canonicalizedBody ?? "", "base64").toString())
}

describe("a Rekor v1 log", () => {
  const log = createRekorV1({ baseUrl: "https://rekor.acme.test", treeId: 0x1234n })

  test("names an entry by tree and leaf hash, and finds it by every handle", () => {
    const entry = log.add({ kind: "dsse", apiVersion: "0.0.1" }, 1_700_000_000, {
      indexKeys: ["sha256:aa"],
    })
    const body = '{"apiVersion":"0.0.1","kind":"dsse"}'
    expect(entry.uuid).toBe(`0000000000001234${sha256(Uint8Array.of(0), body)}`)
    expect(log.find(entry.uuid)).toBe(entry)
    expect(log.find(entry.uuid.slice(16))).toBe(entry)
    expect(log.findByLogIndex(1000)).toBe(entry)
    expect(log.search("sha256:aa")).toEqual([entry.uuid])
    expect(log.add(Buffer.from(body), 1).integratedTime).toBe(1_700_000_000)
    expect(log.size()).toBe(1)
  })

  test("signs its promises and checkpoints", () => {
    const entry = log.add(Buffer.from("not even JSON"), 1_700_000_001)
    const logged = log.transparencyLogEntry(entry)
    const signed = `{"body":"${logged.canonicalizedBody}","integratedTime":1700000001,"logID":"${Buffer.from(log.logId).toString("hex")}","logIndex":1001}`
    const promise = Buffer.from(logged.inclusionPromise?.signedEntryTimestamp ?? "", "base64")
    expect(verify("sha256", Buffer.from(signed), log.publicKey, promise)).toBe(true)

    const note = logged.inclusionProof?.checkpoint?.envelope ?? ""
    const [text = "", line = ""] = note.split(/(?<=\n)\n/)
    const [, name, base64 = ""] = /^\u2014 (\S+) (\S+)\n$/.exec(line) ?? []
    const signature = Buffer.from(base64, "base64")
    expect(text.split("\n").slice(0, 2)).toEqual(["rekor.acme.test - 4660", "2"])
    expect(name).toBe("rekor.acme.test")
    expect(signature.subarray(0, 4)).toEqual(Buffer.from(log.logId).subarray(0, 4))
    expect(verify("sha256", Buffer.from(text), log.publicKey, signature.subarray(4))).toBe(true)
    expect(logged.kindVersion).toEqual({ kind: "", version: "" })
  })

  test("hands out only the parts that are asked for", () => {
    const entry = log.add({ kind: "x", apiVersion: "1" }, 1)
    const bare = log.transparencyLogEntry(entry, { promise: false, checkpoint: false, treeSize: 3 })
    expect(bare.inclusionPromise).toBeUndefined()
    expect(bare.inclusionProof?.checkpoint).toBeUndefined()
    expect(log.transparencyLogEntry(entry, { proof: false }).inclusionProof).toBeUndefined()
    expect(kindVersion(entry.body)).toEqual({ kind: "x", version: "1" })
  })
})

describe("a Rekor v2 log", () => {
  test("has an Ed25519 key named as signed notes name it", () => {
    const log = createRekorV2({ baseUrl: "https://log.acme.test" })
    const witness = createKeyPair("ed25519")
    log.add({ a: 1 })
    const note = log.checkpoint(1, [
      { name: "witness", keyHint: Uint8Array.of(1, 2, 3, 4), sign: () => Uint8Array.of(9) },
    ])
    const [text = "", lines = ""] = note.split(/(?<=\n)\n/)
    const [own = "", other] = lines.split("\n")
    const signature = Buffer.from(own.split(" ")[2] ?? "", "base64")
    expect(text).toMatch(/^log\.acme\.test\n1\n\S{44}\n$/)
    expect(verify(null, Buffer.from(text), log.publicKey, signature.subarray(4))).toBe(true)
    expect(signature.subarray(0, 4)).toEqual(Buffer.from(log.logId).subarray(0, 4))
    expect(other).toBe("\u2014 witness AQIDBAk=")
    expect(noteKeyId("a", witness.publicKey)).not.toEqual(noteKeyId("b", witness.publicKey))
  })

  test.skipIf(!existsSync(DATA))("as the production log is", async () => {
    const { createPublicKey } = await import("node:crypto")
    const root = JSON.parse(readFileSync(`${DATA}/pypi/trust/production.trusted_root.json`, "utf8"))
    const log = root.tlogs.find(({ baseUrl }: { baseUrl: string }) => baseUrl.includes("log2025-1"))
    const key = createPublicKey({
      key: Buffer.from(log.publicKey.rawBytes, "base64"),
      format: "der",
      type: "spki",
    })
    const id = noteKeyId("log2025-1.rekor.sigstore.dev", key)
    expect(Buffer.from(id).toString("base64")).toBe(log.logId.keyId)
  })
})

describe("bodies", () => {
  test("an envelope entry hashes the envelope's very bytes", () => {
    const envelope = world.signEnvelope(statement, { keyid: "k" })
    const raw = Buffer.from(`${JSON.stringify(envelope, null, 1)}\n`)
    const payload = Buffer.from(envelope.payload, "base64")
    const pem = envelope.signatures[0]?.cert ?? ""
    const verifier = Buffer.from(pem).toString("base64")
    expect(envelopeBody("intoto/0.0.1", { raw, verifiers: [pem] })).toEqual({
      apiVersion: "0.0.1",
      kind: "intoto",
      spec: { content: { hash: hashOf(raw), payloadHash: hashOf(payload) }, publicKey: verifier },
    })
    expect(envelopeBody("dsse/0.0.1", { raw, verifiers: [pem] })).toEqual({
      apiVersion: "0.0.1",
      kind: "dsse",
      spec: {
        envelopeHash: hashOf(raw),
        payloadHash: hashOf(payload),
        signatures: [{ signature: envelope.signatures[0]?.sig, verifier }],
      },
    })
    expect(envelopeBody("intoto/0.0.2", { raw, verifiers: [pem] })).toMatchObject({
      spec: { content: { envelope: { signatures: [{ keyid: "k", publicKey: verifier }] } } },
    })
    expect(() => envelopeBody("dsse/0.0.1", { raw, verifiers: [] })).toThrow("no verifier")
    expect(() => envelopeBody("dsse/0.0.1", { raw, verifiers: ["x"] })).toThrow("not PEM")
  })

  const real = existsSync(DATA)
    ? globSync(`${DATA}/{pypi,sigstore-conformance,slsa-verifier}/**/*`)
    : []
  const found = real
    .filter((file) => /(sigstore|bundle\.sigstore\.json|attestation|_timestamp)$/.test(file))
    .filter((file) => !/_fail\/|negative|invalid/.test(file))
    .flatMap(entriesIn)

  test.skipIf(found.length === 0)("ours have the members of real ones", () => {
    const kinds = ["dsse/0.0.1", "hashedrekord/0.0.1", "hashedrekord/0.0.2", "dsse/0.0.2"] as const
    for (const kind of kinds) {
      const example = found.find((entry) => kindOf(bodyOf(entry)) === kind)
      const ours = world.signPayload(statement, { entries: [kind] })
      const [entry] = ours.verificationMaterial.tlogEntries
      expect(shape(bodyOf(entry))).toEqual(shape(bodyOf(example)))
      // Clients fill in what Rekor v2 leaves out, or do not.
      const { integratedTime: _, ...members } = Object.fromEntries(Object.entries(example ?? {}))
      expect(
        Object.keys(entry ?? {})
          .filter((key) => key !== "integratedTime")
          .toSorted(),
      ).toEqual(Object.keys(members).toSorted())
    }
  })

  const legacy = real.filter((file) => /\.(slsa|intoto\.sigstore|sigstore)$/.test(file))
  test.skipIf(legacy.length === 0)("real ones of kind intoto/0.0.2 are rebuilt", () => {
    let rebuilt = 0
    for (const file of legacy) {
      const bundle = JSON.parse(readFileSync(file, "utf8"))
      const body = bodyOf(bundle.verificationMaterial.tlogEntries[0])
      if (kindOf(body) !== "intoto/0.0.2" || file.includes("invalid")) continue
      const content = member(body, "spec", "content") as { envelope: unknown; hash: unknown }
      const pem = bytes(content.envelope, "signatures", "0", "publicKey").toString()
      const raw = Buffer.from(JSON.stringify(bundle.dsseEnvelope))
      const ours = envelopeBody("intoto/0.0.2", { raw, verifiers: [pem] })
      // This file's log saw the envelope in a text that its bundle does not keep.
      if (file.includes(PLAIN_HASH)) {
        Object.assign(member(ours, "spec", "content") as object, { hash: content.hash })
      }
      expect(ours).toEqual(body)
      rebuilt += 1
    }
    expect(rebuilt).toBeGreaterThan(10)
  })

  test.skipIf(found.length === 0)("real ones are rebuilt byte for byte", () => {
    const rebuilt = new Set<string>()
    for (const entry of found) {
      const body = bodyOf(entry)
      const again = rebuild(body)
      if (again === undefined) continue
      rebuilt.add(kindOf(body))
      expect(canonicalJson(again)).toBe(Buffer.from(entry.canonicalizedBody, "base64").toString())
    }
    expect([...rebuilt].toSorted()).toEqual([
      "dsse/0.0.2",
      "hashedrekord/0.0.1",
      "hashedrekord/0.0.2",
    ])
  })
})

/** JSON with every value that differs from signature to signature masked, and lists cut to one member. */
function shape(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map((item) => shape(item))
  if (typeof value !== "object" || value === null) {
    return ["algorithm", "kind", "apiVersion", "payloadType"].includes(key) ? value : typeof value
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shape(item, name)]))
}

interface Entry {
  readonly canonicalizedBody: string
}

function entriesIn(file: string): Entry[] {
  try {
    const bundle = JSON.parse(readFileSync(file, "utf8"))
    const material = bundle.verificationMaterial ?? bundle.verification_material
    return material.tlogEntries ?? material.transparency_entries
  } catch {
    return []
  }
}

function member(value: unknown, ...keys: string[]): unknown {
  return keys.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value)
}

function bytes(value: unknown, ...keys: string[]): Buffer {
  return Buffer.from(String(member(value, ...keys)), "base64")
}

function kindOf(body: Json): string {
  return [member(body, "kind"), member(body, "apiVersion")].join("/")
}

function rebuild(body: Json): Json | undefined {
  switch (kindOf(body)) {
    case "hashedrekord/0.0.1":
      return hashedRekordBody({
        digest: Buffer.from(String(member(body, "spec", "data", "hash", "value")), "hex"),
        signature: bytes(body, "spec", "signature", "content"),
        verifier: bytes(body, "spec", "signature", "publicKey", "content").toString(),
      })
    case "hashedrekord/0.0.2": {
      const spec = member(body, "spec", "hashedRekordV002")
      return tiledHashedRekordBody({
        digest: bytes(spec, "data", "digest"),
        signature: bytes(spec, "signature", "content"),
        verifier: {
          keyDetails: "PKIX_ECDSA_P256_SHA_256",
          certificate: bytes(spec, "signature", "verifier", "x509Certificate", "rawBytes"),
        },
      })
    }
    case "dsse/0.0.2": {
      const spec = member(body, "spec", "dsseV002")
      return tiledDsseBody({
        payloadHash: bytes(spec, "payloadHash", "digest"),
        signature: bytes(spec, "signatures", "0", "content"),
        verifier: {
          keyDetails: "PKIX_ECDSA_P256_SHA_256",
          certificate: bytes(spec, "signatures", "0", "verifier", "x509Certificate", "rawBytes"),
        },
      })
    }
    default:
      return undefined
  }
}

const bare = existsSync(DATA)
  ? globSync(`${DATA}/slsa-verifier/testdata/**/*.intoto.jsonl`).filter((file) =>
      readFileSync(file, "utf8").includes('"cert":"-----BEGIN'),
    )
  : []

test.skipIf(bare.length === 0)("real bare envelopes go into the log", () => {
  const log = createRekorV1()
  for (const file of bare) {
    const raw = readFileSync(file)
    const pem = readEnvelope(raw).signatures[0]?.cert ?? ""
    const time = new X509Certificate(pem).validFromDate.getTime() / 1000 + 5
    for (const kind of ["intoto/0.0.1", "dsse/0.0.1"] as const) {
      const entry = log.logEnvelope(raw, pem, time, kind)
      expect(log.search(`sha256:${sha256(raw)}`)).toContain(entry.uuid)
    }
  }
  expect(bare.length).toBeGreaterThan(20)
})

test("the signer of an entry is a certificate or a key", () => {
  const signer = world.createSigner({ identity: GITHUB_IDENTITY })
  expect(verifierPem(signer)).toMatch(/^-----BEGIN CERTIFICATE-----\n/)
  const { certificate: _, ...managed } = signer
  expect(verifierPem(managed)).toMatch(/^-----BEGIN PUBLIC KEY-----\n/)
})
