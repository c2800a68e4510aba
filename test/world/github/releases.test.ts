import { beforeEach, describe, expect, test } from "vitest"

import { COMMIT, createTestGitHub, NOW, type TestGitHub } from "./support.ts"

const RELEASES = "/repos/acme/rocket/releases"
let github: TestGitHub
beforeEach(() => {
  github = createTestGitHub()
})

interface ReleaseJson {
  readonly id: number
  readonly upload_url: string
  readonly assets: readonly { readonly id: number; readonly name: string; readonly state: string }[]
  readonly [member: string]: unknown
}

async function create(json: object): Promise<ReleaseJson> {
  const answer = await github.call(RELEASES, { token: github.writer, json })
  expect(answer.status).toBe(201)
  return JSON.parse(await answer.text())
}
const draft = (tag = "v1.0.0"): Promise<ReleaseJson> => create({ tag_name: tag, draft: true })

function upload(
  release: ReleaseJson,
  name: string,
  body: string | Uint8Array = "content",
  more = {},
): Promise<Response> {
  const address = release.upload_url.replace("{?name,label}", `?name=${encodeURIComponent(name)}`)
  return github.call(address, { token: github.writer, body, method: "POST", ...more })
}
const publish = (release: ReleaseJson): Promise<readonly [number, unknown]> =>
  github.ask(`${RELEASES}/${release.id}`, {
    method: "PATCH",
    token: github.writer,
    json: { draft: false },
  })

const validation = (...errors: object[]): object => ({
  message: "Validation Failed",
  errors,
  documentation_url: "https://docs.github.com/rest",
  status: "422",
})

