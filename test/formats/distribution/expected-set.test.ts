import { describe, expect, test } from "vitest"

import { checkReleaseSet } from "../../../src/formats/distribution/check-set.ts"
import {
  type ExpectedSet,
  expandSlots,
  fillsSlot,
  slotName,
} from "../../../src/formats/distribution/expected-set.ts"
import { refusal } from "../support.ts"

function slots(pythons: string, platforms = "any", abi?: string): readonly string[] {
  const row = { pythons: pythons.split(" "), platforms: platforms.split(" "), abi }
  return expandSlots(row).map(slotName)
}

describe("a row of a declaration", () => {
  test.each<[string, string, string | undefined, readonly string[]]>([
    ["py3", "any", undefined, ["py3-none-any"]],
    ["py2 py3", "any", undefined, ["py2-none-any", "py3-none-any"]],
    [
      "cp39..cp311",
      "win_amd64",
      undefined,
      ["cp39-cp39-win_amd64", "cp310-cp310-win_amd64", "cp311-cp311-win_amd64"],
    ],
    ["cp313t..cp314t", "win32", undefined, ["cp313-cp313t-win32", "cp314-cp314t-win32"]],
    [
      "cp312",
      "manylinux_x86_64 musllinux_aarch64 macosx_arm64",
      undefined,
      ["cp312-cp312-manylinux_x86_64", "cp312-cp312-musllinux_aarch64", "cp312-cp312-macosx_arm64"],
    ],
    ["cp39", "manylinux_2_28_x86_64", "abi3", ["cp39-abi3-manylinux_2_28_x86_64"]],
    ["pp311", "linux_x86_64", undefined, ["pp311-pypy311_*-linux_x86_64"]],
    ["cp3", "any", "none", ["cp3-none-any"]],
    ["gp311", "any", "graalpy311", ["gp311-graalpy311-any"]],
    [
      "cp312",
      "ios_arm64_iphoneos android_arm64_v8a pyemscripten_wasm32",
      undefined,
      [
        "cp312-cp312-ios_arm64_iphoneos",
        "cp312-cp312-android_arm64_v8a",
        "cp312-cp312-pyemscripten_wasm32",
      ],
    ],
  ])("%s on %s with ABI %s", (pythons, platforms, abi, expected) => {
    expect(slots(pythons, platforms, abi)).toEqual(expected)
  })

  test.each<[string, string, string | undefined, string]>([
    ["cp310..cp310", "any", undefined, "is no range"],
    ["cp314..cp310", "any", undefined, "is no range"],
    ["cp310..pp314", "any", undefined, "is no range"],
    ["cp310..cp314t", "any", undefined, "is no range"],
    ["cp310..cp314..cp315", "any", undefined, "is no range"],
    ["cp310..", "any", undefined, "is no range"],
    ["..cp310", "any", undefined, "is no range"],
    ["cp3..cp310", "any", undefined, "is no range"],
    ["3.12", "any", undefined, "is no interpreter"],
    ["cpython312", "any", undefined, "is no interpreter"],
    ["", "any", undefined, "is no interpreter"],
    ["cp3", "any", undefined, "no ABI of its own"],
    ["gp311", "any", undefined, "no ABI of its own"],
    ["cp312", "any", "abi-3", "is no ABI tag"],
    ["cp312", "windows", undefined, '"windows" is no platform'],
    ["cp312", "manylinux_amd64", undefined, '"manylinux_amd64" is no platform'],
    ["cp312", "macosx_16_0_arm64", undefined, '"macosx_16_0_arm64" is no platform'],
    ["cp312", "manylinux_x86-64", undefined, "is no platform"],
    ["cp30..cp3999", "any win32 win_amd64", undefined, "over 2000 wheels"],
  ])("%s on %s with ABI %s is refused", (pythons, platforms, abi, message) => {
    expect(refusal(() => slots(pythons, platforms, abi))).toEqual({
      code: "ERR_INPUT_MALFORMED",
      message: expect.stringContaining(message),
    })
  })
})

test.each([
  ["cp312-cp312-manylinux_2_28_x86_64", "manylinux_x86_64", true],
  ["cp312-cp312-manylinux2014_x86_64", "manylinux_x86_64", true],
  ["cp312-cp312-manylinux1_x86_64", "manylinux_x86_64", true],
  ["cp312-cp312-manylinux_2_28_aarch64", "manylinux_x86_64", false],
  ["cp312-cp312-musllinux_1_2_x86_64", "manylinux_x86_64", false],
  ["cp312-cp312-linux_x86_64", "manylinux_x86_64", false],
  ["cp312-cp312-manylinux2014_x86_64", "manylinux_2_17_x86_64", true],
  ["cp312-cp312-manylinux_2_17_x86_64", "manylinux2014_x86_64", true],
  ["cp312-cp312-manylinux_2_28_x86_64", "manylinux_2_17_x86_64", false],
  ["cp312-cp312-macosx_11_0_arm64", "macosx_arm64", true],
  ["cp312-cp312-macosx_10_9_universal2", "macosx_arm64", false],
  ["cp312-cp312-win_amd64", "win_amd64", true],
  ["cp312-abi3-win_amd64", "win_amd64", false],
  ["cp311-cp312-win_amd64", "win_amd64", false],
])("%s is for cp312-cp312-%s? %s", (tag, platform, fills) => {
  expect(fillsSlot(tag, { python: "cp312", abi: "cp312", platform })).toBe(fills)
})

