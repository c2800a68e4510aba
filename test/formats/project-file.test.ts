import * as fc from "fast-check"
import { expect, test } from "vitest"

import { slotName } from "../../src/formats/distribution/expected-set.ts"
import { parsePyproject, parseWheelproofToml } from "../../src/formats/project-file.ts"
import { hostileBytes } from "../support/hostile.ts"
import { isTaken, refusal } from "./support.ts"

const EXPECTED = `[expected]
[[expected.wheels]]
python = "cp310..cp311"
platforms = ["manylinux_x86_64", "win_amd64"]

[[expected.wheels]]
python = ["cp39", "cp39"]
abi = "abi3"
platforms = "macosx_arm64"
`

function own(text: string) {
  return parseWheelproofToml(Buffer.from(text))
}

test("a declaration is read", () => {
  const { expected } = own(EXPECTED)
  expect(expected?.sdist).toBe(true)
  expect(expected?.wheels.map(slotName)).toEqual([
    "cp310-cp310-manylinux_x86_64",
    "cp310-cp310-win_amd64",
    "cp311-cp311-manylinux_x86_64",
    "cp311-cp311-win_amd64",
    "cp39-abi3-macosx_arm64",
  ])
  expect(own("")).toEqual({})
  expect(own("[expected]\n").expected).toEqual({ sdist: true, wheels: [] })
})

test("pyproject.toml holds the same under [tool.wheelproof], beside what is others'", () => {
  const text = `[project]\nname = "rocket"\n[tool.other]\nkey = 1979-05-27\n${EXPECTED.replaceAll("[expected", "[tool.wheelproof.expected").replaceAll("[[expected", "[[tool.wheelproof.expected")}`
  expect(parsePyproject(Buffer.from(text))).toEqual({ hasCibuildwheel: false, ...own(EXPECTED) })
  expect(parsePyproject(Buffer.from("[tool.cibuildwheel]\n"))).toEqual({ hasCibuildwheel: true })
  expect(parsePyproject(Buffer.from(""))).toEqual({ hasCibuildwheel: false })
})

test.each([
  ["no TOML", "[expected", "wheelproof.toml is not TOML: line 1: "],
  ["a key twice", "[expected]\nsdist = true\nsdist = false\n", "is not TOML: line 3: "],
  ["an unknown key", "policy = 1\n", 'has the unknown member "policy"'],
  [
    "an unknown key of a declaration",
    "[expected]\nwheel = []\n",
    'expected has the unknown member "wheel"',
  ],
  ["an unknown key of a row", `${EXPECTED}os = "linux"\n`, 'wheels[1] has the unknown member "os"'],
  ["no table", "expected = 1\n", "expected is not an object"],
  [
    "a word that is neither true nor false",
    '[expected]\nsdist = "yes"\n',
    "expected.sdist is neither true nor false",
  ],
  ["no file at all", "[expected]\nsdist = false\n", "declares no file at all"],
  [
    "no interpreter",
    '[[expected.wheels]]\nplatforms = "any"\n',
    "wheels[0].python is missing or empty",
  ],
  [
    "no platform",
    '[[expected.wheels]]\npython = "py3"\nplatforms = []\n',
    "wheels[0].platforms is missing or empty",
  ],
  [
    "a number for an interpreter",
    '[[expected.wheels]]\npython = [3]\nplatforms = "any"\n',
    "wheels[0].python[0] is not a text",
  ],
  [
    "a misspelt platform",
    '[[expected.wheels]]\npython = "py3"\nplatforms = "amy"\n',
    'wheels[0]: "amy" is no platform',
  ],
  ["a key that is none of JavaScript's business", "[__proto__]\nexpected = 1\n", "is not TOML"],
])("%s is refused", (_name, text, message) => {
  expect(refusal(() => own(text))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: expect.stringContaining(message),
  })
})

test("what is too large, too deep or not UTF-8 is refused", () => {
  expect(refusal(() => parsePyproject(Buffer.alloc(1_048_577, " "))).code).toBe(
    "ERR_INPUT_TOO_LARGE",
  )
  expect(refusal(() => parsePyproject(Buffer.from(`a = ${"[".repeat(100)}`))).message).toContain(
    "is not TOML",
  )
  expect(refusal(() => parsePyproject(Buffer.from([0xff]))).message).toBe(
    "pyproject.toml is not UTF-8",
  )
  const rows = '[[expected.wheels]]\npython = "py3"\nplatforms = "any"\n'.repeat(101)
  expect(refusal(() => own(rows)).code).toBe("ERR_INPUT_TOO_LARGE")
})

test("any bytes end in settings or a WheelproofError", () => {
  fc.assert(
    fc.property(hostileBytes(Buffer.from(EXPECTED)), (bytes) => {
      expect(isTaken(() => parseWheelproofToml(bytes))).toEqual(expect.any(Boolean))
      expect(isTaken(() => parsePyproject(bytes))).toEqual(expect.any(Boolean))
    }),
  )
})
