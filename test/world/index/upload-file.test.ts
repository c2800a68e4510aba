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
import { createTestIndex, ORIGIN, refusal, type TestIndex, type Upload } from "./support.ts"

let index: TestIndex
let token: string
beforeEach(() => {
  index = createTestIndex()
  token = index.addUser("ann")
})

const upload = (given: Upload = {}): Promise<Response> => index.upload({ token, ...given })
const invalid = (filename: string, expected: string): string =>
  `400 Filename '${filename}' is invalid, should be '${expected}'.`
const zip = (reason: string): string =>
  `400 Invalid distribution file. ZIP archive not accepted: ${reason}. See ${ORIGIN}/help/#archives for more information`

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
