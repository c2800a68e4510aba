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
  type WheelPlan,
} from "../../support/archives.ts"
import {
  basic,
  createTestIndex,
  DAY,
  NOW,
  ORIGIN,
  publisherToken,
  refusal,
  sha256,
  type TestIndex,
  type Upload,
  uploadForm,
  wheelOf,
} from "./support.ts"

let index: TestIndex
let token: string
beforeEach(() => {
  index = createTestIndex()
  token = index.addUser("ann")
})

const upload = (given: Upload = {}): Promise<Response> => index.upload({ token, ...given })
const CORE = "See https://packaging.python.org/specifications/core-metadata for more information."

describe("an upload that is right", () => {
  test("creates project and release, and is served", async () => {
    const content = wheelBytes()
    const answer = await upload({ content, fields: { requires_python: ">=3.9", comment: "first" } })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe("")
    expect(index.state.projects["rocket"]).toMatchObject({
      name: "rocket",
      owners: ["ann"],
      releases: [
        {
          version: "1.0.0",
          created: NOW,
          files: [
            {
              filename: WHEEL_NAME,
              type: "bdist_wheel",
              pythonVersion: "py3",
              size: content.byteLength,
              digests: { sha256: sha256(content) },
              comment: "first",
            },
          ],
        },
      ],
    })
  })

  test("is an sdist too, with or without a Python version", async () => {
    const given = { filename: SDIST_NAME, content: sdistBytes() }
    expect(await refusal(upload({ ...given, fields: { pyversion: undefined } }))).toBe("200 ")
    expect(index.state.projects["rocket"]?.releases[0]?.files[0]?.pythonVersion).toBe("source")
  })

  test.each([
    ["Basic", (secret: string) => basic(secret)],
    ["Bearer", (secret: string) => `Bearer ${secret}`],
    ["token", (secret: string) => `token ${secret}`],
  ])("comes with a token by %s", async (_, authorization) => {
    const headers = { authorization: authorization(token) }
    expect((await index.upload({ headers })).status).toBe(200)
  })

  test("may name its action in the address", async () => {
    const answer = await upload({
      fields: { ":action": undefined },
      query: "?:action=file_upload",
    })
    expect(answer.status).toBe(200)
  })

  test("may leave out what is optional, repeat what is a list, and say UNKNOWN", async () => {
    const fields = {
      protocol_version: undefined,
      sha256_digest: undefined,
      summary: "UNKNOWN",
      classifiers: ["Topic :: Internet", "Typing :: Typed"],
      gpg_signature: "old",
      unheard_of: "ignored",
    }
    expect((await upload({ fields, files: ["gpg_signature"] })).status).toBe(200)
    const release = index.state.projects["rocket"]?.releases[0]
    expect(release?.metadata["classifiers"]).toEqual(["Topic :: Internet", "Typing :: Typed"])
    expect(release?.metadata["summary"]).toBeUndefined()
  })

  test("finds the project and the release in other spellings", async () => {
    expect((await upload({ content: wheelBytes() })).status).toBe(200)
    const answer = await upload({
      filename: "rocket-1.0-py2-none-any.whl",
      content: wheelBytes({ folder: "rocket-1.0.dist-info" }),
      fields: { name: "Rocket", version: "1.0" },
    })
    expect(await refusal(answer)).toBe("200 ")
    expect(index.state.projects["rocket"]).toMatchObject({ name: "Rocket" })
    expect(index.state.projects["rocket"]?.releases.map(({ version }) => version)).toEqual([
      "1.0.0",
    ])
  })
})

