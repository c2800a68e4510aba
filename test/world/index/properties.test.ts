import * as fc from "fast-check"
import { expect, test } from "vitest"

import { storedAssetName } from "../../../src/world/github/asset-name.ts"
import { acceptAttestations } from "../../../src/world/index/attestations.ts"
import {
  checkFilename,
  checkSdistName,
  checkWheelName,
} from "../../../src/world/index/file-name.ts"
import { openDistribution } from "../../../src/world/index/archives.ts"
import { findPublisher } from "../../../src/world/index/publishers.ts"
import { Refusal } from "../../../src/world/index/refusal.ts"
import { readUploadForm } from "../../../src/world/index/upload-form.ts"
import { sdistBytes, WHEEL_NAME, wheelBytes } from "../../support/archives.ts"
import { CLAIMS, createTestIndex, PUBLISHER } from "./support.ts"

const RUNS = { numRuns: 50 }

/** Bytes that were right until some of them were changed. */
function damaged(bytes: Uint8Array): fc.Arbitrary<Buffer> {
  const edit = fc.tuple(fc.nat(bytes.byteLength - 1), fc.nat(255))
  return fc
    .tuple(fc.array(edit, { maxLength: 4 }), fc.nat(bytes.byteLength))
    .map(([edits, length]) => {
      const copy = Buffer.from(bytes)
      for (const [at, byte] of edits) copy[at] = byte
      return length % 3 === 0 ? copy.subarray(0, length) : copy
    })
}

test("any body ends in a form or a refusal", async () => {
  const part = fc
    .tuple(fc.string(), fc.option(fc.string()), fc.string())
    .map(
      ([name, filename, text]) =>
        `--b\r\nContent-Disposition: form-data; name="${name}"${filename === null ? "" : `; filename="${filename}"`}\r\n\r\n${text}\r\n`,
    )
  const body = fc.oneof(
    fc.array(part).map((parts) => `${parts.join("")}--b--\r\n`),
    fc.string(),
  )
  await fc.assert(
    fc.asyncProperty(body, async (text) => {
      const headers = { "content-type": "multipart/form-data; boundary=b" }
      const request = new Request("http://index.test/", { method: "POST", body: text, headers })
      const form = await readUploadForm(request)
      expect(form instanceof Refusal ? form.status : form.name.length).toBeGreaterThan(0)
    }),
    RUNS,
  )
})

test("any file name ends in nothing or a refusal", () => {
  const likely = fc.stringMatching(/^[a-zA-Z0-9._+! -]{0,40}\.(whl|zip|tar\.gz)$/)
  const named = { name: "rocket", version: "1.0.0" }
  fc.assert(
    fc.property(fc.oneof(fc.string(), likely), (filename) => {
      const [sdist, wheel] = [checkSdistName(filename, named), checkWheelName(filename, named)]
      expect(sdist === undefined).toBe(filename === "rocket-1.0.0.tar.gz")
      expect(wheel !== undefined || /^rocket-1.*-.*\.whl$/.test(filename)).toBe(true)
      expect([undefined, 400]).toContain(checkFilename(filename, "sdist")?.status)
    }),
  )
})

test("any archive is opened or refused", async () => {
  const cases = fc.oneof(
    damaged(wheelBytes()).map((content) => [WHEEL_NAME, content] as const),
    damaged(sdistBytes()).map((content) => ["rocket-1.0.0.tar.gz", content] as const),
    fc.uint8Array().map((content) => [WHEEL_NAME, content] as const),
  )
  await fc.assert(
    fc.asyncProperty(cases, async ([filename, content]) => {
      const opened = await openDistribution(filename, content, "help")
      expect(opened instanceof Refusal ? opened.status : opened.names.size).toBeGreaterThan(0)
    }),
    { numRuns: 200 },
  )
})

test.each([
  [WHEEL_NAME, wheelBytes()],
  ["rocket-1.0.0.tar.gz", sdistBytes()],
])("whichever byte of %s is another one, it is opened or refused", async (filename, bytes) => {
  for (const [at, byte] of bytes.entries()) {
    const content = Buffer.from(bytes)
    content[at] = byte ^ 0xff
    const opened = await openDistribution(filename, content, "help")
    expect(opened instanceof Refusal ? opened.status : opened.names.size).toBeGreaterThan(0)
  }
})

test("any attestations are refused, unless somebody signed them", () => {
  const request = {
    identity: { kind: "GitHub", repository: "acme/rocket", workflow: "release.yml" },
    filename: WHEEL_NAME,
    sha256: "0".repeat(64),
    trust: [],
  }
  const likely = fc.jsonValue().map((value) => JSON.stringify([value]))
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), likely), (json) => {
      expect(acceptAttestations({ ...request, json })).toBeInstanceOf(Refusal)
    }),
  )
})

test("claims find a publisher only if all that counts is its own", () => {
  const registered = [{ id: "one", publisher: PUBLISHER, projects: ["rocket"] }]
  const counted = ["repository", "repository_owner", "repository_owner_id", "job_workflow_ref"]
  const change = fc.tuple(
    fc.constantFrom(...counted),
    fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
  )
  expect(findPublisher(registered, "GitHub", CLAIMS)).toHaveProperty("found")
  fc.assert(
    fc.property(change, ([name, value]) => {
      fc.pre(value !== CLAIMS[name])
      expect(findPublisher(registered, "GitHub", { ...CLAIMS, [name]: value })).toHaveProperty(
        "reason",
      )
    }),
  )
})

test("a stored asset name stays as it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii" }), (name) => {
      const stored = storedAssetName(name)
      expect(stored).toMatch(/^(?:[A-Za-z0-9_+@-]+(?:\.[A-Za-z0-9_+@-]+)*)?$/)
      expect(storedAssetName(stored)).toBe(stored)
    }),
  )
})

test("any range is answered with bytes of the file, or with none", async () => {
  const index = createTestIndex()
  const content = wheelBytes()
  await index.addRelease({
    project: "rocket",
    version: "1.0.0",
    files: [{ filename: WHEEL_NAME, content }],
  })
  const page = await (await index.get("/simple/rocket/")).text()
  const path = /href="http:\/\/index\.test([^#]+)/.exec(page)?.[1] ?? ""
  const range = fc.oneof(
    fc
      .tuple(fc.option(fc.nat(2_000)), fc.option(fc.nat(2_000)))
      .map(([from, to]) => `bytes=${from ?? ""}-${to ?? ""}`),
    fc.stringMatching(/^[ -~]{0,20}$/),
  )
  await fc.assert(
    fc.asyncProperty(range, async (value) => {
      const answer = await index.get(path, { range: value })
      const body = Buffer.from(await answer.arrayBuffer())
      const [, start = "0"] = /^bytes (\d+)-/.exec(answer.headers.get("content-range") ?? "") ?? []
      const end = Number(start) + body.byteLength
      expect([200, 206, 416]).toContain(answer.status)
      expect(body).toEqual(content.subarray(Number(start), end))
      expect(body.byteLength > 0).toBe(answer.status !== 416)
    }),
    RUNS,
  )
})
