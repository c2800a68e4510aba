import { spawnSync } from "node:child_process"
import { mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"
import { parseArgs } from "node:util"

import {
  BUILD_PROJECTS,
  type BuildProject,
  writeBuildProject,
} from "../test/real/build-projects.ts"
import { installPeer } from "../test/real/peers.ts"

/**
 * `npm run test:peers:build`: real build backends, each with a small project, built twice with `--check-reproducible`. What was built is
 * installed by pip into a folder and imported, and `packaging` reads its metadata and finds it valid. Each claim is a line; one that does not
 * hold ends in 1. `--only NAME` takes one project.
 */
/** Reads the metadata of a wheel and an sdist with `packaging`, which PyPI reads it with, and validates it. */
const METADATA = `
import sys, tarfile, zipfile
from packaging.metadata import Metadata
wheel, sdist = zipfile.ZipFile(sys.argv[1]), tarfile.open(sys.argv[2])
texts = [wheel.read("rocket-1.0.0.dist-info/METADATA"), sdist.extractfile("rocket-1.0.0/PKG-INFO").read()]
print(*(word for text in texts for word in (lambda m: (m.name, m.version))(Metadata.from_email(text))))
`

const { values } = parseArgs({ options: { only: { type: "string" } } })
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "wheelproof-peers-build-")))
const python = path.join(path.dirname(installPeer("build")), "python")
let failures = 0
try {
  for (const project of BUILD_PROJECTS) {
    if (values.only === undefined || values.only === project.name) proveProject(project)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = failures === 0 ? 0 : 1

function proveProject(project: BuildProject): void {
  const place = path.join(folder, project.name)
  writeBuildProject(project, place)
  const twice = build(
    place,
    "--check-reproducible",
    "--output",
    path.join(folder, "twice", project.name),
  )
  const differing = twice.reproducibility?.different ?? []
  const kinds = differing.flatMap(({ differences }) => differences.map(({ kind }) => kind))
  const expected = project.sdistDiffersIn.length === 0 ? [] : [...project.sdistDiffersIn, "bytes"]
  claim(
    `${project.name}: ${expected.length === 0 ? "two builds are the same" : `the sdist differs in ${project.sdistDiffersIn.join(", ")}, the wheel is the same`}`,
    JSON.stringify([...new Set(kinds)]) === JSON.stringify(expected) &&
      differing.every(({ name }) => name.endsWith(".tar.gz")),
    JSON.stringify(twice, undefined, 2),
  )
  const output = path.join(folder, "once", project.name)
  const once = build(place, "--require-clean", "--output", output)
  const names = once.files.map(({ name }) => name)
  const problems = once.files.flatMap((file) => file.problems)
  claim(
    `${project.name}: an sdist and a wheel without problems: ${names.join(", ")}`,
    once.outcome === "built" && names.length === 2 && problems.length === 0,
    JSON.stringify(once, undefined, 2),
  )
  const [sdist = "", wheel = ""] = names.map((name) => path.join(output, name))
  const target = path.join(folder, "installed", project.name)
  run(python, ["-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", target, wheel])
  const code = "import sys; sys.path.insert(0, sys.argv[1]); import rocket; print(rocket.thrust())"
  const { output: thrust } = run(python, ["-c", code, target])
  claim(
    `${project.name}: pip installs the wheel, and it works`,
    thrust.trim() === project.thrust,
    thrust,
  )
  const { output: read } = run(python, ["-c", METADATA, wheel, sdist])
  claim(
    `${project.name}: packaging reads its metadata as valid`,
    read.trim() === "rocket 1.0.0 rocket 1.0.0",
    read,
  )
}

interface BuildDocument {
  readonly outcome: string
  readonly files: readonly { readonly name: string; readonly problems: readonly unknown[] }[]
  readonly reproducibility?: {
    readonly different: readonly {
      readonly name: string
      readonly differences: readonly { readonly kind: string }[]
    }[]
  }
}

function build(project: string, ...args: readonly string[]): BuildDocument {
  const command = [
    "src/cli/bin.ts",
    "build",
    project,
    "--private",
    "--python",
    python,
    "--format",
    "json",
  ]
  const { output } = run(process.execPath, [...command, ...args])
  return JSON.parse(output) as BuildDocument
}

function run(program: string, args: readonly string[]): { readonly output: string } {
  const env = { ...process.env, WHEELPROOF_CACHE: path.join(folder, "cache") }
  const { stdout } = spawnSync(program, args, {
    encoding: "utf8",
    env,
    stdio: ["ignore", "pipe", "inherit"],
  })
  return { output: stdout }
}

function claim(text: string, holds: boolean, output: string): void {
  process.stdout.write(`${holds ? "ok" : "NOT OK"} ${text}\n`)
  if (holds) return
  failures += 1
  process.stderr.write(`${output.trim()}\n`)
}
