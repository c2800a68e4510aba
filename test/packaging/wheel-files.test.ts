import * as fc from "fast-check"
import { describe, expect, test } from "vitest"

import { parseEntryPoints } from "../../src/packaging/entry-points.ts"
import { isPlatformOfPypi } from "../../src/packaging/platform-tag.ts"
import { parseRecord } from "../../src/packaging/record.ts"
import { parseWheelFile } from "../../src/packaging/wheel-file.ts"
import { isTaken, refusal } from "../formats/support.ts"
import { hostileBytes } from "../support/hostile.ts"

const WHEEL =
  "Wheel-Version: 1.0\nGenerator: test (1)\nRoot-Is-Purelib: true\nTag: py2-none-any\nTag: py3-none-any\nBuild: 7\n"

describe("WHEEL", () => {
  test("is read", () => {
    expect(parseWheelFile(Buffer.from(WHEEL))).toEqual({
      wheelVersion: "1.0",
      generator: "test (1)",
      rootIsPurelib: true,
      tags: ["py2-none-any", "py3-none-any"],
      build: "7",
    })
    const other = WHEEL.replace("true", "False")
      .replace(/Generator.*\n/, "")
      .replace(/Build.*\n/, "")
    expect(parseWheelFile(Buffer.from(other))).toMatchObject({
      rootIsPurelib: false,
      generator: undefined,
      build: undefined,
    })
  })

  test.each([
    ["nothing", "", "no Wheel-Version"],
    ["a version that is none", WHEEL.replace("1.0", "one"), "no Wheel-Version"],
    ["two versions", `${WHEEL}Wheel-Version: 2.0\n`, "Wheel-Version 2 times"],
    ["no word on purelib", WHEEL.replace("true", "maybe"), "Root-Is-Purelib"],
    ["two builds", `${WHEEL}Build: 8\n`, "Build 2 times"],
  ])("%s is refused", (_name, text, message) => {
    expect(refusal(() => parseWheelFile(Buffer.from(text)))).toEqual({
      code: "ERR_INPUT_MALFORMED",
      message: expect.stringContaining(message),
    })
  })

  test("any bytes end in a value or a WheelproofError", () => {
    fc.assert(
      fc.property(hostileBytes(Buffer.from(WHEEL)), (bytes) => {
        expect(isTaken(() => parseWheelFile(bytes))).toEqual(expect.any(Boolean))
      }),
    )
  })
})

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

describe("RECORD", () => {
  test.each([
    ["a line", "a.py,sha256=x,1\n", [["a.py", "sha256=x", "1"]]],
    ["nothing", "", []],
    ["no last line end", "a,,", [["a", "", ""]]],
    [
      "CRLF and blank lines",
      "a,b,c\r\n\r\n\nd,e,f\r\n",
      [
        ["a", "b", "c"],
        ["d", "e", "f"],
      ],
    ],
    [
      "carriage returns",
      "a,b,c\rd,e,f",
      [
        ["a", "b", "c"],
        ["d", "e", "f"],
      ],
    ],
    ["quotation marks", '"a,""b""\n",c,"d"\r\n', [['a,"b"\n', "c", "d"]]],
  ])("%s is read", (_name, text, lines) => {
    expect(
      parseRecord(Buffer.from(text)).map(({ path, hash, size }) => [path, hash, size]),
    ).toEqual(lines)
  })

  test.each([
    ["two values", "a,b\n", "line 1 of RECORD has 2 values"],
    ["four values", "a,b,c\na,b,c,d\n", "line 2 of RECORD has 4 values"],
    ["one value", "hello\n", "line 1 of RECORD has 1 values"],
    ["a mark that is not closed", '"a,b,c\n', "not closed"],
    ["text behind a mark", '"a"b,c,d\n', "behind a quotation mark"],
  ])("%s is refused", (_name, text, message) => {
    expect(refusal(() => parseRecord(Buffer.from(text)))).toEqual({
      code: "ERR_INPUT_MALFORMED",
      message: expect.stringContaining(message),
    })
  })

  test("bytes that are not UTF-8, and what is too large, are refused", () => {
    expect(refusal(() => parseRecord(Buffer.from([0xff]))).message).toBe("RECORD is not UTF-8")
    expect(refusal(() => parseRecord(Buffer.alloc(67_108_865))).code).toBe("ERR_INPUT_TOO_LARGE")
    expect(refusal(() => parseRecord(Buffer.from("a,b,c\n".repeat(200_001)))).code).toBe(
      "ERR_INPUT_TOO_LARGE",
    )
  })

  test("whatever is written is read back", () => {
    const value = fc.string()
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value)), (lines) => {
        const text = lines.map((line) => `${line.map(quoted).join(",")}\n`).join("")
        const read = parseRecord(Buffer.from(text)).map(({ path, hash, size }) => [
          path,
          hash,
          size,
        ])
        expect(read).toEqual(lines.map((line) => line.map((each) => Buffer.from(each).toString())))
      }),
    )
  })

  test("any bytes end in lines or a WheelproofError", () => {
    fc.assert(
      fc.property(hostileBytes(Buffer.from('a.py,sha256=x,1\n"b",,\n')), (bytes) => {
        expect(isTaken(() => parseRecord(bytes))).toEqual(expect.any(Boolean))
      }),
    )
  })
})

