import { expect, test } from "vitest"

import { parseCoreMetadata } from "../../src/packaging/core-metadata.ts"
import { checkCoreMetadata } from "../../src/packaging/metadata-rules.ts"

/** Every problem as `field: found`. Lines replace those of the same field in a minimal document. */
function problems(...lines: readonly string[]): readonly string[] {
  const names = lines.map((line) => line.split(":")[0])
  const head = ["Metadata-Version: 2.5", "Name: rocket", "Version: 1.0"]
  const text = [...head.filter((line) => !names.includes(line.split(":")[0])), ...lines].join("\n")
  return checkCoreMetadata(parseCoreMetadata(Buffer.from(`${text}\n`))).map(
    ({ field, found }) => `${field}: ${found}`,
  )
}

test.each([
  [[]],
  [["Summary: \u{1f680} up\tand away"]],
  [["Description-Content-Type: text/x-rst"]],
  [["Description-Content-Type: text/markdown; charset=UTF-8; variant=CommonMark"]],
  [['Description-Content-Type: Text/Plain; charset="utf-8"']],
  [["Home-page: https://rocket.test/a", "Download-URL: http://rocket.test"]],
  [["Home-page: UNKNOWN", "Author-email: UNKNOWN"]],
  [["Project-URL: Source, https://rocket.test/a,b"]],
  [['Author-email: "Alice, the first" <alice@rocket.test>, bob@rocket.test']],
  [["Maintainer-email: alice@rocket.test"]],
  [["Requires-Dist: moon", "Requires-Dist: moon[far, near]>=1,<2; python_version < '3.9'"]],
  [["Requires-Dist: moon (>=1)", "Requires-Dist: a.b-c_d==1.*", "Requires-Dist: moon~=1.0"]],
  [["Requires-Python: >=3.9, !=3.9.1, <4"]],
  [["Requires-Python: ~=3.9"]],
  [["Provides-Extra: boost-2"]],
  [["License-Expression: MIT", "License-File: licenses/MIT.txt"]],
  [["Dynamic: Requires-Dist", "Dynamic: classifier"]],
  [["Metadata-Version: 2.1", "License-File: LICENSE"]],
  [["Classifier: Private Club :: no"]],
])("%j has no problems", (lines) => {
  expect(problems(...lines)).toEqual([])
})

test.each([
  [
    ["Metadata-Version: 2.0"],
    'Metadata-Version: "2.0" is not one of 1.0, 1.1, 1.2, 2.1, 2.2, 2.3, 2.4, 2.5',
  ],
  [["Metadata-Version: 2.6"], 'Metadata-Version: "2.6" is not one of'],
  [["Name: _rocket"], 'Name: "_rocket" is not a project name'],
  [["Name: rocket "], 'Name: "rocket " is not a project name'],
  [["Version: one"], 'Version: "one" is not a version (PEP 440)'],
  [["Version: 1.0 "], 'Version: "1.0 " has white space around it'],
  [["Version: 1.0+local"], 'Version: "1.0+local" has a local part'],
  [
    ["Metadata-Version: 2.3", "License-Expression: MIT"],
    "License-Expression: the field came with metadata version 2.4, and this is 2.3",
  ],
  [
    ["Metadata-Version: 2.1", "Dynamic: Summary"],
    "Dynamic: the field came with metadata version 2.2",
  ],
  [
    ["Metadata-Version: 1.0", "Classifier: x"],
    "Classifier: the field came with metadata version 1.1",
  ],
  [["Summary: one\n two"], "Summary: it has more than one line"],
  [["Summary: one\u{2028}two"], "Summary: it has more than one line"],
  [[`Summary: ${"x".repeat(513)}`], "Summary: it has 513 characters, and 512 are allowed"],
  [
    ["Classifier: Private :: Do Not Upload"],
    'Classifier: "Private :: Do Not Upload" keeps PyPI from taking it',
  ],
  [
    ["Description-Content-Type: text/html"],
    'Description-Content-Type: "text/html" is not one of text/plain',
  ],
  [
    ["Description-Content-Type: text/plain; charset=latin1"],
    'Description-Content-Type: the character set is "latin1", not UTF-8',
  ],
  [
    ["Description-Content-Type: text/markdown; variant=mine"],
    'Description-Content-Type: "mine" is not a variant',
  ],
  [["Home-page: rocket.test"], 'Home-page: "rocket.test" is not an http or https address'],
  [["Download-URL: ftp://rocket.test"], 'Download-URL: "ftp://rocket.test" is not an http'],
  [["Home-page: https://a b"], 'Home-page: "https://a b" is not an http'],
  [["Project-URL: https://rocket.test"], 'Project-URL: "https://rocket.test" has no label'],
  [["Project-URL: , https://rocket.test"], 'Project-URL: ", https://rocket.test" has no label'],
  [[`Project-URL: ${"x".repeat(33)}, https://rocket.test`], "Project-URL: the label"],
  [["Project-URL: Source, here"], 'Project-URL: "Source, here" has no http'],
  [["Author-email: alice"], 'Author-email: "alice" is not an e-mail address'],
  [
    ["Maintainer-email: Alice <alice@localhost>"],
    'Maintainer-email: "alice@localhost" is not an e-mail',
  ],
  [
    ["Requires-Dist: moon @ https://moon.test/moon.whl"],
    'Requires-Dist: "moon @ https://moon.test/moon.whl" names an address',
  ],
  [["Requires-Dist: -moon"], 'Requires-Dist: "-moon" is not a requirement'],
  [["Obsoletes-Dist: moon 1"], 'Obsoletes-Dist: "moon 1" is not a requirement'],
  [["Provides-Dist: x@ y"], 'Provides-Dist: "x@ y" names an address'],
  [["Provides-Extra: a b"], 'Provides-Extra: "a b" is not a name'],
  [["Requires-Python: 3.9"], 'Requires-Python: "3.9" is not a version specifier'],
  [["Requires-Python: >=3.9;x"], 'Requires-Python: ">=3.9;x" is not a version specifier'],
  [["License: MIT", "License-Expression: MIT"], "License-Expression: License is given too"],
  [["License-File: ../LICENSE"], 'License-File: "../LICENSE" is not a plain relative path'],
  [["License-File: /LICENSE"], 'License-File: "/LICENSE" is not a plain'],
  [["License-File: c:LICENSE"], 'License-File: "c:LICENSE" is not a plain'],
  [["License-File: a\\b"], "License-File: "],
  [["License-File: LICENSE*"], 'License-File: "LICENSE*" is not a plain'],
  [["Dynamic: Version"], 'Dynamic: "Version" may not be dynamic'],
  [["Dynamic: Colour"], 'Dynamic: "Colour" is not a field'],
  [["Colour: red"], "colour: no metadata version has this field"],
])("%j has a problem", (lines, found) => {
  expect(problems(...lines)).toEqual([expect.stringContaining(found)])
})

test("a long value is quoted in part", () => {
  expect(problems(`Provides-Extra: ${"x ".repeat(100)}`)[0]).toContain("…")
})
