import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"

import { afterEach, beforeEach, describe, expect, test } from "vitest"

import { takeWorkFolder } from "../../src/io/work-folder.ts"

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

describe("a work folder", () => {
  test("is at the same path each time, empty, and for this user alone", () => {
    const first = takeWorkFolder(folder, "work")
    writeFileSync(path.join(first.empty("a", "b"), "x"), "")
    const again = takeWorkFolder(folder, "work")
    expect(again.path).toBe(first.path)
    expect(readdirSync(again.path)).toEqual(["owner.pid"])
    expect(statSync(again.path).mode & 0o777).toBe(0o700)
  })

  test("has folders that are empty each time", () => {
    const work = takeWorkFolder(folder, "work")
    writeFileSync(path.join(work.empty("a", "b"), "x"), "")
    expect(readdirSync(work.empty("a", "b"))).toEqual([])
  })

  test("is left with what is kept of it, or not at all", () => {
    const work = takeWorkFolder(folder, "work")
    work.empty("a")
    work.empty("b")
    work.leave(["a", "missing"])
    expect(readdirSync(work.path)).toEqual(["a"])
    work.leave([])
    expect(existsSync(work.path)).toBe(false)
  })

  test("of a process that is gone is taken over, of one that runs it is not", () => {
    mkdirSync(inside("work"))
    writeFileSync(inside("work", "owner.pid"), "nobody")
    takeWorkFolder(folder, "work")
    writeFileSync(inside("work", "owner.pid"), `${process.ppid}\n`)
    expect(() => takeWorkFolder(folder, "work")).toThrow(code("ERR_COMMAND"))
    expect(existsSync(inside("work", "owner.pid"))).toBe(true)
  })

  test("that cannot be made is an error", () => {
    writeFileSync(inside("file"), "")
    expect(() => takeWorkFolder(inside("file"), "work")).toThrow(code("ERR_OUTPUT"))
  })
})
