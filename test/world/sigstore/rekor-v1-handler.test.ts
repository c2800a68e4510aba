import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { GITHUB_IDENTITY } from "../../../src/world/sigstore/identities.ts"
import { createKeyPair, digest } from "../../../src/world/crypto/keys.ts"
import { envelopeBody } from "../../../src/world/sigstore/rekor-body.ts"
import { createRekorV1Handler } from "../../../src/world/sigstore/rekor-v1-handler.ts"
import { startService, type Service } from "../../../src/world/http/service.ts"
import { createRekorV1, type LoggedEntry } from "../../../src/world/sigstore/rekor-v1.ts"
import { createSigner, signData, verifierPem } from "../../../src/world/sigstore/signer.ts"
import { slsaV02Statement, subjectOf } from "../../../src/world/sigstore/statements.ts"
import { describeRekorV1 } from "../../contract/rekor-v1.ts"
import { createWorld } from "../../../src/world/world.ts"

const NOW = Date.UTC(2026, 5, 1, 12)
const SECONDS = NOW / 1000
const world = createWorld({ now: NOW })
const { rekor } = world
const subject = subjectOf("rocket-1.0.0.tar.gz", Buffer.from("an sdist"))
const envelope = world.signEnvelope(slsaV02Statement([subject]))
const pem = envelope.signatures[0]?.cert ?? ""
const raw = JSON.stringify(envelope)
const payloadHash = digest("sha256", Buffer.from(envelope.payload, "base64")).toString("hex")
const logged: LoggedEntry = rekor.logEnvelope(Buffer.from(raw), pem, SECONDS, "intoto/0.0.1")

const base64 = (text: string): string => Buffer.from(text).toString("base64")
const dsse = (text: string, verifier = pem): object => ({
  apiVersion: "0.0.1",
  kind: "dsse",
  spec: { proposedContent: { envelope: text, verifiers: [base64(verifier)] } },
})
const intoto = (text: string): object => ({
  apiVersion: "0.0.1",
  kind: "intoto",
  spec: { content: { envelope: text }, publicKey: base64(pem) },
})

const hex = (text = ""): string => Buffer.from(text, "base64").toString("hex")
// Every signer is new, so every envelope is.
const fresh = (): string => JSON.stringify(world.signEnvelope({}))
const withPem = (text: string): string => JSON.parse(text).signatures[0].cert

const contractLog = createRekorV1({ baseUrl: "http://127.0.0.1:1" })
const clock = (): number => Math.floor(Date.now() / 1000)
let service: Service
beforeAll(async () => {
  service = await startService(createRekorV1Handler(contractLog, { clock }))
})
afterAll(() => service.close())
describeRekorV1("the local Rekor v1", { url: () => service.url, hostname: "127.0.0.1" })

const URL_BASE = "http://rekor.test"
const handler = createRekorV1Handler(rekor, { clock: () => SECONDS + 1 })

async function get(path: string): Promise<Response> {
  return await handler(new Request(URL_BASE + path))
}

async function post(path: string, body: unknown): Promise<Response> {
  return await handler(
    new Request(URL_BASE + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    }),
  )
}

async function retrieve(query: object): Promise<Record<string, unknown>[]> {
  const response = await post("/api/v1/log/entries/retrieve", query)
  expect(response.status).toBe(200)
  return (await response.json()) as Record<string, unknown>[]
}

test("an entry has the shape of the real API", async () => {
  const response = await get(`/api/v1/log/entries/${logged.uuid}`)
  const entry = rekor.transparencyLogEntry(logged)
  const proof = entry.inclusionProof
  expect(response.headers.get("content-type")).toBe("application/json")
  expect(await response.json()).toEqual({
    [logged.uuid]: {
      attestation: { data: envelope.payload },
      body: entry.canonicalizedBody,
      integratedTime: SECONDS,
      logID: hex(entry.logId.keyId),
      logIndex: 1000,
      verification: {
        inclusionProof: {
          checkpoint: expect.stringMatching(/^rekor\.sigstore\.test - \d+\n/),
          hashes: proof?.hashes.map((hash) => hex(hash)),
          logIndex: 0,
          rootHash: hex(proof?.rootHash),
          treeSize: Number(proof?.treeSize),
        },
        signedEntryTimestamp: expect.stringMatching(/^ME[A-Za-z0-9+/]+=*$/),
      },
    },
  })
})

test("an entry is found by index, by leaf hash, and not at all", async () => {
  const byIndex = await get("/api/v1/log/entries?logIndex=1000")
  const byHash = await get(`/api/v1/log/entries/${logged.uuid.slice(16)}`)
  expect(Object.keys((await byIndex.json()) as object)).toEqual([logged.uuid])
  expect(Object.keys((await byHash.json()) as object)).toEqual([logged.uuid])
  const missing = await get(`/api/v1/log/entries/${"0".repeat(80)}`)
  expect([missing.status, await missing.text()]).toEqual([404, ""])
  expect((await get("/api/v1/log/entries?logIndex=7")).status).toBe(404)
  expect((await get("/api/v1/log/entries?logIndex=x")).status).toBe(422)
  expect((await get("/api/v1/log/entries/xyz")).status).toBe(422)
  expect((await get("/nowhere")).status).toBe(404)
})

