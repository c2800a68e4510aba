import * as fc from "fast-check"
import { describe, expect, test } from "vitest"

import { parseMetadata } from "../../../src/world/index/metadata.ts"
import { Refusal } from "../../../src/world/index/refusal.ts"
import { isSpecifierSet, parseRequirement } from "../../../src/world/index/requirement.ts"

const SEE = "See https://packaging.python.org/specifications/core-metadata for more information."

type Given = Readonly<Record<string, string | readonly string[] | undefined>>

/** The message about metadata with these changes, without its last sentence; the metadata where there is nothing to say. */
function judge(given: Given): unknown {
  const all: Given = { metadata_version: "2.5", name: "rocket", version: "1.0.0", ...given }
  const fields = new Map(
    Object.entries(all).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [value].flat()] as const],
    ),
  )
  const result = parseMetadata(fields)
  if (!(result instanceof Refusal)) return result
  expect(result.status).toBe(400)
  expect(result.message.endsWith(` ${SEE}`)).toBe(true)
  return result.message.slice(0, -SEE.length - 1)
}

test("what is right is kept by its form names", () => {
  const given = {
    version: "v1.0-Beta.1",
    summary: "goes up",
    description: "",
    author_email: '"Ann, the first" <ann@acme.example>, bob@acme.example',
    requires_dist: ["a>=1", "b ; python_version < '3'"],
    project_urls: ["Source, https://github.com/acme/rocket", "Docs,https://acme.example"],
    license_expression: "MIT AND (Apache-2.0 WITH LLVM-exception OR GPL-2.0-or-later)",
    license_file: ["LICENSE", "doc/LICENSE"],
    keywords: "up, away",
    dynamic: ["License-File", "import-name"],
    classifiers: ["Programming Language :: Python :: 3"],
    unheard_of: "x",
  }
  expect(judge(given)).toEqual({
    name: "rocket",
    version: "1.0b1",
    licenseFiles: ["LICENSE", "doc/LICENSE"],
    fields: {
      metadata_version: ["2.5"],
      name: ["rocket"],
      version: ["v1.0-Beta.1"],
      summary: ["goes up"],
      author_email: ['"Ann, the first" <ann@acme.example>, bob@acme.example'],
      requires_dist: ["a>=1", "b ; python_version < '3'"],
      project_urls: ["Source, https://github.com/acme/rocket", "Docs,https://acme.example"],
      license_expression: ["MIT AND (Apache-2.0 WITH LLVM-exception OR GPL-2.0-or-later)"],
      license_file: ["LICENSE", "doc/LICENSE"],
      keywords: ["up, away"],
      dynamic: ["License-File", "import-name"],
      classifiers: ["Programming Language :: Python :: 3"],
    },
  })
})

describe("a fault is told in PyPI's words", () => {
  test.each<[Given, string]>([
    [{ metadata_version: undefined }, "None is not a valid metadata version."],
    [{ metadata_version: "2.0" }, "'2.0' is not a valid metadata version."],
    [{ version: undefined }, "'version' is a required field."],
    [{ version: "one" }, "'one' is invalid for 'version'."],
    [{ name: "rocket!" }, "'rocket!' is invalid for 'name'."],
    [{ name: "" }, "'name' is a required field."],
    [{ version: "1.0+local" }, "The use of local versions in '1.0+local' is not allowed."],
    [{ summary: "a\nb" }, "'summary' must be a single line."],
    [{ summary: "x".repeat(513) }, "'summary' field must be 512 characters or less."],
    [{ summary: ["a", "b"] }, "'summary' has invalid data."],
    [
      { author_email: "nobody" },
      "'nobody' is not a valid email address: An email address must have an @-sign and a domain.",
    ],
    [
      { maintainer_email: "Ann <ann@localhost>" },
      "'ann@localhost' is not a valid email address: An email address must have an @-sign and a domain.",
    ],
    [
      { classifiers: ["Topic :: Internet", "Private :: Do Not Upload"] },
      "'Private :: Do Not Upload' is not a valid classifier.",
    ],
    [{ home_page: "acme.example" }, "'acme.example' is not a valid url."],
    [{ download_url: "ftp://acme.example" }, "'ftp://acme.example' is not a valid url."],
    [{ project_urls: ["https://acme.example"] }, "Must have a URL."],
    [{ project_urls: [", https://acme.example"] }, "Must have a label."],
    [
      { project_urls: [`${"x".repeat(33)}, https://acme.example`] },
      `'${"x".repeat(33)}' must be 32 characters or less.`,
    ],
    [{ project_urls: ["Source, acme"] }, "'acme' is not a valid url."],
    [
      { project_urls: ["A, https://a.example", "A, https://b.example"] },
      "'project_urls' has invalid data.",
    ],
    [
      { requires_dist: ["a>=1", "a @ https://a.example/a.whl"] },
      "Can't have direct dependency: a @ https://a.example/a.whl.",
    ],
    [{ requires_dist: ["a>="] }, "'a>=' is invalid for 'requires-dist'."],
    [
      { provides_dist: ["a @ https://a.example"] },
      "Can't have direct dependency: 'a @ https://a.example'.",
    ],
    [{ obsoletes_dist: ["!"] }, "'!' is invalid."],
    [{ requires_python: "3.9" }, "'3.9' is invalid for 'requires-python'."],
    [{ provides_extra: ["test", "te st"] }, "'te st' is invalid for 'provides-extra'."],
    [{ dynamic: ["Version"] }, "'version' is not allowed as a dynamic field."],
    [{ dynamic: ["Colour"] }, "'colour' is not a valid dynamic field."],
    [
      { description_content_type: "text/html" },
      "'description-content-type' must be one of ['text/plain', 'text/x-rst', 'text/markdown'], not 'text/html'.",
    ],
    [
      { description_content_type: "text/markdown; charset=latin-1" },
      "'description-content-type' can only specify the UTF-8 charset, not 'latin-1'.",
    ],
    [
      { description_content_type: "text/markdown; variant=Own" },
      "valid Markdown variants for 'description-content-type' are ['GFM', 'CommonMark'], not 'Own'.",
    ],
    [
      { license: "MIT", license_expression: "MIT" },
      "License is deprecated when License-Expression is present. Only License-Expression should be present.",
    ],
    [{ license_expression: "MIT License" }, "'MIT License' is invalid for 'license-expression'."],
    [{ license_expression: "MIT AND" }, "'MIT AND' is invalid for 'license-expression'."],
    [
      { license_file: ["../LICENSE"] },
      "'../LICENSE' is invalid for 'license-file', parent directory indicators are not allowed.",
    ],
    [
      { license_file: ["LICEN*"] },
      "'LICEN*' is invalid for 'license-file', paths must be resolved.",
    ],
    [
      { license_file: ["/LICENSE"] },
      "'/LICENSE' is invalid for 'license-file', paths must be relative.",
    ],
    [
      { license_file: ["doc\\LICENSE"] },
      String.raw`'doc\\LICENSE' is invalid for 'license-file', paths must use '/' delimiter.`,
    ],
    [
      { metadata_version: "2.3", license_expression: "MIT" },
      "license-expression introduced in metadata version 2.4, not 2.3.",
    ],
    [
      { metadata_version: "2.1", dynamic: ["Summary"] },
      "dynamic introduced in metadata version 2.2, not 2.1.",
    ],
    [
      { metadata_version: "1.1", requires_dist: ["a"] },
      "requires-dist introduced in metadata version 1.2, not 1.1.",
    ],
  ])("%o", (given, expected) => {
    expect(judge(given)).toBe(expected)
  })
})

