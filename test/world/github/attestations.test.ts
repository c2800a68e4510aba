import { uncompress } from "snappyjs"
import { beforeEach, describe, expect, test } from "vitest"

import { publishStatement, slsaV1Statement } from "../../../src/world/sigstore/statements.ts"
import type { BundleJson } from "../../../src/world/sigstore/wire.ts"
import { createWorld } from "../../../src/world/world.ts"
import { createTestGitHub, NOW, type TestGitHub } from "./support.ts"

const ATTESTATIONS = "/repos/acme/rocket/attestations"
const DIGEST = `sha256:${"1".repeat(64)}`
const OTHER = `sha256:${"2".repeat(64)}`
const subject = { name: "rocket-1.0.0.tar.gz", digest: { sha256: "1".repeat(64) } }
const world = createWorld({ now: NOW })
const bundle = world.signPayload(slsaV1Statement([subject]))
const published = world.signPayload(publishStatement(subject))

let github: TestGitHub
beforeEach(() => {
  github = createTestGitHub()
})

interface Item {
  readonly repository_id: number
  readonly bundle?: BundleJson | null
  readonly bundle_url: string
}

async function list(path = `${ATTESTATIONS}/${DIGEST}`, headers = {}): Promise<readonly Item[]> {
  const answer = await github.call(path, { headers })
  expect(answer.status).toBe(200)
  return JSON.parse(await answer.text()).attestations
}

async function fetchBundle(url: string | undefined): Promise<unknown> {
  const answer = await github.follow(url ?? null)
  expect(answer.headers.get("content-type")).toBe("application/x-snappy")
  const bytes = uncompress(new Uint8Array(await answer.arrayBuffer()), 2 ** 20)
  return JSON.parse(Buffer.from(bytes).toString())
}

describe("an attestation", () => {
  test("is created and found by the digests of its statement", async () => {
    const [status, body] = await github.ask(ATTESTATIONS, {
      token: github.writer,
      json: { bundle },
    })
    expect([status, body]).toMatchObject([201, { id: expect.any(Number) }])
    const [item, ...others] = await list()
    expect(others).toEqual([])
    expect(item).toMatchObject({ repository_id: 851_894_824, bundle: null })
    expect(await fetchBundle(item?.bundle_url)).toEqual(bundle)
    expect(await list(`/orgs/acme/attestations/${DIGEST}`)).toHaveLength(1)
  })

  test("is no longer in the list of newer versions, and was in that of older times", async () => {
    github.addAttestation(github.repository, bundle)
    const [newer] = await list(undefined, { "x-github-api-version": "2026-03-10" })
    expect(newer).not.toHaveProperty("bundle")
    expect(newer).toHaveProperty("bundle_url")
    github = createTestGitHub({ inlineBundles: true })
    github.addAttestation(github.repository, bundle)
    expect((await list())[0]?.bundle).toEqual(bundle)
  })

  test("is filed without anybody having verified it", async () => {
    const statement = slsaV1Statement([{ ...subject, digest: { sha256: "2".repeat(64) } }])
    const payload = Buffer.from(JSON.stringify(statement)).toString("base64")
    const forged = { ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload } }
    const answer = await github.ask(ATTESTATIONS, {
      token: github.writer,
      json: { bundle: forged },
    })
    expect(answer[0]).toBe(201)
    expect(await list(`${ATTESTATIONS}/${OTHER}`)).toHaveLength(1)
  })

  test.each<[string, unknown]>([
    ["no bundle", {}],
    ["the old sample's wrapping", { value: { bundle } }],
    ["another media type", { bundle: { ...bundle, mediaType: "text/plain" } }],
    ["a message signature", { bundle: world.signMessage(Buffer.from("x")) }],
    ["no statement", { bundle: world.signPayload(Buffer.from("x")) }],
    ["no subject", { bundle: world.signPayload(slsaV1Statement([])) }],
    ["no object", []],
  ])("is not made of %s", async (_, json) => {
    const answer = await github.ask(ATTESTATIONS, { token: github.writer, json })
    expect(answer).toMatchObject([
      422,
      { message: expect.stringMatching(/^Invalid request\.\n\n/) },
    ])
    expect(github.repository.attestations).toEqual([])
  })

  test("is made by those who may", async () => {
    expect((await github.ask(ATTESTATIONS, { json: { bundle } }))[0]).toBe(401)
    const job = github.addToken({ permissions: { contents: "write" } })
    expect((await github.ask(ATTESTATIONS, { json: { bundle }, token: job }))[0]).toBe(403)
  })
})

