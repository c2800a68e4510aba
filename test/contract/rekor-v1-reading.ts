import { describe, expect, test } from "vitest"

import { digest } from "../../src/world/crypto/keys.ts"
import { GITHUB_IDENTITY } from "../../src/world/sigstore/identities.ts"
import { createSigner, signData, verifierPem } from "../../src/world/sigstore/signer.ts"
import { signedCheckpoint } from "./log-support.ts"
import {
  authority,
  base64,
  dsse,
  ENTRIES,
  freshEnvelope,
  freshHashedRekord,
  hashedRekord,
  hex,
  onlyEntry,
  rekorV1Client,
  sha256,
  type RekorV1Subject,
} from "./rekor-v1-support.ts"

/** Registers what Rekor v1 promises about its entries and its tree. */
export function describeRekorV1Reading(name: string, subject: RekorV1Subject): void {
  const { created, expectProved, get, logKey, post } = rekorV1Client(subject)

  const search = async (query: object): Promise<unknown> => {
    const { status, json } = await post("/api/v1/index/retrieve", query)
    expect(status).toBe(200)
    return (json as unknown as string[]).toSorted()
  }

  describe(`${name}: reading`, () => {
    test("an entry by its id, by its leaf hash, by its index; none without a body", async () => {
      const { uuid, entry } = await created(freshHashedRekord())
      for (const path of [`/${uuid}`, `/${uuid.slice(16)}`, `?logIndex=${entry.logIndex}`]) {
        const { status, json } = await get(ENTRIES + path)
        expect(status).toBe(200)
        const found = onlyEntry(json)
        await expectProved(found)
        expect(found).toMatchObject({ uuid, entry: { body: entry.body } })
      }
      for (const path of [`/${uuid.slice(0, 16)}${"0".repeat(64)}`, "?logIndex=99999999"]) {
        const response = await fetch(subject.url() + ENTRIES + path)
        expect([response.status, await response.text()]).toEqual([404, ""])
      }
    })

    test.each([
      [`${ENTRIES}/xyz`, 605],
      [`${ENTRIES}?logIndex=x`, 601],
      [ENTRIES, 602],
    ])("%s is not a valid request", async (path, code) => {
      const { status, json } = await get(path)
      expect([status, json["code"]]).toEqual([422, code])
    })

    test("several by ids, indexes and proposals, ten at most", async () => {
      const proposal = freshHashedRekord()
      const { uuid, entry } = await created(proposal)
      const queries = [
        { entryUUIDs: [uuid] },
        { entryUUIDs: [uuid.slice(16)] },
        { logIndexes: [entry.logIndex, 99_999_999] },
        { entries: [proposal] },
      ]
      for (const query of queries) {
        const response = await post(`${ENTRIES}/retrieve`, query)
        expect(response.status).toBe(200)
        const list = response.json as unknown as Record<string, unknown>[]
        expect(list.map((item) => onlyEntry(item).uuid)).toEqual([uuid])
      }
      expect((await post(`${ENTRIES}/retrieve`, { entries: [freshHashedRekord()] })).json).toEqual(
        [],
      )
      const eleven = Array.from({ length: 11 }, (_, index) => index)
      const many = await post(`${ENTRIES}/retrieve`, { logIndexes: eleven })
      expect(many.status).toBe(422)
    })

    test("an entry is found by digest, subject, key and name", async () => {
      const san = `https://github.com/acme/${Math.random()}`
      const identity = { ...GITHUB_IDENTITY, san: { kind: "uri" as const, value: san } }
      const signer = createSigner(authority, { identity })
      const { text, payload, subject: artifact } = freshEnvelope(signer.key)
      const logged = await created(dsse(text, verifierPem(signer)))
      const message = Buffer.from(String(Math.random()))
      const signature = signData(signer, message)
      const pem = verifierPem(signer)
      const file = await created(
        hashedRekord({ digest: digest("sha256", message), signature, pem }),
      )
      const both = [logged.uuid, file.uuid].toSorted()
      // The real service writes its index after it has answered.
      await expect.poll(() => search({ subject: san }), { timeout: 5_000 }).toEqual(both)
      for (const hash of [artifact, sha256(payload), sha256(text)]) {
        expect(await search({ hash: `sha256:${hash}` })).toEqual([logged.uuid])
        expect(await search({ hash })).toEqual([logged.uuid])
      }
      expect(await search({ hash: `sha256:${sha256(message)}` })).toEqual([file.uuid])
      const publicKey = { format: "x509", content: base64(pem) }
      expect(await search({ publicKey })).toEqual([file.uuid])
      expect(await search({ publicKey, hash: artifact })).toEqual(both)
      expect(await search({ publicKey, hash: artifact, operator: "and" })).toEqual([])
      expect(await search({ subject: san, hash: artifact, operator: "and" })).toEqual([logged.uuid])
      expect(await search({ email: "nobody@acme.example" })).toEqual([])
    })

    test("the log's size and checkpoint, and what shows that it only grew", async () => {
      const { json: before } = await get("/api/v1/log")
      await created(freshHashedRekord())
      const { json: after } = await get("/api/v1/log")
      const size = Number(after["treeSize"])
      expect(size).toBeGreaterThan(Number(before["treeSize"]))
      const head = String(after["signedTreeHead"])
      const checkpoint = signedCheckpoint(head, subject.hostname, await logKey())
      expect(after).toMatchObject({
        rootHash: hex(checkpoint.rootHash),
        treeID: expect.stringMatching(/^\d+$/),
      })
      const proof = await get(`/api/v1/log/proof?firstSize=1&lastSize=${size}`)
      expect(proof.status).toBe(200)
      expect(proof.json["hashes"]).not.toHaveLength(0)
      const backwards = await get("/api/v1/log/proof?firstSize=2&lastSize=1")
      expect(backwards.status).toBe(400)
      const beyond = await get(`/api/v1/log/proof?firstSize=1&lastSize=${size + 1_000}`)
      expect(beyond.status).toBe(400)
    })
  })
}
