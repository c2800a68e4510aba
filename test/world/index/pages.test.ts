import { beforeEach, describe, expect, test } from "vitest"

import { METADATA, SDIST_NAME, sdistBytes, WHEEL_NAME, wheelBytes } from "../../support/archives.ts"
import { createTestIndex, NOW, ORIGIN, sha256, type TestIndex, wheelOf } from "./support.ts"

const wheel = wheelBytes()
const sdist = sdistBytes()
const PROVENANCE = { version: 1, attestation_bundles: [] }
const JSON_TYPE = "application/vnd.pypi.simple.v1+json"

let index: TestIndex
beforeEach(async () => {
  index = createTestIndex()
  await index.addRelease({
    project: "Rocket",
    version: "1.0.0",
    files: [
      { filename: SDIST_NAME, content: sdist },
      { filename: WHEEL_NAME, content: wheel, provenance: PROVENANCE },
    ],
    metadata: { requires_python: [">=3.9"], summary: ["goes up"] },
  })
})

const page = (headers: Record<string, string> = { accept: JSON_TYPE }): Promise<Response> =>
  index.get("/simple/rocket/", headers)
const pathOf = (url: unknown): string => String(url).replace(ORIGIN, "")

async function files(): Promise<Record<string, unknown>[]> {
  return JSON.parse(await (await page()).text()).files
}

const found = async (path: string): Promise<[number, string | null]> => {
  const { status, headers } = await index.get(path)
  return [status, headers.get("location")]
}

describe("a project's page", () => {
  test("as JSON", async () => {
    const answer = await page()
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": JSON_TYPE,
      "cache-control": "max-age=600, public",
      vary: "Accept, Accept-Encoding",
      "x-pypi-last-serial": "1",
      "access-control-allow-origin": "*",
    })
    const digest = sha256(wheel)
    const metadata = { sha256: sha256(Buffer.from(METADATA)) }
    const body = JSON.parse(await answer.text())
    expect(body).toMatchObject({
      meta: { "api-version": "1.4", "_last-serial": 1 },
      name: "rocket",
      "project-status": { status: "active" },
      versions: ["1.0.0"],
    })
    expect(body.files).toEqual([
      {
        filename: WHEEL_NAME,
        url: expect.stringMatching(
          /^http:\/\/index\.test\/packages\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{60}\/rocket-1\.0\.0-py3-none-any\.whl$/,
        ),
        hashes: { sha256: digest },
        "requires-python": ">=3.9",
        size: wheel.byteLength,
        "upload-time": "2026-06-01T12:00:00.000000Z",
        yanked: false,
        "data-dist-info-metadata": metadata,
        "core-metadata": metadata,
        provenance: `${ORIGIN}/integrity/rocket/1.0.0/${WHEEL_NAME}/provenance`,
      },
      {
        filename: SDIST_NAME,
        url: expect.stringContaining(SDIST_NAME),
        hashes: { sha256: sha256(sdist) },
        "requires-python": ">=3.9",
        size: sdist.byteLength,
        "upload-time": "2026-06-01T12:00:00.000000Z",
        yanked: false,
        "data-dist-info-metadata": false,
        "core-metadata": false,
        provenance: null,
      },
    ])
  })

  test("as HTML", async () => {
    index.yank("rocket", "1.0", 'leaks "fuel"')
    const answer = await page({})
    expect(answer.headers.get("content-type")).toBe("text/html; charset=UTF-8")
    const [wheelUrl, sdistUrl] = (await files()).map(({ url }) => String(url))
    const digest = `sha256=${sha256(Buffer.from(METADATA))}`
    expect(await answer.text()).toBe(`<!DOCTYPE html>
<html lang="en">
  <head>
    <meta name="pypi:repository-version" content="1.4">
    <meta name="pypi:project-status" content="active">
    <title>Links for rocket</title>
  </head>
  <body>
    <h1>Links for rocket</h1>
<a href="${wheelUrl}#sha256=${sha256(wheel)}" data-requires-python="&gt;=3.9" data-yanked="leaks &#34;fuel&#34;" data-dist-info-metadata="${digest}" data-core-metadata="${digest}" data-provenance="${ORIGIN}/integrity/rocket/1.0.0/${WHEEL_NAME}/provenance" >${WHEEL_NAME}</a><br />
<a href="${sdistUrl}#sha256=${sha256(sdist)}" data-requires-python="&gt;=3.9" data-yanked="leaks &#34;fuel&#34;" >${SDIST_NAME}</a><br />
</body>
</html>
<!--SERIAL 2-->`)
    const versioned = await page({ accept: "application/vnd.pypi.simple.v1+html" })
    expect(versioned.headers.get("content-type")).toBe(
      "application/vnd.pypi.simple.v1+html; charset=UTF-8",
    )
  })

  test("says yanked with and without a reason", async () => {
    index.yank("rocket", "v1.0", "")
    expect((await files()).map(({ yanked }) => yanked)).toEqual([true, true])
    expect(await (await page({})).text()).toContain(' data-yanked=""')
    index.yank("rocket", "v1.0", "leaks")
    expect((await files()).map(({ yanked }) => yanked)).toEqual(["leaks", "leaks"])
  })

  test("has its versions in order", async () => {
    for (const version of ["1.10", "1.2", "2.0a1", "1.0.0.post1"]) {
      const filename = `rocket-${version}-py3-none-any.whl`
      await index.addRelease({
        project: "rocket",
        version,
        files: [{ filename, content: wheelOf("rocket", version) }],
      })
    }
    const body = JSON.parse(await (await page()).text())
    expect(body.versions).toEqual(["1.0.0", "1.0.0.post1", "1.2", "1.10", "2.0a1"])
    expect(body.files.map(({ filename }: { filename: string }) => filename.split("-")[1])).toEqual([
      "1.0.0",
      "1.0.0.tar.gz",
      "1.0.0.post1",
      "1.2",
      "1.10",
      "2.0a1",
    ])
  })

  test("of a quarantined project is empty, of an archived one is not", async () => {
    index.setStatus("rocket", "archived")
    expect(await files()).toHaveLength(2)
    index.setStatus("rocket", "quarantined")
    const body = JSON.parse(await (await page()).text())
    expect(body).toMatchObject({
      "project-status": { status: "quarantined" },
      files: [],
      versions: [],
    })
    expect(await (await page({})).text()).toContain(
      '<meta name="pypi:project-status" content="quarantined">',
    )
  })

  test("is found under one spelling and one address", async () => {
    expect(await found("/simple/Rocket/")).toEqual([301, `${ORIGIN}/simple/rocket/`])
    expect(await found("/simple/rocket")).toEqual([301, `${ORIGIN}/simple/rocket/`])
    expect(await found("/simple")).toEqual([301, `${ORIGIN}/simple/`])
    for (const path of [
      "/simple/unknown/",
      "/simple/..%2f/",
      "/simple/__proto__/",
      "/x",
      "/simple/%ff/",
    ]) {
      expect(await found(path)).toEqual([404, null])
    }
  })

  test("is not sent again to those who have it", async () => {
    const first = await page()
    const etag = first.headers.get("etag") ?? ""
    const again = await page({ accept: JSON_TYPE, "if-none-match": `"x", W/${etag}` })
    expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", etag])
    expect((await page({ "if-none-match": etag })).status).toBe(200)
    index.yank("rocket", "1.0", "")
    expect((await page({ accept: JSON_TYPE, "if-none-match": etag })).status).toBe(200)
  })
})