describe("a release", () => {
  test("is made as a draft, filled and published", async () => {
    const release = await create({ tag_name: "v1.0.0", draft: true, name: "One", body: "goes up" })
    expect(release).toMatchObject({
      tag_name: "v1.0.0",
      target_commitish: "main",
      name: "One",
      body: "goes up",
      draft: true,
      prerelease: false,
      immutable: false,
      created_at: "2026-06-01T12:00:00Z",
      published_at: null,
      assets: [],
      upload_url: `http://api.test/uploads${RELEASES}/${release.id}/assets{?name,label}`,
    })
    expect((await upload(release, "rocket-1.0.0.tar.gz")).status).toBe(201)
    expect(github.repository.tags).toEqual([])
    github.now = NOW + 5_000
    const [status, published] = await publish(release)
    expect(status).toBe(200)
    expect(published).toMatchObject({
      draft: false,
      published_at: "2026-06-01T12:00:05Z",
      assets: [{ name: "rocket-1.0.0.tar.gz", state: "uploaded" }],
    })
    expect(github.repository.tags).toEqual([{ name: "v1.0.0", commit: COMMIT }])
  })

  test("as a draft is found by its id alone, and by those who may write", async () => {
    const { id } = await draft()
    const seen = async (path: string, token?: TestGitHub["writer"]): Promise<number> =>
      (await github.call(path, token === undefined ? {} : { token })).status
    expect(await seen(`${RELEASES}/${id}`, github.writer)).toBe(200)
    expect(await seen(`${RELEASES}/${id}`, github.reader)).toBe(404)
    expect(await seen(`${RELEASES}/${id}`)).toBe(404)
    expect(await seen(`${RELEASES}/${id}/assets`)).toBe(404)
    expect(await seen(`${RELEASES}/tags/v1.0.0`, github.writer)).toBe(404)
    expect(await seen(`${RELEASES}/latest`, github.writer)).toBe(404)
    expect(await github.ask(RELEASES)).toEqual([200, []])
    expect(await github.ask(RELEASES, { token: github.writer })).toMatchObject([200, [{ id }]])
  })

  test("that is published is found by its tag, with slashes too", async () => {
    await create({ tag_name: "rocket/v1.0.0" })
    await create({ tag_name: "v2", prerelease: true })
    expect(await github.ask(`${RELEASES}/tags/rocket/v1.0.0`)).toMatchObject([
      200,
      { tag_name: "rocket/v1.0.0" },
    ])
    expect(await github.ask(`${RELEASES}/latest`)).toMatchObject([
      200,
      { tag_name: "rocket/v1.0.0" },
    ])
    expect(await github.ask("/repos/ACME/Rocket/releases/tags/v2")).toMatchObject([
      200,
      { prerelease: true },
    ])
  })

  test("can be a second draft of a tag, and no second published one", async () => {
    const [first, second] = [await draft(), await draft()]
    expect((await publish(first))[0]).toBe(200)
    expect(await publish(second)).toEqual([
      422,
      validation({ resource: "Release", code: "already_exists", field: "tag_name" }),
    ])
    const json = { tag_name: "v1.0.0" }
    expect((await github.ask(RELEASES, { token: github.writer, json }))[0]).toBe(422)
  })

  test("can be edited and deleted; its tag stays", async () => {
    const { id } = await create({ tag_name: "v1.0.0" })
    const json = { name: "One", body: "x", prerelease: true }
    const path = `${RELEASES}/${id}`
    expect(await github.ask(path, { method: "PATCH", token: github.writer, json })).toMatchObject([
      200,
      { ...json, draft: false, tag_name: "v1.0.0" },
    ])
    expect((await github.call(path, { method: "DELETE", token: github.writer })).status).toBe(204)
    expect((await github.call(path)).status).toBe(404)
    expect((await github.call(path, { method: "DELETE", token: github.writer })).status).toBe(404)
    expect(github.repository.tags).toHaveLength(1)
  })

  test.each<[string, object, object]>([
    ["no tag", { draft: true }, { message: 'Invalid request.\n\n"tag_name" wasn\'t supplied.' }],
    [
      "a number for a tag",
      { tag_name: 1 },
      { message: "Invalid request.\n\nFor 'properties/tag_name', 1 is not a string." },
    ],
    [
      "a text for a truth",
      { tag_name: "v1", draft: "true" },
      { message: "Invalid request.\n\nFor 'properties/draft', \"true\" is not a boolean." },
    ],
    [
      "what is no tag",
      { tag_name: "v 1" },
      validation({
        resource: "Release",
        code: "custom",
        field: "tag_name",
        message: "tag_name is not well-formed",
      }),
    ],
    [
      "a commit that there is not",
      { tag_name: "v1", target_commitish: "nowhere" },
      validation(
        { resource: "Release", code: "invalid", field: "target_commitish" },
        {
          resource: "Release",
          code: "custom",
          message: "Published releases must have a valid tag",
        },
      ),
    ],
  ])("is not made with %s", async (_, json, expected) => {
    const [status, body] = await github.ask(RELEASES, { token: github.writer, json })
    expect(status).toBe(422)
    expect(body).toMatchObject(expected)
  })

  test("is made at a commit, or where its tag is", async () => {
    const other = "b".repeat(40)
    await create({ tag_name: "v1", target_commitish: other })
    github.addTag(github.repository, { name: "v2", commit: "c".repeat(40) })
    await create({ tag_name: "v2", target_commitish: "nowhere" })
    expect(github.repository.tags.map(({ commit }) => commit[0])).toEqual(["b", "c"])
  })

  test("a body that is no JSON is refused", async () => {
    const [status, body] = await github.ask(RELEASES, { token: github.writer, body: "{" })
    expect([status, body]).toMatchObject([422, { message: expect.stringContaining("not JSON") }])
  })
})

const listed = async (query: string): Promise<[string[], string | null]> => {
  const answer = await github.call(`${RELEASES}${query}`)
  const list: ReleaseJson[] = JSON.parse(await answer.text())
  return [list.map(({ tag_name: tag }) => String(tag)), answer.headers.get("link")]
}
const pageLink = (number: number, rel: string): string =>
  `<http://api.test${RELEASES}?per_page=2&page=${number}>; rel="${rel}"`

test("lists of releases are paged, newest first", async () => {
  for (let number = 0; number < 5; number += 1) {
    github.now += 1_000
    await create({ tag_name: `v${number}` })
  }
  expect(await listed("")).toEqual([["v4", "v3", "v2", "v1", "v0"], null])
  expect(await listed("?per_page=2")).toEqual([
    ["v4", "v3"],
    `${pageLink(2, "next")}, ${pageLink(3, "last")}`,
  ])
  expect(await listed("?per_page=2&page=2")).toEqual([
    ["v2", "v1"],
    [pageLink(1, "prev"), pageLink(3, "next"), pageLink(3, "last"), pageLink(1, "first")].join(
      ", ",
    ),
  ])
  expect((await listed("?per_page=2&page=3"))[0]).toEqual(["v0"])
  expect((await listed("?per_page=2&page=4"))[0]).toEqual([])
  expect((await listed("?per_page=1000"))[0]).toHaveLength(5)
  expect((await listed("?per_page=x&page=-1"))[0]).toHaveLength(5)
})