describe("retrieve", () => {
  test("by ids, indexes and proposals", async () => {
    const queries = [
      { entryUUIDs: [logged.uuid, "f".repeat(64)] },
      { logIndexes: [1000, 99] },
      { entries: [intoto(raw)] },
    ]
    for (const query of queries) {
      expect((await retrieve(query)).map((entry) => Object.keys(entry))).toEqual([[logged.uuid]])
    }
    expect(await retrieve({ entries: [dsse(raw)] })).toEqual([])
  })

  test("takes ten at most, and only ids", async () => {
    const eleven = Array.from({ length: 11 }, (_, index) => index)
    const path = "/api/v1/log/entries/retrieve"
    expect((await post(path, { logIndexes: eleven })).status).toBe(422)
    expect((await post(path, { entryUUIDs: ["nonsense"] })).status).toBe(422)
    expect((await post(path, "{")).status).toBe(400)
    expect(await retrieve({ logIndexes: eleven.slice(1) })).toEqual([])
  })

  test("refuses a proposal whose signature does not hold", async () => {
    const other = verifierPem(createSigner(world.certificateAuthority))
    const response = await post("/api/v1/log/entries/retrieve", { entries: [dsse(raw, other)] })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 400, message: "could not verify envelope" })
  })
})

test("the index knows envelope, payload and subject", async () => {
  const envelopeHash = digest("sha256", Buffer.from(raw)).toString("hex")
  for (const hash of [subject.digest["sha256"] ?? "", payloadHash, envelopeHash]) {
    for (const query of [`sha256:${hash}`, hash]) {
      const found = await post("/api/v1/index/retrieve", { hash: query })
      expect(await found.json()).toEqual([logged.uuid])
    }
  }
  const unknown = await post("/api/v1/index/retrieve", { hash: `sha256:${"0".repeat(64)}` })
  expect(await unknown.json()).toEqual([])
  const other = await post("/api/v1/index/retrieve", { email: "a@b.example" })
  expect(await other.json()).toEqual([])
})

describe("creating", () => {
  test("takes an entry once and points to it the second time", async () => {
    const text = fresh()
    const proposal = dsse(text, withPem(text))
    const first = await post("/api/v1/log/entries", proposal)
    const uuid = first.headers.get("etag") ?? ""
    expect(first.status).toBe(201)
    expect(first.headers.get("location")).toBe(`/api/v1/log/entries/${uuid}`)
    expect(await first.json()).toMatchObject({ [uuid]: { integratedTime: SECONDS + 1 } })
    const second = await post("/api/v1/log/entries", proposal)
    expect(second.status).toBe(409)
    expect(second.headers.get("location")).toBe(`/api/v1/log/entries/${uuid}`)
    expect(await second.json()).toMatchObject({ code: 409, message: expect.stringContaining(uuid) })
    const body = envelopeBody("dsse/0.0.1", { raw: Buffer.from(text), verifiers: [withPem(text)] })
    expect(JSON.parse(Buffer.from(rekor.find(uuid)?.body ?? "").toString())).toEqual(body)
  })

  test("takes hashedrekord and both intoto kinds", async () => {
    const signer = createSigner(world.certificateAuthority, { identity: GITHUB_IDENTITY })
    const hashedRekord = {
      apiVersion: "0.0.1",
      kind: "hashedrekord",
      spec: {
        data: {
          hash: { algorithm: "sha256", value: digest("sha256", Buffer.of(1)).toString("hex") },
        },
        signature: {
          content: signData(signer, Buffer.of(1)).toString("base64"),
          publicKey: { content: base64(verifierPem(signer)) },
        },
      },
    }
    const inner = {
      payload: base64(envelope.payload),
      payloadType: envelope.payloadType,
      signatures: [{ sig: base64(envelope.signatures[0]?.sig ?? ""), publicKey: base64(pem) }],
    }
    const second = {
      apiVersion: "0.0.2",
      kind: "intoto",
      spec: {
        content: { envelope: inner, hash: { algorithm: "sha256", value: "0".repeat(64) } },
      },
    }
    const text = fresh()
    const first = {
      ...intoto(text),
      spec: { content: { envelope: text }, publicKey: base64(withPem(text)) },
    }
    for (const proposal of [hashedRekord, first, second]) {
      expect((await post("/api/v1/log/entries", proposal)).status).toBe(201)
    }
  })

  test.each([
    ["an unknown kind", { kind: "rpm", apiVersion: "0.0.1" }],
    ["no verifiers", { kind: "dsse", apiVersion: "0.0.1", spec: { proposedContent: {} } }],
    ["no signatures", { kind: "intoto", apiVersion: "0.0.2" }],
    [
      "a verifier that is no key",
      dsse(raw, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"),
    ],
    ["an envelope that is none", dsse("{}")],
  ])("refuses %s", async (_, proposal) => {
    expect((await post("/api/v1/log/entries", proposal)).status).toBe(400)
  })

  test("Ed25519 keys sign envelopes too, and a log without a clock takes nothing", async () => {
    const key = createKeyPair("ed25519")
    const signer = { key, hash: "sha256" } as const
    const text = JSON.stringify(world.signEnvelope({}, { signer }))
    const proposal = dsse(text, verifierPem(signer))
    expect((await post("/api/v1/log/entries", proposal)).status).toBe(201)
    const readOnly = createRekorV1Handler(rekor)
    const headers = { "content-type": "application/json" }
    const url = `${URL_BASE}/api/v1/log/entries`
    const response = await readOnly(new Request(url, { method: "POST", headers, body: "{}" }))
    expect(response.status).toBe(501)
  })
})

test("the log tells its size and key", async () => {
  const info = (await (await get("/api/v1/log")).json()) as Record<string, unknown>
  expect(info).toMatchObject({
    inactiveShards: [],
    treeSize: rekor.size(),
    treeID: String(rekor.treeId),
  })
  const key = await get("/api/v1/log/publicKey")
  expect(key.headers.get("content-type")).toBe("application/x-pem-file")
  expect(await key.text()).toBe(rekor.publicKey.export({ type: "spki", format: "pem" }))
})