describe("the list of projects", () => {
  test("has all but quarantined ones", async () => {
    index.addProject("Apollo")
    index.addProject("bad")
    index.setStatus("bad", "quarantined")
    const body = JSON.parse(await (await index.get("/simple/", { accept: JSON_TYPE })).text())
    expect(body.projects.map(({ name }: { name: string }) => name)).toEqual(["Apollo", "Rocket"])
    const html = await (await index.get("/simple/")).text()
    expect(html).toContain('<a href="/simple/rocket/">Rocket</a>')
    expect(html).not.toContain("bad")
  })
})

const getFile = async (headers: Record<string, string> = {}, suffix = ""): Promise<Response> => {
  const [{ url } = {}] = await files()
  return await index.get(`${pathOf(url)}${suffix}`, headers)
}

describe("files", () => {
  const size = wheel.byteLength

  test("come whole", async () => {
    const answer = await getFile()
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "accept-ranges": "bytes",
      "content-length": String(size),
      "content-type": "application/octet-stream",
      etag: `"${sha256(wheel)}"`,
    })
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(wheel)
  })

  test("have their metadata beside them", async () => {
    const answer = await getFile({}, ".metadata")
    expect(await answer.text()).toBe(METADATA)
    const [, { url } = {}] = await files()
    expect((await index.get(`${pathOf(url)}.metadata`)).status).toBe(404)
  })

  test.each<[string, number, string, number, number]>([
    ["bytes=0-9", 206, "bytes 0-9", 0, 10],
    ["bytes=10-", 206, `bytes 10-${size - 1}`, 10, size],
    ["bytes=-5", 206, `bytes ${size - 5}-${size - 1}`, size - 5, size],
    [`bytes=0-${size + 100}`, 206, `bytes 0-${size - 1}`, 0, size],
    [`bytes=-${size + 100}`, 206, `bytes 0-${size - 1}`, 0, size],
    ["bytes=5-4", 200, "", 0, size],
    ["bytes=0-1,3-4", 200, "", 0, size],
    ["bytes=-", 200, "", 0, size],
    ["items=0-1", 200, "", 0, size],
  ])("come in the range %s", async (range, status, contentRange, start, end) => {
    const answer = await getFile({ range })
    expect(answer.status).toBe(status)
    expect(answer.headers.get("content-range") ?? "").toBe(
      contentRange === "" ? "" : `${contentRange}/${size}`,
    )
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(wheel.subarray(start, end))
  })

  test.each([`bytes=${size}-`, "bytes=-0"])("do not have the range %s", async (range) => {
    const answer = await getFile({ range })
    expect([answer.status, answer.headers.get("content-range")]).toEqual([416, `bytes */${size}`])
  })

  test("come whole where the range is of another version", async () => {
    const etag = `"${sha256(wheel)}"`
    expect((await getFile({ range: "bytes=1-", "if-range": etag })).status).toBe(206)
    expect((await getFile({ range: "bytes=1-", "if-range": '"x"' })).status).toBe(200)
    expect((await getFile({ "if-none-match": etag })).status).toBe(304)
  })

  test("that are swapped keep their address and the digest on the page", async () => {
    index.swapContent(WHEEL_NAME, Buffer.from("evil"))
    expect((await files())[0]?.["hashes"]).toEqual({ sha256: sha256(wheel) })
    expect(await (await getFile()).text()).toBe("evil")
  })

  test("that are deleted are gone", async () => {
    const [{ url } = {}] = await files()
    index.deleteFile(WHEEL_NAME)
    expect(await files()).toHaveLength(1)
    expect((await index.get(pathOf(url))).status).toBe(404)
  })
})

