import { randomBytes } from "node:crypto"
import { gzipSync } from "node:zlib"

import { beforeEach, describe, expect, test } from "vitest"

import {
  SDIST_ENTRIES,
  SDIST_NAME,
  sdistBytes,
  tarBytes,
  WHEEL_NAME,
  wheelBytes,
} from "../../support/archives.ts"
import {
  createTestIndex,
  DAY,
  NOW,
  ORIGIN,
  refusal,
  type TestIndex,
  type Upload,
} from "./support.ts"

let index: TestIndex
let token: string
beforeEach(() => {
  index = createTestIndex()
  token = index.addUser("ann")
})

const upload = (given: Upload = {}): Promise<Response> => index.upload({ token, ...given })

describe("what is there already", () => {
  const sdist = { filename: SDIST_NAME, content: sdistBytes() }

  test("the same file again is no fault, and changes nothing", async () => {
    await upload()
    const before = structuredClone(index.state)
    index.now = NOW + 1_000
    expect(await refusal(upload({ fields: { attestations: "[]", summary: "other" } }))).toBe("200 ")
    expect(index.state).toEqual(before)
  })

  test("another file of the same name is refused", async () => {
    await upload()
    const content = wheelBytes({ files: { "rocket.py": "x" } })
    const answer = await refusal(upload({ content }))
    expect(answer).toMatch(
      /^400 File already exists \('rocket-1\.0\.0-py3-none-any\.whl', with blake2_256 hash '[0-9a-f]{64}'\)\. See http:\/\/index\.test\/help\/#file-name-reuse for more information\.$/,
    )
  })

  test("the same content under another name is refused", async () => {
    await upload()
    const answer = upload({ filename: "rocket-1.0.0-py2-none-any.whl" })
    expect(await refusal(answer)).toContain(
      "400 File already exists ('rocket-1.0.0-py2-none-any.whl'",
    )
  })

  test("a deleted file's name is not taken again, not even for the same file", async () => {
    await upload()
    index.deleteFile(WHEEL_NAME)
    expect(await refusal(upload())).toBe(
      `400 This filename was previously used by a file that has since been deleted. Use a different version. See ${ORIGIN}/help/#file-name-reuse for more information.`,
    )
  })

  test("a release takes one sdist", async () => {
    await upload(sdist)
    const entries = [...SDIST_ENTRIES, { name: "rocket-1.0.0/more", content: "x" }]
    const content = gzipSync(tarBytes(entries))
    const again = { filename: "rocket-1.0.tar.gz", content, fields: { version: "1.0" } }
    expect(await refusal(upload(again))).toBe("400 Only one sdist may be uploaded per release.")
  })

  test("a release is closed after fourteen days, and duplicates are judged before", async () => {
    await upload()
    const closed = "400 Uploading new files to releases older than 14 days is not allowed."
    index.now = NOW + 14 * DAY
    const another = {
      filename: "rocket-1.0.0-py2-none-any.whl",
      content: wheelBytes({ files: {} }),
    }
    expect(await refusal(upload(another))).toBe("200 ")
    index.now += 1
    expect(await refusal(upload(sdist))).toBe(closed)
    expect(await refusal(upload())).toBe("200 ")
    expect(await refusal(upload({ content: wheelBytes({ files: { a: "b" } }) }))).toContain(
      "400 File already exists",
    )
  })

  test("files and projects have their limits", async () => {
    const size = wheelBytes().byteLength
    index = createTestIndex({ maxFileBytes: size, maxProjectBytes: size })
    token = index.addUser("ann")
    expect(await refusal(upload())).toBe("200 ")
    const larger = wheelBytes({
      files: { "a.py": "larger by far", "b.py": randomBytes(500).toString("hex") },
    })
    expect(
      await refusal(upload({ content: larger, filename: "rocket-1.0.0-py2-none-any.whl" })),
    ).toBe(
      `400 File too large. Limit for project 'rocket' is 0 MB. See ${ORIGIN}/help/#file-size-limit for more information.`,
    )
    const small = wheelBytes({ files: {} })
    expect(
      await refusal(upload({ content: small, filename: "rocket-1.0.0-py2-none-any.whl" })),
    ).toBe(
      `400 Project size too large. Limit for project 'rocket' total size is 0 GB. See ${ORIGIN}/help/#project-size-limit`,
    )
  })

  test("two uploads at once are one after the other", async () => {
    const contents = ["a", "b"].map((text) => wheelBytes({ files: { "a.py": text } }))
    const answers = await Promise.all(contents.map((content) => upload({ content })))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 400]))
  })
})
