import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"

import { expect } from "vitest"

import { build } from "../../../src/app/build/build.ts"
import type { BuildReport, BuildRequest } from "../../../src/app/build/report.ts"
import { createBreath } from "../../../src/io/breath.ts"
import { runCommand } from "../../../src/io/command.ts"
import { createFiles } from "../../../src/io/files.ts"
import { SDIST_NAME, sdistBytes, WHEEL_NAME, wheelBytes } from "../../support/archives.ts"
import { type Call, readCalls, writeStandInPython } from "../../support/stand-ins.ts"

/** A project to build, and a stand-in for Python with what it will make of it. */
export interface Scene {
  readonly folder: string
  readonly project: string
  readonly bin: string
  readonly cache: string
  /** Writes a file below the folder; its path. */
  write(name: string, content: string | Uint8Array): string
  /** What the stand-in makes: files by name in a folder of these. */
  makes(
    kind: "sdist" | "wheels" | "sdist.2" | "wheels.2",
    files: Readonly<Record<string, Uint8Array>>,
  ): void
  git(...args: readonly string[]): string
  calls(): readonly Call[]
  list(folder: string): readonly string[]
  build(
    request?: Partial<BuildRequest>,
    more?: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<BuildReport>
  /** Steps and lines of the last build. */
  readonly heard: string[]
  remove(): void
}

const COMMIT_TIME = 1_700_000_000
const GIT = {
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@rocket.test",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@rocket.test",
  GIT_AUTHOR_DATE: `${COMMIT_TIME} +0000`,
  GIT_COMMITTER_DATE: `${COMMIT_TIME} +0000`,
  GIT_CONFIG_GLOBAL: "/dev/null",
}

/** Makes a committed project with nothing wrong. */
export function createScene(): Scene {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "wheelproof-build-")))
  const inside = (...steps: readonly string[]): string => path.join(folder, ...steps)
  const [project, bin, cache] = [inside("project"), inside("bin"), inside("cache")]
  const heard: string[] = []
  const scene: Scene = {
    folder,
    project,
    bin,
    cache,
    heard,
    write(name, content) {
      mkdirSync(path.dirname(inside(name)), { recursive: true })
      writeFileSync(inside(name), content)
      return inside(name)
    },
    makes(kind, files) {
      rmSync(inside("made", kind), { recursive: true, force: true })
      mkdirSync(inside("made", kind), { recursive: true })
      for (const [name, content] of Object.entries(files))
        scene.write(`made/${kind}/${name}`, content)
    },
    git: (...args) =>
      execFileSync("git", args, {
        cwd: project,
        env: { ...process.env, ...GIT },
        encoding: "utf8",
      }),
    calls: () => readCalls(inside("made")),
    list: (name) => readdirSync(inside(name)).toSorted(),
    async build(request = {}, more = {}, signal = new AbortController().signal) {
      heard.length = 0
      return await build(
        { ...REQUEST, folder: project, ...request },
        {
          files: createFiles(),
          run: runCommand,
          environment: { PATH: `${bin}:${process.env["PATH"] ?? ""}`, HOME: folder, ...more },
          signal,
          breathe: createBreath(signal),
          cache,
        },
        { step: (words) => heard.push(words), line: (text) => heard.push(`  ${text}`) },
      )
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
  scene.write("project/pyproject.toml", '[project]\nname = "rocket"\n')
  scene.write("project/.gitignore", "dist/\n")
  scene.git("init", "-q", "-b", "main")
  scene.git("add", "-A")
  scene.git("commit", "-q", "-m", "first")
  scene.makes("sdist", { [SDIST_NAME]: sdistBytes() })
  scene.makes("wheels", { [WHEEL_NAME]: wheelBytes() })
  writeStandInPython(bin, inside("made"))
  return scene
}

const REQUEST: BuildRequest = {
  folder: "",
  clean: false,
  settings: [],
  requireClean: false,
  checkReproducible: false,
  isPart: false,
  isPrivate: false,
}

/** What a refusal looks like: its code, and words of its message in any order. */
export function failure(code: string, ...words: readonly string[]): unknown {
  return expect.objectContaining({
    code,
    message: expect.stringMatching(new RegExp(words.map((word) => `(?=.*${word})`).join(""), "s")),
  })
}