describe("the Integrity API", () => {
  const path = `/integrity/rocket/1.0.0/${WHEEL_NAME}/provenance`
  const VENDOR = "application/vnd.pypi.integrity.v1+json"

  test.each([
    [undefined, VENDOR],
    ["*/*", VENDOR],
    ["application/json", "application/json"],
    [`application/json, ${VENDOR}`, VENDOR],
    [`application/json, ${VENDOR};q=0.9`, "application/json"],
    [`text/html, ${VENDOR};q=0.1`, VENDOR],
  ])("answers Accept %s with %s", async (accept, expected) => {
    const answer = await index.get(path, accept === undefined ? {} : { accept })
    expect(answer.headers.get("content-type")).toBe(expected)
    expect(await answer.json()).toEqual(PROVENANCE)
  })

  test("finds other spellings of project and version", async () => {
    for (const version of ["1.0", "v1.0.0", "1"]) {
      const answer = await index.get(`/integrity/RocKet/${version}/${WHEEL_NAME}/provenance`)
      expect(answer.status).toBe(200)
    }
  })

  test("says what it does not do", async () => {
    const said = async (given: string, headers = {}): Promise<unknown[]> => {
      const answer = await index.get(given, headers)
      const text = await answer.text()
      return [answer.status, text.startsWith("{") ? JSON.parse(text) : "page"]
    }
    expect(await said(path, { accept: "text/xml" })).toEqual([
      406,
      { message: "Request not acceptable" },
    ])
    expect(await said(`/integrity/rocket/1.0.0/${SDIST_NAME}/provenance`)).toEqual([
      404,
      { message: `No provenance available for ${SDIST_NAME}` },
    ])
    for (const unknown of ["other/1.0.0", "rocket/2.0", "rocket/one"]) {
      const answer = await said(`/integrity/${unknown}/${WHEEL_NAME}/provenance`)
      expect(answer).toEqual([404, "page"])
    }
    expect(await said("/integrity/rocket/1.0.0/other.whl/provenance")).toEqual([404, "page"])
    index.flags.attestationsDisabled = true
    expect(await said(path)).toEqual([403, { message: "Attestations temporarily disabled" }])
  })

  test("serves what was put in the object's place", async () => {
    index.swapProvenance(WHEEL_NAME, { version: 2 })
    expect(await (await index.get(path)).json()).toEqual({ version: 2 })
    index.swapProvenance(WHEEL_NAME, undefined)
    expect((await index.get(path)).status).toBe(404)
    expect((await files())[0]?.["provenance"]).toBeNull()
  })
})

const mirrored = async (path: string, headers = {}): Promise<Response> =>
  await index.mirror(new Request(`${ORIGIN}${path}`, { headers }))

