import { createHash } from "node:crypto"

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"

import { parseSha256 } from "../../src/core/digest.ts"
import {
  type AssetContent,
  createDraft,
  downloadAsset,
  findRelease,
  type GitHubRepository,
  publishRelease,
  uploadAsset,
} from "../../src/publish/github-release.ts"
import { createGitHub, type GitHub } from "../../src/world/github/github.ts"
import { type Service, startService } from "../../src/world/http/service.ts"
import { access } from "./support.ts"

const OWNER = { login: "acme", id: 1, type: "Organization" } as const
const COMMIT = "c".repeat(40)

let github: GitHub
let api: Service
let storage: Service
let repository: GitHubRepository

function asset(name: string, text: string): AssetContent {
  const content = Buffer.from(text)
  const hex = createHash("sha256").update(content).digest("hex")
  return { name, content, sha256: parseSha256(hex) }
}

const WHEEL = asset("rocket-1.0-py3-none-any.whl", "a wheel")

beforeAll(async () => {
  github = createGitHub({ clock: () => Date.now(), storageUrl: () => storage.url })
  api = await startService((request) => github.handler(request))
  storage = await startService((request) => github.storage(request))
})
afterAll(async () => {
  await Promise.all([api.close(), storage.close()])
})
beforeEach(() => {
  const name = `rocket-${github.state.repositories.length}`
  const added = github.addRepository({ owner: OWNER, name })
  github.addTag(added, { name: "v1.0", commit: COMMIT })
  const { token } = github.addToken({ permissions: { contents: "write" } })
  repository = { apiUrl: new URL(api.url), owner: OWNER.login, name, token }
})

async function code(action: Promise<unknown>): Promise<string> {
  const error: unknown = await action.then(
    () => new Error("this was not refused"),
    (thrown: unknown) => thrown,
  )
  if (error instanceof Error && "code" in error) return `${String(error.code)}: ${error.message}`
  throw error
}

test("a draft, its assets, and then for everybody", async () => {
  const draft = await createDraft("v1.0", repository, access())
  expect(draft).toMatchObject({ isDraft: true, assets: [] })
  const stored = await uploadAsset(draft, WHEEL, repository, access())
  expect(stored).toMatchObject({ name: WHEEL.name, bytes: 7, sha256: WHEEL.sha256 })
  expect(await code(findRelease("v1.0", repository, access()))).toMatch("ERR_REFUSED")
  const published = await publishRelease(draft, repository, access())
  expect(published).toMatchObject({ id: draft.id, isDraft: false, assets: [{ id: stored.id }] })
  const { token: _, ...anybody } = repository
  const found = await findRelease("v1.0", anybody, access())
  expect(found).toEqual(published)
  const [shown] = found.assets
  if (shown === undefined) throw new Error("no asset")
  expect(await downloadAsset(shown, anybody, access(), 100)).toEqual(WHEEL.content)
  await expect(downloadAsset(shown, anybody, access(), 3)).rejects.toMatchObject({
    code: "ERR_INPUT_TOO_LARGE",
  })
})

test("the token does not go to where the bytes are", async () => {
  const draft = await createDraft("v1.0", repository, access())
  const stored = await uploadAsset(draft, WHEEL, repository, access())
  await publishRelease(draft, repository, access())
  // The storage refuses a request that brings a token of another host's.
  expect(await downloadAsset(stored, repository, access(), 100)).toEqual(WHEEL.content)
})

test("an asset that GitHub renames is refused, not taken for the file", async () => {
  const draft = await createDraft("v1.0", repository, access())
  const epoch = asset("rocket-1!2.0.tar.gz", "an sdist")
  expect(await code(uploadAsset(draft, epoch, repository, access()))).toBe(
    "ERR_REFUSED: GitHub stored rocket-1!2.0.tar.gz as rocket-1.2.0.tar.gz",
  )
})

test("other bytes than were sent are refused", async () => {
  const draft = await createDraft("v1.0", repository, access())
  const claimed = { ...WHEEL, sha256: asset("x", "another").sha256 }
  expect(await code(uploadAsset(draft, claimed, repository, access()))).toContain(
    "ERR_REFUSED: GitHub stored other bytes",
  )
})

test("GitHub's own words where it refuses, and its faults are no refusals", async () => {
  const draft = await createDraft("v1.0", repository, access())
  await uploadAsset(draft, WHEEL, repository, access())
  expect(await code(uploadAsset(draft, WHEEL, repository, access()))).toContain(
    "422: Validation Failed (already_exists)",
  )
  const wrong = { ...repository, token: "ghs_wrong" }
  expect(await code(createDraft("v1.0", wrong, access()))).toContain("401: Bad credentials")
  github.failUploads(1)
  const other = { ...WHEEL, name: "other.whl" }
  expect(await code(uploadAsset(draft, other, repository, access()))).toContain("ERR_NETWORK")
})

test("no token of ours is in an error", async () => {
  const wrong = { ...repository, token: "ghs_secret" }
  expect(await code(createDraft("v1.0", wrong, access()))).not.toContain("secret")
})
