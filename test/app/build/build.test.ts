import { mkdirSync, readFileSync, symlinkSync } from "node:fs"
import path from "node:path"

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"

import { isBuilt } from "../../../src/app/build/report.ts"
import {
  SDIST_ENTRIES,
  SDIST_NAME,
  sdistBytes,
  WHEEL_FILE,
  WHEEL_NAME,
  wheelBytes,
} from "../../support/archives.ts"
import { createScene, failure, type Scene } from "./support.ts"

// Each test runs a handful of programs.
vi.setConfig({ testTimeout: 60_000 })

let scene: Scene
beforeEach(() => {
  scene = createScene()
})
afterEach(() => scene.remove())

const DIST = "project/dist"

describe("a project with nothing wrong", () => {
  test("is built, checked and put out", async () => {
    const report = await scene.build()
    expect(isBuilt(report)).toBe(true)
    expect(report).toMatchObject({
      setProblems: [],
      isSetDeclared: false,
      frontend: "build 1.6.1 on Python 3.12.1",
      wheelBuilder: "build",
      output: path.join(scene.project, "dist"),
      notes: [],
      source: {
        commit: scene.git("rev-parse", "HEAD").trim(),
        isChanged: false,
        sourceDateEpoch: 1_700_000_000,
      },
    })
    expect(report.files.map(({ name, size, problems }) => [name, size, problems])).toEqual([
      [SDIST_NAME, sdistBytes().byteLength, []],
      [WHEEL_NAME, wheelBytes().byteLength, []],
    ])
    expect(scene.list(DIST)).toEqual([WHEEL_NAME, SDIST_NAME])
    expect(readFileSync(path.join(scene.project, "dist", WHEEL_NAME)).equals(wheelBytes())).toBe(
      true,
    )
    expect(scene.heard).toEqual([
      "building the sdist",
      "  making the sdist",
      `checking ${SDIST_NAME}`,
      "building the wheel from the sdist",
      "  making the wheels",
      `checking ${WHEEL_NAME}`,
    ])
  })

  test("has its wheel built from its sdist, unpacked, at a path that is always the same", async () => {
    const link = { name: "rocket-1.0.0/link", type: "2", target: "PKG-INFO" }
    const hard = { name: "rocket-1.0.0/hard", type: "1", target: "rocket-1.0.0/PKG-INFO" }
    const script = { name: "rocket-1.0.0/bin/run.sh", content: "#!/bin/sh\n", mode: 0o775 }
    scene.makes("sdist", { [SDIST_NAME]: sdistBytes([...SDIST_ENTRIES, script, link, hard]) })
    await scene.build()
    await scene.build({ clean: true })
    const [sdist, wheel, , again] = scene.calls()
    expect(sdist?.args).toEqual([
      "-m",
      "build",
      "--env-dir",
      expect.stringMatching(/env$/),
      "--sdist",
      "--outdir",
      expect.any(String),
      scene.project,
    ])
    expect(wheel?.args).toEqual([
      "-m",
      "build",
      "--env-dir",
      expect.stringMatching(/env$/),
      "--wheel",
      "--outdir",
      expect.any(String),
      expect.stringMatching(/source.rocket-1\.0\.0$/),
    ])
    expect(wheel?.seen).toEqual(["PKG-INFO", "bin", "bin/run.sh", "hard", "link", "pyproject.toml"])
    expect(again?.args).toEqual(wheel?.args)
    expect(sdist?.cwd.startsWith(scene.cache)).toBe(true)
  })

  test("is built without what signs and uploads, and with what makes builds alike", async () => {
    const secrets = {
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "secret",
      SIGSTORE_ID_TOKEN: "secret",
      TWINE_PASSWORD: "secret",
    }
    const report = await scene.build({}, { ...secrets, CFLAGS: "-O2", TZ: "Asia/Tokyo" })
    for (const { environment } of scene.calls()) {
      expect(environment).toMatchObject({
        SOURCE_DATE_EPOCH: "1700000000",
        PYTHONHASHSEED: "0",
        CFLAGS: "-O2",
        TZ: "Asia/Tokyo",
      })
      expect(JSON.stringify(environment)).not.toContain("secret")
    }
    expect(report.notes).toEqual([
      "kept from the build: ACTIONS_ID_TOKEN_REQUEST_TOKEN, SIGSTORE_ID_TOKEN, TWINE_PASSWORD",
    ])
  })

  test("passes settings to the backend, in their order", async () => {
    await scene.build({ settings: ["a=1", "b=--x y"] })
    const [{ args } = { args: [] }] = scene.calls()
    expect(args.slice(4, 6)).toEqual(["--config-setting=a=1", "--config-setting=b=--x y"])
  })

  test("leaves no work behind", async () => {
    await scene.build()
    expect(scene.list("cache/build")).toEqual([])
    expect(scene.list("project")).toEqual([".git", ".gitignore", "dist", "pyproject.toml"])
  })
})