async function refused(answer: Promise<Response>): Promise<unknown[]> {
  const { status, text } = await answer.then(async (got) => ({
    status: got.status,
    text: await got.text(),
  }))
  const { errors, message } = JSON.parse(text)
  return [status, errors ?? message]
}
const missing = (field: string): unknown[] => [
  422,
  [{ resource: "ReleaseAsset", code: "missing_field", field }],
]

describe("assets", () => {
  test("say what was stored, and are downloaded from another host", async () => {
    const release = await draft()
    const answer = await upload(release, "rocket-1.0.0.tar.gz", "the sdist")
    const asset = JSON.parse(await answer.text())
    expect(asset).toMatchObject({
      name: "rocket-1.0.0.tar.gz",
      state: "uploaded",
      size: 9,
      digest: "sha256:d475c10e0d3ed2280dd9dc55e333392329d9bede9a442dc0cf583f9da0b3ec85",
      content_type: "application/octet-stream",
    })
    const path = `${RELEASES}/assets/${asset.id}`
    expect((await github.call(path)).status).toBe(404)
    expect(await github.ask(path, { token: github.writer })).toMatchObject([200, { id: asset.id }])
    await publish(release)
    for (const address of [path, "/acme/rocket/releases/download/v1.0.0/rocket-1.0.0.tar.gz"]) {
      const headers = { accept: "application/octet-stream" }
      const redirect = await github.call(address, { headers })
      expect(redirect.status).toBe(302)
      const location = redirect.headers.get("location")
      expect(location).toMatch(
        /^http:\/\/storage\.test\/assets\/[0-9a-f]{64}\?se=\d+&rscd=rocket-1\.0\.0\.tar\.gz&sig=/,
      )
      const file = await github.follow(location)
      expect(file.headers.get("content-disposition")).toBe(
        'attachment; filename="rocket-1.0.0.tar.gz"',
      )
      expect(await file.text()).toBe("the sdist")
    }
    expect((await github.call(path)).headers.get("content-type")).toContain("application/json")
  })

  test("of a draft cannot be downloaded by tag", async () => {
    const release = await draft()
    await upload(release, "a.txt")
    const path = "/acme/rocket/releases/download/v1.0.0/a.txt"
    expect((await github.call(path, { token: github.writer })).status).toBe(404)
  })

  test.each([
    ["rocket-1.0.0-py3-none-any.whl", "rocket-1.0.0-py3-none-any.whl"],
    ["rocket-1!2.0.tar.gz", "rocket-1.2.0.tar.gz"],
    ["rocket-1.0+local.tar.gz", "rocket-1.0+local.tar.gz"],
    ["räket (1).whl", "raket.1.whl"],
    [".hidden", "default.hidden"],
    ["a  b..c.", "a.b.c"],
    ["日本.txt", "txt"],
  ])("%s is stored as %s", async (name, expected) => {
    const answer = await upload(await draft(), name)
    expect(JSON.parse(await answer.text())).toMatchObject({ name: expected })
  })

  test("need a free name, a type and a length", async () => {
    const release = await draft()
    await upload(release, "a b.txt")
    const already = [{ resource: "ReleaseAsset", code: "already_exists", field: "name" }]
    expect(await refused(upload(release, "a.b.txt"))).toEqual([422, already])
    expect(await refused(upload(release, ""))).toEqual(missing("name"))
    expect(await refused(upload(release, "日本"))).toEqual(missing("name"))
    const noLength = { headers: { "content-length": undefined } }
    expect(await refused(upload(release, "b", "x", noLength))).toEqual([400, "Bad Content-Length"])
    const bytes = new Uint8Array([1])
    const noType = { headers: { "content-type": undefined } }
    expect(await refused(upload(release, "b", bytes, noType))).toEqual(missing("content_type"))
  })

  test("have their limits", async () => {
    github = createTestGitHub({ maxAssets: 1, maxAssetBytes: 3 })
    const release = await draft()
    const [tooLarge, fits, tooMany] = [
      await upload(release, "a", "abc"),
      await upload(release, "a", "ab"),
      await upload(release, "b", "ab"),
    ]
    expect([tooLarge.status, fits.status, tooMany.status]).toEqual([422, 201, 422])
    expect(await tooLarge.text()).toContain("size must be less than 3")
    expect(await tooMany.text()).toContain("file_count limited to 1 assets per release")
  })

  test("that broke off leave a starter, which is in the way until it is deleted", async () => {
    const release = await draft()
    github.failUploads(1)
    expect((await upload(release, "a.whl")).status).toBe(502)
    const [, list] = await github.ask(`${RELEASES}/${release.id}/assets`, { token: github.writer })
    expect(list).toMatchObject([{ name: "a.whl", state: "starter", size: 0, digest: null }])
    expect((await upload(release, "a.whl")).status).toBe(422)
    const [starter] = github.repository.releases[0]?.assets ?? []
    const path = `${RELEASES}/assets/${starter?.id}`
    const headers = { accept: "application/octet-stream" }
    expect((await github.call(path, { token: github.writer, headers })).status).toBe(404)
    expect((await github.call(path, { method: "DELETE", token: github.writer })).status).toBe(204)
    expect((await upload(release, "a.whl")).status).toBe(201)
  })

  test("of a release that there is not", async () => {
    const release = {
      ...(await draft()),
      upload_url: `http://api.test/uploads${RELEASES}/7/assets{?name,label}`,
    }
    expect((await upload(release, "a")).status).toBe(404)
    const path = `${RELEASES}/assets/7`
    expect((await github.call(path, { method: "DELETE", token: github.writer })).status).toBe(404)
  })
})

