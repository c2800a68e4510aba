import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { afterEach, beforeEach, describe, expect, test } from "vitest"

import { createFiles } from "../../src/io/files.ts"

const files = createFiles()
let folder: string
const at = (name: string): string => path.join(folder, name)
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), "wheelproof-files-"))
})
afterEach(() => fs.rmSync(folder, { recursive: true }))

describe("a written file", () => {
  test("is whole, and nothing else is left", () => {
    files.write(at("new"), "content", false)
    expect(fs.readFileSync(at("new"), "utf8")).toBe("content")
    expect(fs.readdirSync(folder)).toEqual(["new"])
  })

  test("replaces another only where that is asked for, and keeps its mode", () => {
    fs.writeFileSync(at("old"), "old")
    fs.chmodSync(at("old"), 0o600)
    expect(() => files.write(at("old"), "new", false)).toThrow("exists already")
    files.write(at("old"), "new", true)
    expect(fs.readFileSync(at("old"), "utf8")).toBe("new")
    expect(fs.statSync(at("old")).mode & 0o777).toBe(0o600)
  })

  test("goes to where a link leads, and the link stays", () => {
    fs.writeFileSync(at("file"), "old")
    fs.symlinkSync("file", at("link"))
    files.write(at("link"), "new", true)
    expect(fs.readFileSync(at("file"), "utf8")).toBe("new")
    expect(fs.readlinkSync(at("link"))).toBe("file")
  })

  test("never takes the place of what is no file", () => {
    execFileSync("mkfifo", [at("pipe")])
    fs.mkdirSync(at("folder"))
    for (const name of ["pipe", "folder"]) {
      expect(() => files.write(at(name), "new", true)).toThrow("is not a file")
    }
    expect(() => files.write("/dev/null", "new", true)).toThrow("is not a file")
    expect(fs.statSync(at("pipe")).isFIFO()).toBe(true)
    expect(fs.statSync("/dev/null").isCharacterDevice()).toBe(true)
  })

  test("is refused at the end of links that lead nowhere", () => {
    fs.symlinkSync("loop", at("loop"))
    expect(() => files.write(at("loop"), "new", true)).toThrow("could not be written")
    expect(fs.readlinkSync(at("loop"))).toBe("loop")
  })
})

test("what is at a path that cannot be followed is something else", () => {
  fs.symlinkSync("loop", at("loop"))
  expect(files.kind(at("loop"))).toBe("other")
  expect(files.kind(at("x".repeat(300)))).toBe("other")
  expect(files.kind(at("nothing"))).toBe("missing")
})
