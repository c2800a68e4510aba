import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { afterEach, beforeEach, describe, expect, test } from "vitest"

import { fillOutput, listOutput } from "../../src/io/output-folder.ts"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "wheelproof-folders-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function inside(...steps: readonly string[]): string {
  return path.join(folder, ...steps)
}

function code(expected: string): unknown {
  return expect.objectContaining({ name: "WheelproofError", code: expected })
}

function made(...names: readonly string[]): readonly string[] {
  mkdirSync(inside("made"), { recursive: true })
  return names.map((name) => {
    writeFileSync(inside("made", name), `new ${name}`)
    return inside("made", name)
  })
}

describe("an output folder", () => {
  test("gets all files in the place of what it had", () => {
    mkdirSync(inside("dist"))
    writeFileSync(inside("dist", "old"), "")
    fillOutput(inside("dist"), made("a", "b"))
    expect(listOutput(inside("dist"))).toEqual(["a", "b"])
    expect(readFileSync(inside("dist", "a"), "utf8")).toBe("new a")
    expect(readdirSync(folder).toSorted()).toEqual(["dist", "made"])
  })

  test("need not be there, nor the folders above it", () => {
    expect(listOutput(inside("x", "dist"))).toEqual([])
    fillOutput(inside("x", "dist"), made("a"))
    expect(listOutput(inside("x", "dist"))).toEqual(["a"])
  })

  test("behind a link stays behind it", () => {
    mkdirSync(inside("real"))
    symlinkSync("real", inside("dist"))
    fillOutput(inside("dist"), made("a"))
    expect(readlinkSync(inside("dist"))).toBe("real")
    expect(listOutput(inside("real"))).toEqual(["a"])
  })

  test("keeps what it had where one file cannot be copied", () => {
    mkdirSync(inside("dist"))
    writeFileSync(inside("dist", "old"), "")
    expect(() => fillOutput(inside("dist"), [...made("a"), inside("missing")])).toThrow(
      code("ERR_OUTPUT"),
    )
    expect(listOutput(inside("dist"))).toEqual(["old"])
    expect(readdirSync(folder).toSorted()).toEqual(["dist", "made"])
  })

  test("that is a file, or in one, is refused", () => {
    writeFileSync(inside("dist"), "")
    expect(() => listOutput(inside("dist"))).toThrow(code("ERR_OUTPUT"))
    expect(() => fillOutput(inside("dist", "deep"), made("a"))).toThrow(code("ERR_OUTPUT"))
  })
})
