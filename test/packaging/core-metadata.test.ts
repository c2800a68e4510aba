import * as fc from "fast-check"
import { describe, expect, test } from "vitest"

import { type CoreMetadata, parseCoreMetadata } from "../../src/packaging/core-metadata.ts"
import { METADATA_FIELDS } from "../../src/packaging/core-metadata-fields.ts"
import { uploadFields } from "../../src/packaging/upload-fields.ts"
import { isTaken, refusal } from "../formats/support.ts"
import { hostileBytes } from "../support/hostile.ts"

const HEAD = "Metadata-Version: 2.5\nName: rocket\nVersion: 1.0\n"

function parse(text: string | Uint8Array): CoreMetadata {
  return parseCoreMetadata(Buffer.from(text))
}

/** What was given beside the three fields that are always there; empty lists are left out. */
function given(text: string): Readonly<Record<string, unknown>> {
  const { metadataVersion, name, version, ...rest } = parse(text)
  expect([metadataVersion, name, version]).toEqual(["2.5", "rocket", "1.0"])
  return Object.fromEntries(
    Object.entries(rest).filter(([, value]) => !(Array.isArray(value) && value.length === 0)),
  )
}

const EVERYTHING = `${HEAD}Dynamic: Requires-Dist
Platform: any
Supported-Platform: linux
Summary: Goes up, räkete
Description-Content-Type: text/markdown; variant=GFM
Keywords: up, away ,fast
Home-page: https://rocket.test
Download-URL: https://rocket.test/get
Author: Alice
Author-email: Alice <alice@rocket.test>
Maintainer: Bob
Maintainer-email: bob@rocket.test
License-Expression: MIT OR Apache-2.0
License-File: LICENSE
License-File: LICENSE.apache
Classifier: Programming Language :: Python
Classifier: Topic :: Software Development
Requires-Dist: moon>=1
Requires-Python: >=3.9
Requires-External: fuel
Project-URL: Source, https://rocket.test/source
Provides-Extra: boost
Provides-Dist: missile
Obsoletes-Dist: balloon
Requires: old
Provides: older
Obsoletes: oldest
Import-Name: rocket
Import-Namespace: space

# Rocket

It goes up.
`

test("every field is read, and goes into the form of the upload under its name there", () => {
  const metadata = parse(EVERYTHING)
  expect(metadata).toMatchObject({
    metadataVersion: "2.5",
    summary: "Goes up, räkete",
    description: "# Rocket\n\nIt goes up.\n",
    keywords: "up, away ,fast",
    licenseFiles: ["LICENSE", "LICENSE.apache"],
    classifiers: ["Programming Language :: Python", "Topic :: Software Development"],
    projectUrls: ["Source, https://rocket.test/source"],
    importNamespaces: ["space"],
    unknown: [],
  })
  const form = uploadFields(metadata)
  expect(form).toContainEqual(["keywords", "up,away,fast"])
  expect(form.filter(([name]) => name === "license_file")).toHaveLength(2)
  expect(new Set(form.map(([name]) => name))).toEqual(
    new Set(
      Object.values(METADATA_FIELDS)
        .map((field) => field.form)
        .filter((name) => name !== "license"),
    ),
  )
  expect(form.slice(0, 3)).toEqual([
    ["metadata_version", "2.5"],
    ["name", "rocket"],
    ["version", "1.0"],
  ])
})

test("a License-File under a metadata version without it is not sent", () => {
  const old = HEAD.replace("2.5", "2.1")
  const form = uploadFields(parse(`${old}License-File: LICENSE\nLicense: MIT\n`))
  expect(form.map(([name]) => name)).toEqual(["metadata_version", "name", "version", "license"])
})

describe("forms of a field", () => {
  test.each<[string, string, Readonly<Record<string, unknown>>]>([
    ["names in any case", "sUmMaRy: up\n", { summary: "up" }],
    ["no space behind the colon", "Summary:up\n", { summary: "up" }],
    ["a colon in the value", "Summary: up: and away\n", { summary: "up: and away" }],
    ["white space before the value", "Summary: \t up\n", { summary: "up" }],
    [
      "CRLF",
      "Summary: up\r\nAuthor: Alice\r\n\r\nbody\r\n",
      { summary: "up", author: "Alice", description: "body\r\n" },
    ],
    ["a folded value", "License: one\n  two\n\tthree\n", { license: "one\n  two\n\tthree" }],
    ["a folded value with CRLF", "License: one\r\n two\r\n", { license: "one\r\n two" }],
    ["an empty value", "Summary:\nAuthor: \n", {}],
    [
      "a description as a field",
      "Description: one\n        two\n",
      { description: "one\n        two" },
    ],
    ["no body", "Summary: up\n\n", { summary: "up" }],
    ["no end", "Summary: up", { summary: "up" }],
    ["a body that looks like fields", "\nName: evil\n", { description: "Name: evil\n" }],
    ["a field that nobody knows", "Colour: red\n", { unknown: ["colour"] }],
    [
      "a form feed, as licences have them",
      "License: one\n  \f two\n",
      { license: "one\n  \f two" },
    ],
  ])("%s", (_name, text, fields) => {
    expect(given(HEAD + text)).toEqual(fields)
  })
})