test("an expression has its limits", () => {
  expect(
    judge({ license_expression: `${"(".repeat(2_000)}MIT${")".repeat(2_000)}` }),
  ).toHaveProperty("name")
  expect(judge({ license_expression: `${"(".repeat(3_000)}MIT${")".repeat(3_000)}` })).toContain(
    "is invalid for",
  )
})

test.each<[Given, string]>([
  [{ metadata_version: "9", name: "!", version: "x" }, "'9' is not a valid metadata version."],
  [{ version: "x", author_email: "x" }, "'x' is invalid for 'version'."],
  [{ summary: "a\nb", requires_python: "x" }, "'x' is invalid for 'requires-python'."],
  [{ summary: ["a", "b"], version: "x" }, "'summary' has invalid data."],
  [{ home_page: "x", classifiers: ["x"] }, "'x' is not a valid classifier."],
])("of several faults the most important is told: %o", (given, expected) => {
  expect(judge(given)).toBe(expected)
})

describe("dependency specifiers", () => {
  test.each([
    "requests",
    "requests[security, tests]>=2.8.1,==2.8.*",
    "a (>=1.0)",
    "a>=1,",
    "a===whatever",
    "a ; (python_version >= '3' and os_name == \"nt\") or extra == 'y'",
    "a ; python_version not in '2.6 2.7'",
    "a[]",
  ])("%j is one", (text) => {
    expect(parseRequirement(text)?.url).toBeUndefined()
    expect(parseRequirement(text)).toBeDefined()
  })

  test.each(["a@http://x/y.whl", "a @ file:///x ; os_name == 'nt'"])(
    "%j has an address",
    (text) => {
      expect(parseRequirement(text)?.url).toMatch(/^(?:http|file):/)
    },
  )

  test.each([
    "",
    "-a",
    "a b",
    "a>",
    "a,",
    "a>1,,<2",
    "a[",
    "a[x,]",
    "a;",
    "a ; x",
    "a ; python_version",
    "a ; python_version < '3' and",
    "a ; (python_version < '3'",
    "a ; python_version ! '3'",
    "a ; colour == 'red'",
    "a >=1.0+x",
    "a >=1.*",
    "a ~=1",
    "a @ ",
    "a @ https://x ;",
    "a".repeat(5_000),
  ])("%j is none", (text) => {
    expect(parseRequirement(text)).toBeUndefined()
  })

  test("any text is read in no time", () => {
    const likely = fc.array(
      fc.constantFrom(
        "a",
        "[",
        "]",
        "(",
        ")",
        ";",
        "@",
        ",",
        ">=",
        "1",
        " ",
        "'x'",
        "and",
        "or",
        "os_name",
        "not",
        "in",
      ),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          likely.map((parts) => parts.join("")),
        ),
        (text) => {
          const requirement = parseRequirement(text)
          expect(requirement === undefined || text.includes(requirement.name)).toBe(true)
          expect(typeof isSpecifierSet(text)).toBe("boolean")
        },
      ),
    )
  })
})

test("any fields end in metadata or a refusal", () => {
  const names = [
    "metadata_version",
    "name",
    "version",
    "summary",
    "project_urls",
    "requires_dist",
    "license_expression",
    "dynamic",
    "author_email",
    "description_content_type",
    "classifiers",
    "license_file",
  ]
  const fields = fc.dictionary(
    fc.constantFrom(...names),
    fc.array(
      fc.oneof(fc.string(), fc.constantFrom("1.0", "2.4", "rocket", "a, https://b.example")),
    ),
  )
  fc.assert(
    fc.property(fields, (values) => {
      const result = parseMetadata(new Map(Object.entries(values)))
      expect(result instanceof Refusal ? result.status : result.name.length).toBeGreaterThan(0)
    }),
  )
})
