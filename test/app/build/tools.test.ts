import path from "node:path"

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"

import {
  SDIST_NAME,
  sdistBytes,
  WHEEL_FILE,
  WHEEL_NAME,
  wheelBytes,
} from "../../support/archives.ts"
import {
  readCalls,
  writeProgram,
  writeStandInCibuildwheel,
  writeStandInPython,
} from "../../support/stand-ins.ts"
import { createScene, failure, type Scene } from "./support.ts"

// Each test runs a handful of programs.
vi.setConfig({ testTimeout: 60_000 })

let scene: Scene
beforeEach(() => {
  scene = createScene()
})
afterEach(() => scene.remove())

const DIST = "project/dist"

describe("cibuildwheel", () => {
  const WHEELS = ["cp311", "cp312"].map(
    (tag) => `rocket-1.0.0-${tag}-${tag}-manylinux_2_28_x86_64.whl`,
  )

  function standIn(): void {
    for (const filename of WHEELS) {
      const tag = filename.slice("rocket-1.0.0-".length, -".whl".length)
      scene.write(
        `cibw/wheels/${filename}`,
        wheelBytes({ filename, wheel: WHEEL_FILE.replace("py3-none-any", tag) }),
      )
    }
    writeStandInCibuildwheel(scene.bin, path.join(scene.folder, "cibw"))
  }

  test("gets the sdist, and its wheels are collected and checked, where the project is configured for it", async () => {
    standIn()
    scene.write("project/pyproject.toml", '[project]\nname = "rocket"\n[tool.cibuildwheel]\n')
    const report = await scene.build()
    expect(report.wheelBuilder).toBe("cibuildwheel")
    expect(scene.list(DIST)).toEqual([...WHEELS, SDIST_NAME])
    const [call, ...others] = readCalls(path.join(scene.folder, "cibw"))
    expect(others).toEqual([])
    expect(call).toMatchObject({
      args: [
        "--output-dir",
        expect.stringMatching(/wheels$/),
        expect.stringMatching(/rocket-1\.0\.0\.tar\.gz$/),
      ],
      environment: { SOURCE_DATE_EPOCH: "1700000000" },
    })
    expect(call?.seen).toEqual([call?.args[2]])
  })

  test("may be asked for, and kept away", async () => {
    standIn()
    expect((await scene.build({ wheelBuilder: "cibuildwheel" })).files).toHaveLength(3)
    scene.write("project/pyproject.toml", "[tool.cibuildwheel]\n")
    expect(
      (await scene.build({ wheelBuilder: "build", clean: true })).files.map(({ name }) => name),
    ).toContain(WHEEL_NAME)
  })

  test("that makes a wrong wheel is found out", async () => {
    standIn()
    scene.write(`cibw/wheels/${WHEELS[0]}`, wheelBytes({ filename: WHEELS[0] ?? "" }))
    const report = await scene.build({ wheelBuilder: "cibuildwheel" })
    expect(report.files.map(({ problems }) => problems.map(({ code }) => code))).toEqual([
      [],
      ["wheel-tags"],
      [],
    ])
  })

  test("that is not there is asked for", async () => {
    const environment = { PATH: `${scene.bin}:/usr/bin:/bin` }
    await expect(scene.build({ wheelBuilder: "cibuildwheel" }, environment)).rejects.toEqual(
      expect.objectContaining({
        code: "ERR_COMMAND",
        hint: expect.stringContaining("pip install cibuildwheel"),
      }),
    )
  })
})

describe("what stands in the way", () => {
  test("a folder that is no project", async () => {
    await expect(scene.build({ folder: scene.folder })).rejects.toEqual(
      failure("ERR_INPUT_NOT_FOUND", "no pyproject.toml"),
    )
  })

  test("a backend that fails", async () => {
    scene.write("made/fail", "")
    await expect(scene.build()).rejects.toEqual(
      failure("ERR_COMMAND", "python3 -m build ended with status 1"),
    )
    expect(scene.heard).toContain("  the backend is broken")
    expect(scene.list("cache/build")).toEqual([])
  })

  test("a backend that makes two sdists", async () => {
    scene.makes("sdist", { [SDIST_NAME]: sdistBytes(), "rocket-2.0.tar.gz": sdistBytes() })
    await expect(scene.build()).rejects.toEqual(failure("ERR_COMMAND", "another number of sdists"))
  })

  test("an interrupt", async () => {
    const controller = new AbortController()
    controller.abort()
    await expect(scene.build({}, {}, controller.signal)).rejects.toEqual(failure("ERR_INTERRUPTED"))
  })

  test("no Python, and a Python without build", async () => {
    const nothing = path.join(scene.folder, "nothing")
    await expect(scene.build({}, { PATH: nothing })).rejects.toEqual(
      failure("ERR_COMMAND", "there is no Python"),
    )
    writeProgram(scene.bin, "python3", `echo '{"python": "3.12.1", "build": null}'`)
    await expect(scene.build({}, { PATH: scene.bin })).rejects.toEqual(
      expect.objectContaining({
        code: "ERR_COMMAND",
        message: "python3 has no module build",
        hint: expect.stringContaining("python3 -m pip install build"),
      }),
    )
  })

  test("pyproject-build is taken where the Python in the PATH has no build", async () => {
    writeProgram(scene.bin, "python3", `echo '{"python": "3.12.1", "build": null}'`)
    writeStandInPython(scene.bin, path.join(scene.folder, "made"), "pyproject-build")
    const report = await scene.build({}, { PATH: `${scene.bin}:/usr/bin:/bin` })
    expect(report.frontend).toBe("pyproject-build")
  })
})