describe("what is asked for", () => {
  test("an sdist only, or wheels only", async () => {
    await scene.build({ only: "sdist" })
    expect(scene.list(DIST)).toEqual([SDIST_NAME])
    expect(scene.calls()).toHaveLength(1)
    await scene.build({ only: "wheels", clean: true })
    expect(scene.list(DIST)).toEqual([WHEEL_NAME])
  })

  test("another Python", async () => {
    const python = path.join(scene.bin, "python3")
    expect((await scene.build({ python })).files).toHaveLength(2)
    await expect(scene.build({ clean: true, python: "python0" })).rejects.toEqual(
      failure("ERR_COMMAND", "python0 is no Python that runs"),
    )
  })
})

describe("the output folder", () => {
  test("may be named, be empty, or be a link", async () => {
    const output = path.join(scene.folder, "out", "deep")
    expect((await scene.build({ output })).output).toBe(output)
    expect(scene.list("out/deep")).toHaveLength(2)
    mkdirSync(path.join(scene.folder, "empty"))
    symlinkSync("empty", path.join(scene.folder, "link"))
    await scene.build({ output: path.join(scene.folder, "link") })
    expect(scene.list("empty")).toHaveLength(2)
    expect(scene.list(".").filter((name) => name.startsWith(".empty"))).toEqual([])
  })

  test("is refused where it has files, before anything is built", async () => {
    scene.write(`${DIST}/rocket-0.9.tar.gz`, "old")
    await expect(scene.build()).rejects.toEqual(
      failure("ERR_OUTPUT", "is not empty", "rocket-0.9.tar.gz"),
    )
    expect(scene.calls()).toEqual([])
  })

  test("is replaced where that was asked for", async () => {
    for (const name of ["rocket-0.9.tar.gz", "rocket-0.9.tar.gz.sigstore.json", ".gitignore"])
      scene.write(`${DIST}/${name}`, "old")
    await scene.build({ clean: true })
    expect(scene.list(DIST)).toEqual([WHEEL_NAME, SDIST_NAME])
  })

  test("is never emptied of what no build left there", async () => {
    for (const name of ["1", "2", "3", "4", "notes.md"]) scene.write(`${DIST}/${name}`, "mine")
    await expect(scene.build({ clean: true })).rejects.toEqual(
      failure("ERR_OUTPUT", "no build left there: 1, 2, 3, and 2 more"),
    )
    expect(scene.list(DIST)).toHaveLength(5)
  })

  test.each([
    ["the project", "."],
    ["its parent", ".."],
  ])("is refused where it is %s", async (_name, step) => {
    const output = path.resolve(scene.project, step)
    await expect(scene.build({ output, clean: true })).rejects.toEqual(
      failure("ERR_USAGE", "own folder"),
    )
  })

  test("is refused where it is a file", async () => {
    scene.write(DIST, "")
    await expect(scene.build({ clean: true })).rejects.toEqual(
      failure("ERR_OUTPUT", "not a folder"),
    )
  })

  test("keeps what it had where the new files are not right", async () => {
    scene.write(`${DIST}/rocket-0.9.tar.gz`, "old")
    scene.makes("wheels", { [WHEEL_NAME]: wheelBytes({ record: () => ["x,,"] }) })
    const report = await scene.build({ clean: true })
    expect(isBuilt(report)).toBe(false)
    expect(report.output).toBeUndefined()
    expect(scene.list(DIST)).toEqual(["rocket-0.9.tar.gz"])
  })
})