describe("entry_points.txt", () => {
  test("is read", () => {
    const text =
      "; made\n# by hand\n[console_scripts]\nrocket = rocket:main\n  [extra]\nup=a:b\r\n\n[empty]\n[x.y]\nfirst stage = a [b]\n"
    expect([...parseEntryPoints(Buffer.from(text))]).toEqual([
      ["console_scripts", ["rocket", "up"]],
      ["empty", []],
      ["x.y", ["first stage"]],
    ])
  })

  test.each([
    ["a name without a group", "a = b\n", "line 1"],
    ["a name without an object", "[a]\nb\n", "line 2"],
    ["an object without a name", "[a]\n= b\n", "line 2"],
    ["a group twice", "[a]\n[a]\n", "group [a] twice"],
    ["a name twice", "[a]\nb = c\nb = d\n", 'name "b" twice'],
  ])("%s is refused", (_name, text, message) => {
    expect(refusal(() => parseEntryPoints(Buffer.from(text)))).toEqual({
      code: "ERR_INPUT_MALFORMED",
      message: expect.stringContaining(message),
    })
  })

  test("any bytes end in groups or a WheelproofError", () => {
    fc.assert(
      fc.property(hostileBytes(Buffer.from("[a]\nb = c\n\n[d]\ne = f\n")), (bytes) => {
        expect(isTaken(() => parseEntryPoints(bytes))).toEqual(expect.any(Boolean))
      }),
    )
  })
})

test.each([
  ["any", true],
  ["win_amd64", true],
  ["manylinux2014_x86_64", true],
  ["manylinux_2_28_aarch64", true],
  ["manylinux_2_35_riscv64", true],
  ["manylinux_2_28_ppc64", true],
  ["musllinux_1_2_x86_64", true],
  ["musllinux_1_2_ppc64", false],
  ["macosx_10_9_universal2", true],
  ["macosx_11_0_arm64", true],
  ["macosx_26_0_arm64", true],
  ["macosx_16_0_arm64", false],
  ["macosx_11_1_arm64", false],
  ["ios_13_0_arm64_iphoneos", true],
  ["android_24_arm64_v8a", true],
  ["pyemscripten_2025_0_wasm32", true],
  ["linux_armv7l", true],
  ["linux_x86_64", false],
  ["win_amd64x", false],
  ["", false],
])("PyPI takes wheels for %j? %s", (tag, taken) => {
  expect(isPlatformOfPypi(tag)).toBe(taken)
})