describe("who may upload", () => {
  const help = `${ORIGIN}/help/#`

  test.each([
    ["nobody", {}],
    ["an unknown token", { authorization: basic("pypi-unknown") }],
    ["another scheme", { authorization: "Digest x" }],
  ])("not %s", async (_, headers) => {
    expect(await refusal(index.upload({ headers }))).toBe(
      `403 Invalid or non-existent authentication information. See ${help}invalid-auth for more information.`,
    )
  })

  test("not a user with a password", async () => {
    const headers = { authorization: basic("secret", "ann") }
    expect(await refusal(index.upload({ headers }))).toBe(
      `403 Username/Password authentication is no longer supported. Migrate to API Tokens or Trusted Publishers instead. See ${help}apitoken and ${help}trusted-publishers`,
    )
  })

  test("not another user", async () => {
    index.addProject("Rocket", ["bob"])
    expect(await refusal(upload())).toBe(
      `403 The user 'ann' isn't allowed to upload to project 'Rocket'. See ${help}project-name for more information.`,
    )
  })

  test("not a token for other projects", async () => {
    const scoped = index.addUser("ann", { projects: ["Satellite"] })
    expect(await refusal(upload({ token: scoped }))).toBe(
      "403 Invalid API Token: project-scoped token is not valid for project: 'rocket'",
    )
  })

  test("not a publisher's token after fifteen minutes", async () => {
    const minted = await publisherToken(index)
    index.now = NOW + 900_000 - 1
    expect((await upload({ token: minted })).status).toBe(200)
    index.now = NOW + 900_000
    expect(await refusal(upload({ token: minted }))).toBe("403 Invalid API Token: token is expired")
  })

  test("not a publisher for a project that there is not", async () => {
    const minted = await publisherToken(index)
    const given = {
      token: minted,
      filename: "other-1.0.0-py3-none-any.whl",
      content: wheelOf("other", "1.0.0"),
      fields: { name: "other" },
    }
    expect(await refusal(upload(given))).toBe(
      `400 Non-user identities cannot create new projects. This was probably caused by successfully using a pending publisher but specifying the project name incorrectly (either in the publisher or in your project's metadata). Please ensure that both match. See: ${help}trusted-publishers-troubleshooting`,
    )
  })

  test("not a publisher for another project", async () => {
    const minted = await publisherToken(index)
    index.addProject("other", ["ann"])
    const given = {
      token: minted,
      filename: "other-1.0.0-py3-none-any.whl",
      content: wheelOf("other", "1.0.0"),
      fields: { name: "other" },
    }
    expect(await refusal(upload(given))).toBe(
      "403 Invalid API Token: project-scoped token is not valid for project: 'other'",
    )
  })

  test.each([
    ["archived", true, true],
    ["quarantined", true, false],
  ] as const)("%s: publishers refused %s, owners refused %s", async (status, ...expected) => {
    const minted = await publisherToken(index)
    index.addProject("rocket", ["ann"])
    index.setStatus("rocket", status)
    const answers = [await upload({ token: minted }), await upload()]
    expect(answers.map((answer) => answer.status === 403)).toEqual(expected)
    expect(await refusal(answers[0] ?? Response.error())).toBe(
      `403 The given token isn't allowed to upload to project 'rocket'. See ${help}project-name for more information.`,
    )
  })

  test.each([
    ["readOnly", "403 Read-only mode: Uploads are temporarily disabled."],
    [
      "uploadsDisabled",
      `403 New uploads are temporarily disabled. See ${help}admin-intervention for more information.`,
    ],
  ] as const)("nobody while %s", async (flag, expected) => {
    index.flags[flag] = true
    expect(await refusal(upload())).toBe(expected)
  })
})

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