describe("what is not right is not put out, and can be looked at", () => {
  test("a wheel with a problem", async () => {
    scene.makes("wheels", { [WHEEL_NAME]: wheelBytes({ wheel: WHEEL_FILE.replace("py3", "py2") }) })
    const report = await scene.build()
    expect(report.files[1]?.problems.map(({ code }) => code)).toEqual(["wheel-tags"])
    const place = /what was built is in (.*)/.exec(report.notes.at(-1) ?? "")?.[1] ?? ""
    expect(readFileSync(path.join(place, "wheels", WHEEL_NAME)).byteLength).toBeGreaterThan(0)
    expect(scene.list("cache/build").length).toBe(1)
    await scene.build()
    expect(scene.list("cache/build").length).toBe(1)
  })

  test("an sdist with a problem: no wheel is built from it, whatever was asked for", async () => {
    const evil = { name: "rocket-1.0.0/../../evil", content: "x" }
    scene.makes("sdist", { [SDIST_NAME]: sdistBytes([...SDIST_ENTRIES, evil]) })
    for (const only of ["wheels", undefined] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one project
      const report = await scene.build(only === undefined ? {} : { only })
      expect(report.files.map(({ name, problems }) => [name, problems[0]?.code])).toEqual([
        [SDIST_NAME, "member-path"],
      ])
    }
    expect(scene.calls()).toHaveLength(2)
  })

  test("files of two versions", async () => {
    const other = { filename: "rocket-2.0-py3-none-any.whl", folder: "rocket-2.0.dist-info" }
    const metadata = "Metadata-Version: 2.1\nName: rocket\nVersion: 2.0\n"
    scene.makes("wheels", { [other.filename]: wheelBytes({ ...other, metadata }) })
    const report = await scene.build()
    expect(report.setProblems.map(({ code, where }) => [code, where])).toEqual([
      ["set-mixed", other.filename],
    ])
  })

  test("a wheel for a platform that PyPI does not take, unless the index is another", async () => {
    const filename = "rocket-1.0.0-cp312-cp312-linux_x86_64.whl"
    const wheel = WHEEL_FILE.replace("py3-none-any", "cp312-cp312-linux_x86_64")
    scene.makes("wheels", { [filename]: wheelBytes({ filename, wheel }) })
    expect((await scene.build()).files[1]?.problems.map(({ code }) => code)).toEqual([
      "platform-tag",
    ])
    const report = await scene.build({ isPrivate: true })
    expect(report.files[1]).toMatchObject({ problems: [], tolerated: [{ code: "platform-tag" }] })
    expect(scene.list(DIST)).toContain(filename)
  })

  test("an sdist that PyPI alone refuses is still built from for another index", async () => {
    const metadata = "Metadata-Version: 2.1\nName: rocket\nVersion: 1.0.0\nHome-page: here\n"
    scene.makes("sdist", {
      [SDIST_NAME]: sdistBytes([{ name: "rocket-1.0.0/PKG-INFO", content: metadata }]),
    })
    expect((await scene.build()).files).toHaveLength(1)
    expect((await scene.build({ isPrivate: true })).files).toHaveLength(2)
  })
})

describe("the declared set", () => {
  const DECLARED = `[project]
name = "rocket"
[[tool.wheelproof.expected.wheels]]
python = ["py3", "cp312"]
abi = "none"
platforms = "any"
`

  test("has to be complete, except in a part of a matrix", async () => {
    scene.write("project/pyproject.toml", DECLARED)
    const report = await scene.build()
    expect(report.isSetDeclared).toBe(true)
    expect(report.setProblems.map(({ code, where }) => [code, where])).toEqual([
      ["set-missing", "cp312-none-any"],
    ])
    expect((await scene.build({ isPart: true })).setProblems).toEqual([])
    expect((await scene.build({ only: "wheels", clean: true })).setProblems).toEqual([])
  })

  test("may stand in wheelproof.toml, but not in two places", async () => {
    scene.write("project/wheelproof.toml", "[expected]\nsdist = true\n")
    expect((await scene.build()).setProblems.map(({ code }) => code)).toEqual(["set-unexpected"])
    scene.write("project/pyproject.toml", DECLARED)
    await expect(scene.build()).rejects.toEqual(
      failure("ERR_CONFIG", "pyproject.toml and in wheelproof.toml"),
    )
  })

  test("with a misspelling stops the build before it begins", async () => {
    scene.write("project/wheelproof.toml", "[expect]\n")
    await expect(scene.build()).rejects.toEqual(failure("ERR_INPUT_MALFORMED", "unknown member"))
  })
})