describe("an immutable release", () => {
  const burned = {
    resource: "Release",
    code: "custom",
    field: "tag_name",
    message: "tag_name was used by an immutable release",
  }
  let release: ReleaseJson
  beforeEach(async () => {
    github.repository.immutableReleases = true
    release = await draft()
    await upload(release, "a.whl")
    await publish(release)
  })

  const patch = (json: object): Promise<readonly [number, unknown]> =>
    github.ask(`${RELEASES}/${release.id}`, { method: "PATCH", token: github.writer, json })

  test("is one from its publication on", async () => {
    const open = await draft("v2")
    expect(open["immutable"]).toBe(false)
    expect((await upload(open, "a.whl")).status).toBe(201)
    expect(await github.ask(`${RELEASES}/tags/v1.0.0`)).toMatchObject([200, { immutable: true }])
  })

  test("takes no more assets and gives none", async () => {
    const answer = await upload(release, "b.whl")
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({
      message: "Cannot upload assets to an immutable release.",
    })
    const [asset] = github.repository.releases[0]?.assets ?? []
    const path = `${RELEASES}/assets/${asset?.id}`
    expect((await github.call(path, { method: "DELETE", token: github.writer })).status).toBe(422)
  })

  test("takes no asset whose upload began before", async () => {
    const open = await draft("v2")
    const path = `/uploads${RELEASES}/${open.id}/assets?name=late.whl`
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const headers = {
      "user-agent": "x",
      authorization: `Bearer ${github.writer.token}`,
      "content-type": "application/octet-stream",
      "content-length": "1",
    }
    const request = new Request(`http://api.test${path}`, {
      method: "POST",
      headers,
      body: readable,
      duplex: "half",
    })
    const answer = github.handler(request)
    await publish(open)
    const writer = writable.getWriter()
    await writer.write(Buffer.from("x"))
    await writer.close()
    expect((await answer).status).toBe(422)
  })

  test("keeps its tag and stays published; title and notes are free", async () => {
    expect((await patch({ tag_name: "v3" }))[0]).toBe(422)
    expect((await patch({ draft: true }))[0]).toBe(422)
    expect(await patch({ name: "One", body: "x", draft: false, tag_name: "v1.0.0" })).toMatchObject(
      [200, { name: "One", body: "x", immutable: true }],
    )
  })

  test("burns its tag for good", async () => {
    const path = `${RELEASES}/${release.id}`
    expect((await github.call(path, { method: "DELETE", token: github.writer })).status).toBe(204)
    github.repository.immutableReleases = false
    for (const json of [{ tag_name: "v1.0.0" }, { tag_name: "v1.0.0", draft: true }]) {
      const answer = await github.ask(RELEASES, { token: github.writer, json })
      expect(answer).toEqual([422, validation(burned)])
    }
  })

  test("that is created published is frozen before it has any asset", async () => {
    const empty = await create({ tag_name: "v2" })
    expect(empty["immutable"]).toBe(true)
    expect((await upload(empty, "a.whl")).status).toBe(422)
  })
})

test("a release can be seeded", () => {
  const content = Buffer.from("x")
  const release = github.addRelease(github.repository, {
    tag: "v9",
    assets: [{ name: "a b", content }],
  })
  expect(release).toMatchObject({ draft: false, tagName: "v9", assets: [{ name: "a.b" }] })
  expect(github.addRelease(github.repository, { tag: "v10", draft: true }).draft).toBe(true)
})