describe("the file's name", () => {
  const WRONG_CHARACTERS =
    "400 Cannot upload a file with non-printable characters (ordinals 0-31) or the DEL character (ordinal 127) in the name."
  const UNKNOWN =
    "400 Invalid file extension: Use .tar.gz, .whl or .zip extension. See https://www.python.org/dev/peps/pep-0527 and https://peps.python.org/pep-0715/ for more information"
  const wheel = wheelBytes()

  test.each<[string, string]>([
    ["rocket\u0007-1.0.0-py3-none-any.whl", WRONG_CHARACTERS],
    ["rocket\u007f-1.0.0-py3-none-any.whl", WRONG_CHARACTERS],
    [
      "../rocket-1.0.0-py3-none-any.whl",
      String.raw`400 Cannot upload a file with '/' or '\' in the name.`,
    ],
    [
      String.raw`a\rocket-1.0.0-py3-none-any.whl`,
      String.raw`400 Cannot upload a file with '/' or '\' in the name.`,
    ],
    ["rocket-1.0.0.exe", UNKNOWN],
    [".whl", UNKNOWN],
    [
      "rocket-1.0.0.tar.gz",
      "400 Invalid file extension: Extension .tar.gz is invalid for filetype bdist_wheel. See https://www.python.org/dev/peps/pep-0527 for more information.",
    ],
  ])("%j", async (filename, expected) => {
    const fields = { filetype: "bdist_wheel", pyversion: "py3" }
    expect(await refusal(upload({ filename, content: wheel, fields }))).toBe(expected)
  })

  const WHEEL = "Invalid distribution file."
  test.each<[string, string]>([
    ["rocket.whl", `400 ${WHEEL} Unable to parse name and version from wheel filename`],
    ["rocket-1.0.0.whl", `400 ${WHEEL} Unable to parse name and version from wheel filename`],
    [
      "rocket-1.0.0-py3-none.whl",
      "400 Invalid wheel filename (wrong number of parts): 'rocket-1.0.0-py3-none'",
    ],
    [
      "rocket-1.0.0-1-py3-none-any-x.whl",
      "400 Invalid wheel filename (wrong number of parts): 'rocket-1.0.0-1-py3-none-any-x'",
    ],
    [
      "rocket-1.0.0-x-py3-none-any.whl",
      "400 Invalid build number: x in 'rocket-1.0.0-x-py3-none-any'",
    ],
    [
      "rocket-1.0.0-py3-none-linux_x86_64.whl",
      "400 Binary wheel 'rocket-1.0.0-py3-none-linux_x86_64.whl' has an unsupported platform tag 'linux_x86_64'.",
    ],
    [
      "rocket-1.0.0-py3-none-any.win32.beos.whl",
      "400 Binary wheel 'rocket-1.0.0-py3-none-any.win32.beos.whl' has an unsupported platform tag 'beos'.",
    ],
  ])("%j", async (filename, expected) => {
    expect(await refusal(upload({ filename, content: wheel }))).toBe(expected)
  })

  test.each<[string, string, Record<string, string>, string]>([
    ["satellite", "1.0.0", {}, "400 Start filename for 'rocket' with 'rocket'."],
    [
      "Rocket",
      "1.0.0",
      {},
      "400 Filename 'Rocket-1.0.0-py3-none-any.whl' should contain the normalized project name 'rocket', not 'Rocket'.",
    ],
    ["rocket", "1.0.1", {}, "400 Version in filename should be '1.0.0' not '1.0.1'."],
    [
      "rocket__x",
      "1.0.0",
      { name: "rocket-x" },
      "400 Invalid project name: 'rocket__x-1.0.0-py3-none-any'",
    ],
    [
      "rocket",
      "one",
      {},
      "400 Invalid wheel filename (invalid version): 'rocket-one-py3-none-any'",
    ],
    [
      "rocket.x",
      "1.0.0",
      { name: "rocket-x" },
      "400 Filename 'rocket.x-1.0.0-py3-none-any.whl' should contain the normalized project name 'rocket_x', not 'rocket.x'.",
    ],
    ["rocket_x", "1.0", { name: "rocket.x" }, "200 "],
  ])("a wheel of %s %s", async (name, version, fields, expected) => {
    const content = wheelBytes({ folder: `${name}-${version}.dist-info` })
    const filename = `${name}-${version}-py3-none-any.whl`
    expect(await refusal(upload({ filename, content, fields }))).toBe(expected)
  })

  const invalid = (filename: string, expected: string): string =>
    `400 Filename '${filename}' is invalid, should be '${expected}'.`
  // The names of PyPI's own test of PEP 625.
  test.each<[string, string, string, string]>([
    ["some_thing", "1.0.post9", "some_thing-1.0.post9.zip", "some_thing-1.0.post9.tar.gz"],
    ["some_thing", "1.0.post9", "some-thing-1.0.post9.tar.gz", "some_thing-1.0.post9.tar.gz"],
    ["some_thing", "1.0.post9", "some_thing-1.0-9.tar.gz", "some_thing-1.0.post9.tar.gz"],
    ["some_thing", "1.2.3", "some_thing-1.02.3.tar.gz", "some_thing-1.2.3.tar.gz"],
    ["some_thing", "1.0", "Some_Thing-1.0.tar.gz", "some_thing-1.0.tar.gz"],
  ])("sdist of %s %s: %s", async (name, version, filename, expected) => {
    const given = { filename, content: sdistBytes(), fields: { name, version } }
    expect(await refusal(upload(given))).toBe(invalid(filename, expected))
  })

  test.each<[string, string]>([
    ["satellite-1.0.0.tar.gz", "400 Start filename for 'rocket' with 'rocket'."],
    ["rocket.tar.gz", "400 Invalid source distribution filename: rocket.tar.gz"],
    ["rocket-one.tar.gz", "400 Invalid source distribution filename: rocket-one.tar.gz"],
  ])("sdist %s", async (filename, expected) => {
    expect(await refusal(upload({ filename, content: sdistBytes() }))).toBe(expected)
  })

  test("an image is no distribution", async () => {
    expect(await refusal(upload({ type: "image/png" }))).toBe("400 Invalid distribution file.")
  })
})