test.each([
  ["nothing", "", "no Metadata-Version"],
  ["no name", "Metadata-Version: 2.1\nVersion: 1\n", "no Name"],
  ["an empty name", HEAD.replace("rocket", ""), "no Name"],
  ["no version", "Metadata-Version: 2.1\nName: x\n", "no Version"],
  ["two names", `${HEAD}Name: evil\n`, "gives Name 2 times"],
  ["two names in different case", `${HEAD}NAME: evil\n`, "gives Name 2 times"],
  ["two summaries", `${HEAD}Summary: a\nSummary: b\n`, "gives Summary 2 times"],
  ["two descriptions", `${HEAD}Description: a\n\nb\n`, "gives Description 2 times"],
  ["text before the fields", `hello\n${HEAD}`, 'a line that is no field: "hello"'],
  ["an envelope line", `From rocket\n${HEAD}`, "a line that is no field"],
  ["a space before the colon", `${HEAD}Summary : up\n`, "a line that is no field"],
  ["a field without a name", `${HEAD}: up\n`, "a line that is no field"],
  ["a first line that is continued", ` up\n${HEAD}`, "begins with a continued line"],
  [
    "a carriage return within a line",
    `${HEAD}Summary: up\rName: evil\n`,
    "a control character within a line",
  ],
  ["a NUL", `${HEAD}Summary: up\0\n`, "a control character within a line"],
  ["a byte order mark", `\u{feff}${HEAD}`, "byte order mark"],
  [
    "a transfer encoding",
    `${HEAD}Content-Transfer-Encoding: base64\n\nZXZpbA==\n`,
    "the e-mail field Content-Transfer-Encoding",
  ],
  ["a content type", `${HEAD}Content-Type: multipart/mixed\n`, "the e-mail field Content-Type"],
])("%s is refused", (_name, text, message) => {
  expect(refusal(() => parse(text))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: expect.stringContaining(message),
  })
})

test("a long line is quoted in part", () => {
  expect(refusal(() => parse(`${HEAD}${"x".repeat(100)}\n`)).message).toContain(
    `${"x".repeat(60)}…`,
  )
})

test("bytes that are not UTF-8 are refused", () => {
  const bytes = Buffer.from(`${HEAD}Author: Andr\u{e9}\n`, "latin1")
  expect(refusal(() => parse(bytes)).message).toBe("METADATA is not UTF-8")
})

test("what is too large is refused before it is parsed", () => {
  const body = parse(`${HEAD}\n${"x".repeat(8_388_608 - HEAD.length - 1)}`)
  expect(body.description).toHaveLength(8_388_608 - HEAD.length - 1)
  expect(refusal(() => parse(`${HEAD}\n${"x".repeat(8_388_608)}`)).code).toBe("ERR_INPUT_TOO_LARGE")
  const many = `${HEAD}${"Classifier: x\n".repeat(20_000)}`
  expect(refusal(() => parse(many)).code).toBe("ERR_INPUT_TOO_LARGE")
})

test("any bytes end in metadata or a WheelproofError", () => {
  fc.assert(
    fc.property(hostileBytes(Buffer.from(EVERYTHING)), (bytes) => {
      if (!isTaken(() => parse(bytes))) return
      const metadata = parse(bytes)
      expect(metadata.name).not.toBe("")
      expect(uploadFields(metadata).length).toBeGreaterThan(2)
    }),
  )
})

test("whatever is written is read back", () => {
  const value = fc.stringMatching(/^[!-~\u00a1-\u{2000}]([ -~]*[!-~])?$/u)
  const fields = fc.record({
    summary: value,
    author: value,
    classifiers: fc.array(value),
    description: fc.string(),
  })
  fc.assert(
    fc.property(fields, ({ summary, author, classifiers, description }) => {
      const lines = [
        `Summary: ${summary}`,
        `Author: ${author}`,
        ...classifiers.map((text) => `Classifier: ${text}`),
      ]
      const text = `${HEAD}${lines.join("\n")}\n\n${description}`
      expect(parse(text)).toMatchObject({
        summary,
        author,
        classifiers,
        ...(description === "" ? {} : { description: Buffer.from(description).toString() }),
      })
    }),
  )
})