describe("a caching mirror", () => {
  test("passes on pages without provenance, of an older version", async () => {
    const body = JSON.parse(await (await mirrored("/simple/rocket/", { accept: JSON_TYPE })).text())
    expect(body.meta["api-version"]).toBe("1.1")
    expect(body).not.toHaveProperty("project-status")
    expect(body.files).toHaveLength(2)
    for (const file of body.files) expect(file).not.toHaveProperty("provenance")
    const html = await (await mirrored("/simple/rocket/")).text()
    expect(html).not.toMatch(/provenance|project-status/)
    expect(html).toContain('content="1.1"')
    const list = JSON.parse(await (await mirrored("/simple/", { accept: JSON_TYPE })).text())
    expect(list.meta["api-version"]).toBe("1.1")
  })

  test("has the files, and neither the Integrity API nor uploads", async () => {
    const [{ url } = {}] = await files()
    expect((await mirrored(pathOf(url))).status).toBe(200)
    expect((await mirrored(`/integrity/rocket/1.0.0/${WHEEL_NAME}/provenance`)).status).toBe(404)
    expect((await mirrored("/_/oidc/audience")).status).toBe(404)
    const post = new Request(`${ORIGIN}/legacy/`, { method: "POST", body: "x" })
    expect((await index.mirror(post)).status).toBe(404)
  })
})

const getJson = async (path: string): Promise<Record<string, object>> =>
  JSON.parse(await (await index.get(path)).text())

describe("the JSON API", () => {
  test("describes the newest release, and all of them", async () => {
    for (const version of ["2.0.dev1", "1.5"]) {
      const filename = `rocket-${version}-py3-none-any.whl`
      const content = wheelOf("rocket", version)
      await index.addRelease({ project: "rocket", version, files: [{ filename, content }] })
    }
    const body = await getJson("/pypi/rocket/json")
    expect(body).toMatchObject({
      info: {
        name: "Rocket",
        version: "1.5",
        summary: "goes up",
        yanked: false,
        requires_dist: null,
      },
      last_serial: 3,
      vulnerabilities: [],
    })
    expect(Object.keys(body["releases"] ?? {})).toEqual(["1.0.0", "2.0.dev1", "1.5"])
    index.yank("rocket", "1.5", "leaks")
    expect(await getJson("/pypi/rocket/json")).toMatchObject({ info: { version: "1.0.0" } })
  })

  test("describes one release", async () => {
    const body = await getJson("/pypi/rocket/v1.0/json")
    expect(body).not.toHaveProperty("releases")
    expect(body["urls"]).toEqual([
      expect.objectContaining({
        filename: WHEEL_NAME,
        packagetype: "bdist_wheel",
        python_version: "py3",
        digests: expect.objectContaining({ sha256: sha256(wheel) }),
        upload_time: "2026-06-01T12:00:00",
        upload_time_iso_8601: "2026-06-01T12:00:00.000000Z",
        requires_python: ">=3.9",
      }),
      expect.objectContaining({ filename: SDIST_NAME, packagetype: "sdist" }),
    ])
    expect(JSON.stringify(body)).not.toContain("provenance")
  })

  test("knows one spelling, and what there is", async () => {
    const answer = await index.get("/pypi/Rocket/1.0/json")
    expect([answer.status, answer.headers.get("location")]).toEqual([
      301,
      `${ORIGIN}/pypi/rocket/1.0/json`,
    ])
    for (const path of ["/pypi/other/json", "/pypi/rocket/9/json", "/pypi/rocket/one/json"]) {
      expect((await index.get(path)).status).toBe(404)
    }
    index.setStatus("rocket", "quarantined")
    expect((await index.get("/pypi/rocket/json")).status).toBe(404)
  })
})

test("what is seeded can be what PyPI would not take", async () => {
  const odd = { filename: "rocket-1.0.0-py2-none-any.whl", content: Buffer.from("no wheel") }
  const release = await index.addRelease({
    project: "rocket",
    version: "0.1",
    files: [{ ...odd, uploadTime: NOW - 1 }],
    created: NOW - 2,
    yanked: "odd",
  })
  expect(release).toMatchObject({ created: NOW - 2, yanked: { reason: "odd" } })
  expect(release.files[0]).toMatchObject({ uploadTime: NOW - 1, pythonVersion: "py2" })
  expect(release.files[0]?.metadata).toBeUndefined()
  expect(() => index.deleteFile("other")).toThrow("there is no file other")
  expect(() => index.yank("other", "1", "")).toThrow("there is no project other")
  expect(() => index.yank("rocket", "9", "")).toThrow("rocket has no release 9")
})