test("any ABI of PyPy's is for a slot of PyPy", () => {
  const [slot] = expandSlots({ pythons: ["pp311"], platforms: ["win_amd64"], abi: undefined })
  if (slot === undefined) throw new Error("no slot")
  expect(fillsSlot("pp311-pypy311_pp73-win_amd64", slot)).toBe(true)
  expect(fillsSlot("pp311-pypy310_pp73-win_amd64", slot)).toBe(false)
})

const EXPECTED: ExpectedSet = {
  sdist: true,
  wheels: expandSlots({
    pythons: ["cp311..cp312"],
    platforms: ["manylinux_x86_64", "win_amd64"],
    abi: undefined,
  }),
}
const LINUX = "manylinux2014_x86_64.manylinux_2_17_x86_64"
const WHEELS = ["cp311-cp311", "cp312-cp312"].flatMap((tags) =>
  [LINUX, "win_amd64"].map((platform) => `rocket-1.0-${tags}-${platform}.whl`),
)
const ALL = ["rocket-1.0.tar.gz", ...WHEELS]

function check(
  files: readonly string[],
  expected: ExpectedSet | undefined = EXPECTED,
  isPart = false,
) {
  return checkReleaseSet(files, expected, { isPart }).map(
    ({ code, where, found }) => `${code} ${where}: ${found}`,
  )
}

test("exactly what is declared has no problems", () => {
  expect(check(ALL)).toEqual([])
  expect(check(ALL.toReversed())).toEqual([])
})

test("a missing file is a problem, but not of a part", () => {
  expect(check(ALL.slice(1))).toEqual(["set-missing sdist: there is no sdist"])
  expect(check(ALL.slice(0, -1))).toEqual([
    "set-missing cp312-cp312-win_amd64: there is no such wheel",
  ])
  expect(check([])).toHaveLength(5)
  expect(check(ALL.slice(1, 3), EXPECTED, true)).toEqual([])
})

test.each([
  [
    "a wheel that nobody declared",
    "rocket-1.0-cp313-cp313-win_amd64.whl",
    "set-unexpected rocket-1.0-cp313-cp313-win_amd64.whl: no wheel is declared for cp313-cp313-win_amd64",
  ],
  [
    "a file that is no distribution",
    "rocket.txt",
    "set-unexpected rocket.txt: rocket.txt is neither a wheel",
  ],
  [
    "a second wheel for one thing",
    "rocket-1.0-1-cp312-cp312-win_amd64.whl",
    "set-duplicate cp312-cp312-win_amd64: rocket-1.0-cp312-cp312-win_amd64.whl and rocket-1.0-1-cp312-cp312-win_amd64.whl are both for it",
  ],
  ["a second sdist", "rocket-1.0.zip", "set-duplicate rocket-1.0.zip: there is a second sdist"],
])("%s is a problem, of a part too", (_name, file, found) => {
  for (const isPart of [false, true]) {
    expect(check([...ALL, file], EXPECTED, isPart)).toEqual([expect.stringContaining(found)])
  }
})

test("a wheel with one tag too many is a problem", () => {
  const wide = "rocket-1.0-cp312.cp313-cp312-win_amd64.whl"
  expect(check([...ALL.slice(0, -1), wide])).toEqual([
    `set-unexpected ${wide}: no wheel is declared for cp313-cp312-win_amd64`,
  ])
})

test("an sdist that nobody declared is a problem", () => {
  expect(check(ALL, { ...EXPECTED, sdist: false })).toEqual([
    "set-unexpected rocket-1.0.tar.gz: no sdist is declared",
  ])
})

test("files of two versions or projects are a problem, declared or not", () => {
  const mixed = [
    "rocket-1.0.tar.gz",
    "rocket-1.0.1-py3-none-any.whl",
    "socket-1.0-py3-none-any.whl",
  ]
  expect(checkReleaseSet(mixed, undefined).map(({ code, found }) => `${code}: ${found}`)).toEqual([
    "set-mixed: it is rocket 1.0.1, and rocket-1.0.tar.gz is rocket 1",
    "set-mixed: it is socket 1, and rocket-1.0.tar.gz is rocket 1",
  ])
  expect(checkReleaseSet(ALL, undefined)).toEqual([])
  expect(checkReleaseSet([], undefined)).toEqual([])
})