describe("the list", () => {
  test("of a digest that nothing is about is not found, or empty", async () => {
    expect((await github.ask(`${ATTESTATIONS}/${OTHER}`))[0]).toBe(404)
    github = createTestGitHub({ emptyList: "200" })
    expect(await github.ask(`${ATTESTATIONS}/${OTHER}`)).toEqual([200, { attestations: [] }])
  })

  test("can be of one predicate type", async () => {
    github.addAttestation(github.repository, bundle)
    github.addAttestation(github.repository, published)
    const release = {
      ...slsaV1Statement([subject]),
      predicateType: "https://in-toto.io/attestation/release/v0.1",
    }
    github.addAttestation(github.repository, world.signPayload(release))
    const count = async (type: string): Promise<number> => {
      const path = `${ATTESTATIONS}/${DIGEST}?predicate_type=${encodeURIComponent(type)}`
      const answer = await github.call(path)
      return answer.status === 404 ? 0 : JSON.parse(await answer.text()).attestations.length
    }
    expect(await list()).toHaveLength(3)
    expect(await count("provenance")).toBe(1)
    expect(await count("release")).toBe(1)
    expect(await count("sbom")).toBe(0)
    expect(await count("https://docs.pypi.org/attestations/publish/v1")).toBe(1)
    expect(await count("https://slsa.dev/provenance")).toBe(0)
  })

  test("is paged by cursors, newest first", async () => {
    for (let number = 0; number < 5; number += 1) github.addAttestation(github.repository, bundle)
    let next: string | undefined = `${ATTESTATIONS}/${DIGEST}?per_page=2`
    const sizes: number[] = []
    let last: string | null = null
    while (next !== undefined) {
      const answer: Response = await github.call(next)
      const items: Item[] = JSON.parse(await answer.text()).attestations
      sizes.push(items.length)
      last = answer.headers.get("link")
      next = /<([^>]+)>; rel="next"/.exec(last ?? "")?.[1]
    }
    expect(sizes).toEqual([2, 2, 1])
    const back = /<([^>]+)>; rel="prev"/.exec(last ?? "")?.[1] ?? ""
    expect(await list(back.replace("http://api.test", ""))).toHaveLength(2)
    expect(await list(`${ATTESTATIONS}/${DIGEST}?after=nonsense`)).toHaveLength(5)
  })

  test("of an owner is over all repositories that one may see", async () => {
    const owner = { login: "acme", id: 180_348_046, type: "Organization" } as const
    const secret = github.addRepository({ owner, name: "secret", visibility: "private" })
    github.addAttestation(github.repository, bundle)
    github.addAttestation(secret, bundle)
    const path = `/orgs/ACME/attestations/${DIGEST}`
    expect(await list(path)).toHaveLength(1)
    const [, body] = await github.ask(path, { token: github.reader })
    expect(body).toMatchObject({ attestations: [{ repository_id: secret.id }, {}] })
    expect((await github.ask(`/users/acme/attestations/${DIGEST}`))[0]).toBe(404)
    expect((await github.ask(`/orgs/other/attestations/${DIGEST}`))[0]).toBe(404)
  })

  test("of a user's repositories is a list of its own", async () => {
    const owner = { login: "ann", id: 7, type: "User" } as const
    github.addAttestation(github.addRepository({ owner, name: "own" }), bundle)
    expect(await list(`/users/ann/attestations/${DIGEST}`)).toHaveLength(1)
    expect((await github.ask(`/orgs/ann/attestations/${DIGEST}`))[0]).toBe(404)
  })
})

