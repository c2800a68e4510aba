import { expect, test } from "vitest"

import type { BuildReport, BuildRequest } from "../../../src/app/build/report.ts"
import type { UseCases } from "../../../src/app/use-cases.ts"
import { WheelproofError } from "../../../src/core/errors.ts"
import { DIGEST, HOSTILE, run, transcript } from "../support.ts"

const BUILT: BuildReport = {
  files: [
    { name: "rocket-1.0.tar.gz", size: 1_234, sha256: DIGEST, problems: [], tolerated: [] },
    {
      name: "rocket-1.0-cp312-cp312-linux_x86_64.whl",
      size: 5_678,
      sha256: DIGEST,
      problems: [],
      tolerated: [
        { code: "platform-tag", found: "the platform is linux_x86_64", pypi: "Binary wheel …" },
      ],
    },
  ],
  setProblems: [],
  isSetDeclared: true,
  reproducibility: { different: [] },
  source: { commit: "c".repeat(40), isChanged: false, sourceDateEpoch: 1_700_000_000 },
  frontend: "build 1.6.1 on Python 3.12.1",
  wheelBuilder: "build",
  output: "/work/rocket/dist",
  notes: ["kept from the build: SIGSTORE_ID_TOKEN"],
}

const { output: _, ...UNPLACED } = BUILT

const REFUSED: BuildReport = {
  ...UNPLACED,
  files: [
    {
      name: "rocket-1.0-py3-none-any.whl",
      size: 99,
      sha256: DIGEST,
      problems: [
        {
          code: "record-mismatch",
          where: "rocket/__init__.py",
          found: "RECORD has size 12, the file has 11",
        },
        { code: "zip-comment", found: "the archive has a comment of 2 bytes" },
      ],
      tolerated: [],
    },
  ],
  setProblems: [
    { code: "set-missing", where: "cp312-cp312-win_amd64", found: "there is no such wheel" },
  ],
  reproducibility: {
    different: [
      {
        name: "rocket-1.0.tar.gz",
        differences: [
          ...[1, 2, 3, 4].map((number) => ({
            kind: "modified" as const,
            where: `rocket-1.0/${number}`,
            found: `modified: ${number} in the first build, 9 in the second`,
          })),
          {
            kind: "bytes" as const,
            offset: 4,
            found: "the first byte that differs is at offset 4 of the file",
          },
        ],
      },
    ],
  },
  source: { commit: "c".repeat(40), isChanged: true },
  wheelBuilder: "cibuildwheel",
  notes: ["nothing was put out; what was built is in /cache/first"],
}

const built: UseCases["build"] = async (_request, watch) => {
  watch.step("building the sdist")
  watch.line("* Creating isolated environment")
  return BUILT
}

test("a build that is right", async () => {
  expect(await transcript("build", { build: built })).toMatchInlineSnapshot(`
    "$ wheelproof build
    exit 0
    built rocket-1.0.tar.gz
      sha256        abababababababababababababababababababababababababababababababab
      size          1234 bytes
    built rocket-1.0-cp312-cp312-linux_x86_64.whl
      sha256        abababababababababababababababababababababababababababababababab
      size          5678 bytes
      not for PyPI  [platform-tag] the platform is linux_x86_64
    reproducible: two builds gave the same bytes
    commit        cccccccccccccccccccccccccccccccccccccccc
    time          2023-11-14T22:13:20Z (SOURCE_DATE_EPOCH 1700000000)
    built with    build 1.6.1 on Python 3.12.1
    release set   as declared by the project
    wrote         /work/rocket/dist
    --- stderr
    building the sdist
    note: kept from the build: SIGSTORE_ID_TOKEN
    "
  `)
  expect(await run(["build", "-q"], { build: built })).toEqual({ exit: 0, stdout: "", stderr: "" })
  const verbose = await run(["build", "-v"], { build: built })
  expect(verbose.stderr).toContain("  * Creating isolated environment\n")
})

test("a build that is not", async () => {
  expect(await transcript("build rocket --check-reproducible", { build: async () => REFUSED }))
    .toMatchInlineSnapshot(`
    "$ wheelproof build rocket --check-reproducible
    exit 1
    refused rocket-1.0-py3-none-any.whl
      sha256        abababababababababababababababababababababababababababababababab
      size          99 bytes
      [record-mismatch] rocket/__init__.py: RECORD has size 12, the file has 11
        required    it has the files that RECORD lists: same hash, same size
        why         the archive was changed after it was built
        next        build it again; if you did not change it yourself, find out who did
      [zip-comment] the archive has a comment of 2 bytes
        required    it has no comments in its zip records
        why         a comment can hold a second archive that some readers find first
        next        build it again with an up-to-date build backend; report it to the backend if it stays
    refused as a release
      [set-missing] cp312-cp312-win_amd64: there is no such wheel
        required    it comes with every other file that the project declares for a release
        why         users of a missing wheel build from source, or get an older version, and nobody notices before they complain
        next        build it, or take it out of the declaration in pyproject.toml or wheelproof.toml; --partial for one job of a matrix
    not reproducible: rocket-1.0.tar.gz
      [modified] the backend does not use SOURCE_DATE_EPOCH for it
        rocket-1.0/1: modified: 1 in the first build, 9 in the second
        rocket-1.0/2: modified: 2 in the first build, 9 in the second
        rocket-1.0/3: modified: 3 in the first build, 9 in the second
        and 1 more; --format json has them all
      [bytes] where to begin with a byte-by-byte comparison
        the first byte that differs is at offset 4 of the file
    commit        cccccccccccccccccccccccccccccccccccccccc, and changes that are not committed
    built with    build 1.6.1 on Python 3.12.1, cibuildwheel
    release set   as declared by the project
    --- stderr
    note: nothing was put out; what was built is in /cache/first
    "
  `)
  const quiet = await run(["build", "-q"], { build: async () => REFUSED })
  expect(quiet).toMatchObject({ exit: 1, stderr: "" })
  expect(quiet.stdout).toContain("refused rocket-1.0-py3-none-any.whl")
})