test("a build that gives the same bytes twice is reproducible", async () => {
  const report = await scene.build({ checkReproducible: true })
  expect(report.reproducibility).toEqual({ different: [] })
  expect(scene.calls()).toHaveLength(4)
  expect(report.output).toBeDefined()
})

test("a build that does not is refused, and says in what", async () => {
  const changed = {
    entries: ([first, ...rest]: readonly object[]) => [{ ...first, modified: 0x6bcd }, ...rest],
  }
  scene.makes("wheels.2", {
    [WHEEL_NAME]: wheelBytes(changed as never),
    "extra-1-py3-none-any.whl": Buffer.from("x"),
  })
  const broken = sdistBytes([...SDIST_ENTRIES, { name: "evil", content: "x" }])
  const report = await scene.build({ checkReproducible: true })
  expect(
    report.reproducibility?.different.map(({ name, differences }) => [name, differences[0]?.found]),
  ).toEqual([
    [WHEEL_NAME, expect.stringContaining("13:30:26")],
    ["extra-1-py3-none-any.whl", "only the second build has the file"],
  ])
  expect(isBuilt(report)).toBe(false)
  expect(scene.list("project")).not.toContain("dist")
  scene.makes("sdist.2", { [SDIST_NAME]: broken })
  const again = createScene()
  again.makes("sdist.2", { [SDIST_NAME]: broken })
  const { reproducibility } = await again.build({ checkReproducible: true })
  again.remove()
  expect(reproducibility?.different.map(({ differences }) => differences[0]?.found)).toEqual([
    "the second build has a problem: everything has to be in rocket-1.0.0",
    "only the first build has the file",
  ])
})

describe("the commit", () => {
  test("does not stand for files of a changed tree", async () => {
    scene.write("project/new.py", "")
    const report = await scene.build()
    expect(report.source.isChanged).toBe(true)
    expect(report.notes).toEqual([
      "the tree is not as its commit, so no commit stands for these files: new.py",
    ])
    await expect(scene.build({ requireClean: true, clean: true })).rejects.toEqual(
      failure("ERR_USAGE", "not as its commit: new.py"),
    )
    scene.git("add", "-A")
    scene.git("commit", "-q", "-m", "second")
    expect((await scene.build({ requireClean: true, clean: true })).source.isChanged).toBe(false)
  })

  test("is not changed by what is in the output folder, ignored or not", async () => {
    scene.write("project/.gitignore", "")
    scene.git("commit", "-q", "-a", "-m", "second")
    await scene.build()
    expect((await scene.build({ clean: true, requireClean: true })).source.isChanged).toBe(false)
  })

  test("need not be there", async () => {
    scene.git("checkout", "-q", "--orphan", "empty")
    const report = await scene.build()
    expect(report.source).toEqual({})
    expect(report.notes).toEqual([
      expect.stringMatching(/^no commit is known: /),
      "SOURCE_DATE_EPOCH is not set, so another build will give other bytes",
    ])
    await expect(scene.build({ requireClean: true, clean: true })).rejects.toEqual(
      failure("ERR_USAGE", "no commit is known"),
    )
  })

  test("gives way to a SOURCE_DATE_EPOCH that is set", async () => {
    const report = await scene.build({}, { SOURCE_DATE_EPOCH: "1600000000" })
    expect(report.source.sourceDateEpoch).toBe(1_600_000_000)
    expect(scene.calls()[0]?.environment["SOURCE_DATE_EPOCH"]).toBe("1600000000")
    await expect(scene.build({ clean: true }, { SOURCE_DATE_EPOCH: "yesterday" })).rejects.toEqual(
      failure("ERR_CONFIG", "SOURCE_DATE_EPOCH"),
    )
  })
})