interface BulkList {
  readonly attestations_subject_digests: Readonly<Record<string, readonly Item[] | null>>
  readonly page_info: Readonly<Record<string, unknown>>
}

const BULK = "/orgs/acme/attestations/bulk-list"

async function bulkList(json: object, query = ""): Promise<BulkList> {
  const answer = await github.call(`${BULK}${query}`, { json })
  expect(answer.status).toBe(200)
  return JSON.parse(await answer.text())
}

describe("many digests at once", () => {
  test("are answered each by its own", async () => {
    github.addAttestation(github.repository, bundle)
    github.addAttestation(github.repository, published)
    const both = await bulkList({ subject_digests: [DIGEST, OTHER] })
    expect(both.attestations_subject_digests[OTHER]).toBeNull()
    expect(both.attestations_subject_digests[DIGEST]).toHaveLength(2)
    expect(both.page_info).toEqual({ has_next: false, has_previous: false, next: "", previous: "" })
    const filtered = await bulkList({ subject_digests: [DIGEST], predicate_type: "provenance" })
    expect(filtered.attestations_subject_digests[DIGEST]).toHaveLength(1)
  })

  test("are paged", async () => {
    for (let number = 0; number < 3; number += 1) github.addAttestation(github.repository, bundle)
    const first = await bulkList({ subject_digests: [DIGEST] }, "?per_page=2")
    expect(first.page_info).toMatchObject({ has_next: true, has_previous: false })
    const next = `?per_page=2&after=${String(first.page_info["next"])}`
    const second = await bulkList({ subject_digests: [DIGEST] }, next)
    expect(second.attestations_subject_digests[DIGEST]).toHaveLength(1)
    expect(second.page_info).toMatchObject({ has_next: false, has_previous: true })
  })

  test("are a list of texts", async () => {
    expect((await github.ask(BULK, { json: { subject_digests: [1] } }))[0]).toBe(422)
    expect((await github.ask(BULK, { json: { subject_digests: "x" } }))[0]).toBe(422)
    expect((await github.ask("/orgs/other/attestations/bulk-list", { json: {} }))[0]).toBe(404)
  })
})

test("attestations can be deleted: a list that lacks one proves nothing", async () => {
  github.addAttestation(github.repository, bundle)
  const path = `/orgs/acme/attestations/digest/${DIGEST}`
  const call = { method: "DELETE" }
  expect((await github.ask(path, call))[0]).toBe(401)
  expect((await github.ask(path, { ...call, token: github.reader }))[0]).toBe(403)
  const stranger = github.addToken({
    permissions: { attestations: "write" },
    repositories: ["acme/other"],
  })
  expect((await github.ask(path, { ...call, token: stranger }))[0]).toBe(403)
  expect((await github.call(path, { ...call, token: github.writer })).status).toBe(204)
  expect((await github.ask(path, { ...call, token: github.writer }))[0]).toBe(404)
  expect((await github.ask(`${ATTESTATIONS}/${DIGEST}`))[0]).toBe(404)
})

describe("the storage service", () => {
  test("refuses a token, a changed address, and one that is too old", async () => {
    github.addAttestation(github.repository, bundle)
    const [item] = await list()
    const url = item?.bundle_url ?? ""
    const withToken = await github.follow(url, { authorization: "Bearer x" })
    expect(withToken.status).toBe(400)
    expect(await withToken.text()).toContain("<Code>InvalidAuthenticationInfo</Code>")
    const changed = [
      url.replace(/sig=./, "sig=_"),
      url.replace(/&sig=.*/, ""),
      url.replace(/se=\d/, "se=9"),
      url.replace(/attestations\/./, "attestations/_"),
      `${url}x`,
    ]
    for (const address of changed) expect((await github.follow(address)).status).toBe(403)
    github.now += 300_000
    expect((await github.follow(url)).status).toBe(200)
    github.now += 1
    expect((await github.follow(url)).status).toBe(403)
  })
})