test("the same as JSON", async () => {
  const good = await run(["build", "--format", "json"], { build: built })
  expect(good.exit).toBe(0)
  expect(JSON.parse(good.stdout)).toMatchObject({
    schemaVersion: 1,
    outcome: "built",
    exitCode: 0,
    files: [
      { name: "rocket-1.0.tar.gz", size: 1_234, sha256: DIGEST, problems: [], tolerated: [] },
      { tolerated: [{ code: "platform-tag", refusedBy: "pypi", pypi: "Binary wheel …" }] },
    ],
    set: { declared: true, problems: [] },
    reproducibility: { same: true, different: [] },
    source: { commit: "c".repeat(40), isChanged: false, sourceDateEpoch: 1_700_000_000 },
    output: "/work/rocket/dist",
    notes: ["kept from the build: SIGSTORE_ID_TOKEN"],
  })
  const bad = await run(["build", "--format", "json"], { build: async () => REFUSED })
  expect(bad.exit).toBe(1)
  expect(JSON.parse(bad.stdout)).toMatchObject({
    outcome: "refused",
    files: [
      {
        problems: [
          { code: "record-mismatch", where: "rocket/__init__.py", refusedBy: "everybody" },
          {},
        ],
      },
    ],
    set: { problems: [{ code: "set-missing", where: "cp312-cp312-win_amd64" }] },
    reproducibility: {
      same: false,
      different: [{ differences: [{ kind: "modified" }, {}, {}, {}, { offset: 4 }] }],
    },
  })
  expect(bad.stderr).toBe("")
})

test("nothing built is not built", async () => {
  const empty = { ...UNPLACED, files: [] }
  expect((await run(["build"], { build: async () => empty })).exit).toBe(1)
  // Right files that were not put out are no success either.
  expect((await run(["build"], { build: async () => UNPLACED })).exit).toBe(1)
})

test("a tool that fails: the end of what it wrote comes before the error", async () => {
  const build: UseCases["build"] = async (_request, watch) => {
    watch.step("building the sdist")
    for (let line = 1; line <= 50; line += 1) watch.line(`line ${line}${HOSTILE}`)
    throw new WheelproofError("ERR_COMMAND", "python3 -m build ended with status 1", {
      hint: "look",
    })
  }
  const { exit, stderr } = await run(["build"], { build })
  expect(exit).toBe(3)
  const lines = stderr.trim().split("\n")
  expect(lines).toHaveLength(1 + 40 + 2)
  expect(lines[1]).toMatch(/^ {2}line 11/)
  expect(lines.at(-2)).toBe("error: python3 -m build ended with status 1 (ERR_COMMAND)")
  // oxlint-disable-next-line no-control-regex -- what a tool writes must not reach the terminal as commands.
  expect(stderr).not.toMatch(/[\u001b\u202e]/)
  expect((await run(["build", "-v"], { build })).stderr.match(/line 50/g)).toHaveLength(1)
})

test("every flag reaches the request", async () => {
  const seen: BuildRequest[] = []
  const build: UseCases["build"] = async (request) => {
    seen.push(request)
    return BUILT
  }
  await run(["build"], { build })
  await run(
    "build rocket --output out --clean --python python3.13 --only wheels --cibuildwheel -C a=1 -C b=2=3 --require-clean --check-reproducible --partial --private".split(
      " ",
    ),
    { build },
  )
  await run(["build", "--no-cibuildwheel"], { build })
  const plain = {
    folder: ".",
    settings: [],
    clean: false,
    requireClean: false,
    checkReproducible: false,
    isPart: false,
    isPrivate: false,
  }
  expect(seen).toEqual([
    plain,
    {
      folder: "rocket",
      output: "out",
      clean: true,
      python: "python3.13",
      only: "wheels",
      wheelBuilder: "cibuildwheel",
      settings: ["a=1", "b=2=3"],
      requireClean: true,
      checkReproducible: true,
      isPart: true,
      isPrivate: true,
    },
    { ...plain, wheelBuilder: "build" },
  ])
})

test.each([
  ["build a b", "takes [DIR] only"],
  [
    "build --cibuildwheel --no-cibuildwheel",
    "--cibuildwheel and --no-cibuildwheel exclude each other",
  ],
  ["build -C verbose", "--config-setting takes KEY=VALUE, got `verbose`"],
  ["build --config-setting==x", "--config-setting takes KEY=VALUE"],
  ["build --only source", "is one of sdist, wheels"],
])("%s is a usage error", async (line, message) => {
  const { exit, stderr } = await run(line.split(" "))
  expect(exit).toBe(2)
  expect(stderr).toContain(message)
})
