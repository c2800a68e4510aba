import { mkdirSync, writeFileSync } from "node:fs"
import process from "node:process"

import { afterEach, beforeEach, describe, expect, test } from "vitest"

import { expandTargets } from "../../src/app/targets.ts"
import { createFiles } from "../../src/io/files.ts"
import { createWorld } from "../../src/world/world.ts"
import { NOW } from "../support/judge.ts"
import { createWorkspace, type Workspace } from "../support/workspace.ts"

const world = createWorld({ now: NOW })
const HEX = "ab".repeat(32)

let space: Workspace
let before: string
beforeEach(() => {
  space = createWorkspace(world)
  mkdirSync(space.path("here"))
  before = process.cwd()
  process.chdir(space.path("here"))
})
afterEach(() => {
  process.chdir(before)
  space.remove()
})

const expand = (...named: readonly string[]) => expandTargets(named, createFiles())

/** A path in the folder that ends in an octet that is not UTF-8. */
const strange = (name: string) =>
  Buffer.concat([Buffer.from(space.path(`here/${name}`)), Buffer.from([0xff]), Buffer.from(".whl")])

describe("a name that can be read in two ways", () => {
  test.each(["-", `sha256:${HEX}`, "npm:rocket", "--help"])(
    "%s in a folder is the file, and is called so",
    (name) => {
      space.write(`here/${name}`, "x")
      for (const named of [".", "*", `./${name}`]) {
        expect(expand(named).targets).toEqual([
          { kind: "file", label: `./${name}`, file: `./${name}` },
        ])
      }
    },
  )

  test.each(["-", `sha256:${HEX}`])("%s is refused where there is such a file too", (name) => {
    expect(expand(name).targets).toMatchObject([{ kind: name === "-" ? "stdin" : "digest" }])
    space.write(`here/${name}`, "x")
    expect(() => expand(name)).toThrow(
      expect.objectContaining({ code: "ERR_USAGE", hint: expect.stringContaining(`./${name}`) }),
    )
  })

  test("and is a file that cannot be anything else is the file", () => {
    space.write("here/npm:rocket", "x")
    expect(expand("npm:rocket").targets).toMatchObject([{ kind: "file", label: "./npm:rocket" }])
    space.write("here/a[1].whl", "x")
    expect(expand("a[1].whl").targets).toMatchObject([{ kind: "file", file: "a[1].whl" }])
  })
})

describe("what a folder or a pattern leaves out", () => {
  test("is said", () => {
    space.write("dist/a.whl", "x")
    expect(expand(space.path("dist")).notes).toEqual([])
    space.write("dist/.b.whl", "x")
    space.write("dist/more/c.whl", "x")
    space.write("dist/.cache/d.whl", "x")
    expect(expand(space.path("dist")).notes).toEqual([
      `left out: 1 hidden file and 2 folders in ${space.path("dist")}`,
    ])
    expect(expand(space.path("dist/*")).notes).toEqual([
      `left out: 1 folder that ${space.path("dist/*")} matches`,
    ])
  })
})

describe("a name that is not UTF-8", () => {
  test("is kept as what cannot be read, whatever else is there", () => {
    writeFileSync(strange("evil"), "x")
    // As the first one's name is decoded, the second one's is.
    space.write("here/evil\uFFFD.whl", "y")
    for (const named of [".", "*", "*.whl", "**/*.whl", "evil\uFFFD.whl"]) {
      expect(expand(named).targets).toMatchObject([{ kind: "file", file: "evil\uFFFD.whl" }])
    }
    expect(() => createFiles().read("evil\uFFFD.whl", 10)).toThrow(
      expect.objectContaining({ code: "ERR_INPUT_UNREADABLE" }),
    )
  })

  test("of a folder that a pattern would lead through is kept too", () => {
    mkdirSync(strange("folder"))
    writeFileSync(Buffer.concat([strange("folder"), Buffer.from("/evil.whl")]), "x")
    space.write("here/a.whl", "x")
    const files = ["a.whl", "folder\uFFFD.whl"]
    for (const named of ["**/*.whl", "{**,none}/*.whl"]) {
      expect(expand(named).targets.map(({ label }) => label)).toEqual(files)
    }
    expect(() => expand("*/*.whl")).not.toThrow()
  })
})
