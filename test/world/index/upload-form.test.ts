import { beforeEach, describe, expect, test } from "vitest"

import { wheelBytes } from "../../support/archives.ts"
import { basic, createTestIndex, refusal, sha256, type TestIndex, type Upload } from "./support.ts"

let index: TestIndex
let token: string
beforeEach(() => {
  index = createTestIndex()
  token = index.addUser("ann")
})

const upload = (given: Upload = {}): Promise<Response> => index.upload({ token, ...given })
const CORE = "See https://packaging.python.org/specifications/core-metadata for more information."

describe("the form", () => {
  test.each<[string, Upload, string]>([
    [
      "an unknown action",
      { fields: { ":action": "submit" } },
      "404 The resource could not be found.",
    ],
    ["an unknown protocol", { fields: { protocol_version: "2" } }, "400 Unknown protocol version."],
    [
      "a text as a file",
      { fields: { summary: "x" }, files: ["summary"] },
      "400 summary: Should not be a tuple.",
    ],
    [
      "no name",
      { fields: { name: undefined } },
      `400 '' is an invalid value for Name. Error: This field is required. ${CORE}`,
    ],
    [
      "no name, as distutils has it",
      { fields: { name: "UNKNOWN" } },
      `400 '' is an invalid value for Name. Error: This field is required. ${CORE}`,
    ],
    [
      "a wrong name",
      { fields: { name: "-rocket" } },
      `400 '-rocket' is an invalid value for Name. Error: Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'. ${CORE}`,
    ],
    [
      "a long wrong name",
      { fields: { name: `${"a".repeat(40)}!${"b".repeat(40)}` } },
      `400 '${"a".repeat(30)}...${"b".repeat(30)}' is an invalid value for Name. Error: Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'. ${CORE}`,
    ],
    [
      "no file type",
      { fields: { filetype: undefined } },
      "400 Invalid value for filetype. Error: This field is required.",
    ],
    [
      "an unknown file type",
      { fields: { filetype: "bdist_egg" } },
      "400 Invalid value for filetype. Error: Use a known file type.",
    ],
    [
      "a wheel without Python version",
      { fields: { pyversion: undefined } },
      "400 Invalid value for pyversion. Error: Python version is required for binary distribution uploads.",
    ],
    [
      "an sdist with one",
      { fields: { filetype: "sdist" } },
      "400 Invalid value for pyversion. Error: Use 'source' as Python version for an sdist.",
    ],
    [
      "no digest",
      { fields: { sha256_digest: undefined, blake2_256_digest: undefined } },
      "400 Error: Include at least one message digest.",
    ],
    [
      "a digest in base64",
      { fields: { sha256_digest: "47DEQpj8HBSa" } },
      "400 Invalid value for sha256_digest. Error: Use a valid, hex-encoded, SHA256 message digest.",
    ],
    [
      "a wrong BLAKE2 digest",
      { fields: { blake2_256_digest: "xy" } },
      "400 Invalid value for blake2_256_digest. Error: Use a valid, hex-encoded, BLAKE2 message digest.",
    ],
    ["no content", { withoutContent: true }, "400 Upload payload does not have a file."],
    [
      "an unknown metadata version",
      { fields: { metadata_version: "2.6" } },
      `400 '2.6' is not a valid metadata version. ${CORE}`,
    ],
  ])("%s", async (_, given, expected) => {
    expect(await refusal(upload(given))).toBe(expected)
  })

  test("the name's fault is named before all others, then alphabetically", async () => {
    const fields = { name: undefined, filetype: "x", blake2_256_digest: "x" }
    expect(await refusal(upload({ fields }))).toContain("invalid value for Name")
    expect(await refusal(upload({ fields: { ...fields, name: "rocket" } }))).toContain("BLAKE2")
  })

  test("is multipart", async () => {
    const answer = await index.post("/legacy/", "x", { authorization: basic(token) })
    expect(await refusal(answer)).toBe("400 The request body is not a multipart form.")
  })

  test("every digest that is given has to be right", async () => {
    const wrong =
      "400 The digest supplied does not match a digest calculated from the uploaded file."
    for (const name of ["sha256_digest", "blake2_256_digest"]) {
      expect(await refusal(upload({ fields: { [name]: "0".repeat(64) } }))).toBe(wrong)
    }
    expect(await refusal(upload({ fields: { md5_digest: "0".repeat(32) } }))).toBe(wrong)
    const upper = sha256(wheelBytes()).toUpperCase()
    expect(await refusal(upload({ fields: { sha256_digest: upper } }))).toBe("200 ")
  })

  test("a refused upload leaves no project behind", async () => {
    await upload({ filename: "rocket.exe" })
    expect(index.state.projects).toEqual({})
  })
})

describe("how a refusal is told", () => {
  test("in the body as HTML, JSON or text, and in the status line", async () => {
    const given = { fields: { ":action": "file_upload", summary: "a\n<b>" } }
    const sentence = `'summary' must be a single line. ${CORE}`
    const html = await (await upload(given)).text()
    expect(html).toContain(`<title>400 &#39;summary&#39; must be a single line.`)
    const json = await upload({ ...given, headers: { accept: "application/json" } })
    expect(json.statusText).toBe(sentence)
    expect(json.headers.get("content-type")).toBe("application/json")
    expect(await json.json()).toEqual({
      message: `The server could not comply with the request since it is either malformed or otherwise incorrect.\n\n\n${sentence}\n\n`,
      code: `400 ${sentence}`,
      title: "Bad Request",
    })
    const text = await upload({ ...given, headers: { accept: "image/png" } })
    expect(text.headers.get("content-type")).toBe("text/plain; charset=UTF-8")
    expect(await text.text()).toContain(`400 ${sentence}\n\nThe server could not comply`)
  })

  test("what a status line cannot hold is replaced", async () => {
    const answer = await upload({ fields: { metadata_version: "2.é→" } })
    expect(answer.statusText).toBe(String.raw`'2.é?' is not a valid metadata version. ${CORE}`)
  })
})
