import { randomBytes, randomUUID } from "node:crypto"

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"

import { parseSha256 } from "../../src/core/digest.ts"
import { uploadForm } from "../../src/formats/upload-form.ts"
import { parseCoreMetadata } from "../../src/packaging/core-metadata.ts"
import { sendUpload } from "../../src/publish/index-upload.ts"
import { readProjectPage, readProvenance } from "../../src/publish/index-page.ts"
import { askAudience, mintUploadToken } from "../../src/publish/trusted-publishing.ts"
import { type Service, startService } from "../../src/world/http/service.ts"
import { publishStatement, subjectOf } from "../../src/world/sigstore/statements.ts"
import { METADATA, WHEEL_NAME, wheelBytes } from "../support/archives.ts"
import {
  createTestIndex,
  identityToken,
  PUBLISHER,
  sha256,
  type TestIndex,
} from "../world/index/support.ts"
import { access } from "./support.ts"

const CONTENT = wheelBytes()
const FILE = {
  filename: WHEEL_NAME,
  kind: "wheel",
  content: CONTENT,
  sha256: parseSha256(sha256(CONTENT)),
  metadata: parseCoreMetadata(Buffer.from(METADATA)),
} as const

let index: TestIndex
let service: Service
let uploadUrl: URL

beforeAll(async () => {
  service = await startService((request) => index.handler(request))
  uploadUrl = new URL(`${service.url}/legacy/`)
})
afterAll(async () => service.close())
beforeEach(() => {
  index = createTestIndex()
  index.addPublisher(PUBLISHER, ["rocket"])
})

const boundary = (): string => randomBytes(16).toString("hex")

async function mint(): Promise<Awaited<ReturnType<typeof mintUploadToken>>> {
  return mintUploadToken(uploadUrl, await identityToken({ jti: randomUUID() }), access())
}

test("the audience is asked for, and an identity token becomes an upload token once", async () => {
  expect(await askAudience(uploadUrl, access())).toBe("pypi")
  const identity = await identityToken({ jti: "one" })
  const minted = await mintUploadToken(uploadUrl, identity, access())
  expect(minted.token).toMatch(/^pypi-/)
  expect(minted.expires).toBe(index.now + 900_000)
  await expect(mintUploadToken(uploadUrl, identity, access())).rejects.toMatchObject({
    code: "ERR_REFUSED",
    message: `${uploadUrl.host} answered the identity token with 422: invalid token: already used (invalid-reuse-token)`,
  })
})

test("a wheel with its attestation, as everybody sees it afterwards", async () => {
  const attestation = JSON.stringify(
    index.world.signAttestation(publishStatement(subjectOf(WHEEL_NAME, CONTENT))),
  )
  const token = await mint()
  await sendUpload(uploadForm(FILE, [attestation]), { uploadUrl, token, boundary }, access())
  const page = await readProjectPage(new URL(`${service.url}/simple/`), "rocket", access())
  expect(page).toMatchObject([{ filename: WHEEL_NAME, sha256: FILE.sha256 }])
  const [{ provenance } = {}] = page
  if (provenance === undefined) throw new Error("no provenance")
  const object: unknown = JSON.parse(
    Buffer.from(await readProvenance(provenance, access())).toString(),
  )
  expect(object).toMatchObject({
    attestation_bundles: [{ attestations: [JSON.parse(attestation)] }],
  })
})

test("the same file again is no error, and nothing new", async () => {
  const account = { uploadUrl, token: await mint(), boundary }
  await sendUpload(uploadForm(FILE, []), account, access())
  await sendUpload(uploadForm(FILE, []), account, access())
  const page = await readProjectPage(new URL(`${service.url}/simple/`), "rocket", access())
  expect(page).toHaveLength(1)
})

test("the index's own words where it refuses", async () => {
  const form = uploadForm({ ...FILE, sha256: parseSha256("0".repeat(64)) }, [])
  const account = { uploadUrl, token: await mint(), boundary }
  await expect(sendUpload(form, account, access())).rejects.toMatchObject({
    code: "ERR_REFUSED",
    message: `${uploadUrl.host} answered the upload with 400: The digest supplied does not match a digest calculated from the uploaded file.`,
  })
})

test("a fault of the server's is no refusal, and its page no words of the index's", async () => {
  const account = { uploadUrl, token: await mint(), boundary }
  service.faults.add({ kind: "status", status: 503, body: "<html>no</html>", times: 1 })
  await expect(sendUpload(uploadForm(FILE, []), account, access())).rejects.toMatchObject({
    code: "ERR_NETWORK",
    message: `${uploadUrl.host} answered the upload with 503`,
  })
})

test("a token is in no error", async () => {
  const account = { uploadUrl, boundary, token: { token: "pypi-secret", expires: 0 } }
  const error: unknown = await sendUpload(uploadForm(FILE, []), account, access()).catch(
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ code: "ERR_REFUSED" })
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("secret")
})

test("an index without trusted publishing", async () => {
  index.flags.trustedPublishingDisabled = true
  await expect(askAudience(uploadUrl, access())).rejects.toMatchObject({
    message: `${uploadUrl.host} answered the question for its audience with 403: Trusted publishing functionality not enabled`,
  })
  const elsewhere = await startService(() => new Response("no", { status: 404 }))
  await expect(askAudience(new URL(elsewhere.url), access())).rejects.toMatchObject({
    code: "ERR_REFUSED",
  })
  await elsewhere.close()
})

test("a project that is not there", async () => {
  const simple = new URL(`${service.url}/simple`)
  await expect(readProjectPage(simple, "nobody", access())).rejects.toMatchObject({
    code: "ERR_REFUSED",
    message: `${uploadUrl.host} answered the question for nobody with 404`,
  })
})