describe("the archive", () => {
  const zip = (reason: string): string =>
    `400 Invalid distribution file. ZIP archive not accepted: ${reason}. See ${ORIGIN}/help/#archives for more information`

  test.each<[string, WheelPlan, string]>([
    [
      "data descriptors",
      { entries: (all) => all.map((entry) => ({ ...entry, both: { flags: 8 } })) },
      zip("ZIP contains a data descriptor"),
    ],
    [
      "a member twice",
      { entries: (all) => [...all, ...all.slice(0, 1)] },
      zip("Duplicate filename in local headers"),
    ],
    ["trailing bytes", { extras: { trailing: Buffer.from("x") } }, zip("Trailing data")],
    [
      "a comment on a member",
      { entries: (all) => all.map((entry) => ({ ...entry, central: { comment: "x" } })) },
      zip("Comment in central directory"),
    ],
    [
      "a hidden member",
      { entries: (all) => [...all, { name: "x", content: "x", hidden: true }] },
      zip("Unknown record signature"),
    ],
    [
      "another size",
      {
        entries: ([first, ...rest]) => [
          { name: "", ...first, local: { compressedSize: 1 } },
          ...rest,
        ],
      },
      zip("Mis-matched data size"),
    ],
    [
      "no WHEEL",
      { info: { WHEEL: undefined } },
      "400 Invalid distribution file. WHEEL not found at rocket-1.0.0.dist-info/WHEEL",
    ],
    [
      "another folder",
      { folder: "rocket-1.0.dist-info" },
      "400 Invalid distribution file. WHEEL not found at rocket-1.0.0.dist-info/WHEEL",
    ],
    [
      "no RECORD",
      { entries: (all) => all.slice(0, -1) },
      `400 Wheel '${WHEEL_NAME}' does not contain the required RECORD file: rocket-1.0.0.dist-info/RECORD`,
    ],
    [
      "no METADATA",
      { info: { METADATA: undefined } },
      `400 Wheel '${WHEEL_NAME}' does not contain the required METADATA file: rocket-1.0.0.dist-info/METADATA`,
    ],
    [
      "an unknown compression",
      { entries: ([first, ...rest]) => [{ name: "", ...first, both: { method: 12 } }, ...rest] },
      "400 Invalid distribution file. File does not use a supported compression type",
    ],
    [
      "a bomb",
      {
        entries: ([first, ...rest]) => [
          { name: "", ...first, both: { size: 70 * 2 ** 20 } },
          ...rest,
        ],
      },
      "400 Invalid distribution file. File exceeds compression ratio of 50",
    ],
  ])("wheel with %s", async (_, plan, expected) => {
    expect(await refusal(upload({ content: wheelBytes(plan) }))).toBe(expected)
  })

  test.each<[string, Uint8Array, string]>([
    ["text", Buffer.from("no archive"), "400 Invalid distribution file. File is not a zipfile"],
    ["nothing", Buffer.of(), "400 Invalid distribution file. File is not a zipfile"],
    [
      "half of it",
      wheelBytes().subarray(0, 300),
      "400 Invalid distribution file. File is not a zipfile",
    ],
  ])("a wheel that is %s", async (_, content, expected) => {
    expect(await refusal(upload({ content }))).toBe(expected)
  })

  const NOT_TAR = "400 Invalid distribution file. File is not a tarfile"
  test.each<[string, Uint8Array, string]>([
    ["text", Buffer.from("no archive"), NOT_TAR],
    ["a gzip file of text", gzipSync("no archive"), NOT_TAR],
    ["half of it", sdistBytes().subarray(0, 100), NOT_TAR],
    ["a zip archive", wheelBytes(), NOT_TAR],
    [
      "without PKG-INFO",
      gzipSync(tarBytes(SDIST_ENTRIES.filter(({ name }) => !name.endsWith("PKG-INFO")))),
      "400 Invalid distribution file. PKG-INFO not found at rocket-1.0.0/PKG-INFO",
    ],
    [
      "in two folders",
      gzipSync(tarBytes([...SDIST_ENTRIES, { name: "other/file", content: "x" }])),
      "400 Invalid distribution file. Incorrect number of top-level directories in sdist",
    ],
    [
      "a bomb",
      gzipSync(
        tarBytes([
          ...SDIST_ENTRIES,
          { name: "rocket-1.0.0/zeros", content: Buffer.alloc(70 * 2 ** 20) },
        ]),
      ),
      NOT_TAR,
    ],
  ])("an sdist that is %s", async (_, content, expected) => {
    expect(await refusal(upload({ filename: SDIST_NAME, content }))).toBe(expected)
  })

  test("licences have to be where the metadata says", async () => {
    const fields = { metadata_version: "2.4", license_file: ["LICENSE", "doc/NOTICE"] }
    expect(await refusal(upload({ fields }))).toBe(
      `400 License-File LICENSE does not exist in distribution file ${WHEEL_NAME} at rocket-1.0.0.dist-info/licenses/LICENSE`,
    )
    const info = { "licenses/LICENSE": "MIT", "licenses/doc/NOTICE": "x" }
    expect(await refusal(upload({ fields, content: wheelBytes({ info }) }))).toBe("200 ")
    const sdist = { filename: SDIST_NAME, content: sdistBytes(), fields }
    expect(await refusal(upload(sdist))).toBe(
      `400 License-File LICENSE does not exist in distribution file ${SDIST_NAME} at rocket-1.0.0/LICENSE`,
    )
  })
})

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
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400])
  })
})

test("the address without its slash is answered with a redirection, and a message", async () => {
  const answer = await index.post("/legacy", uploadForm({}), { authorization: basic(token) })
  expect(await refusal(answer)).toBe(
    "308 An upload was attempted to /legacy but the expected upload URL is /legacy/ (with a trailing slash)",
  )
  expect(answer.headers.get("location")).toBe("/legacy/")
})
