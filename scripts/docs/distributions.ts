import { DIFFERENCE_TEXTS } from "../../src/formats/distribution/compare.ts"
import { PROBLEMS, type ProblemText } from "../../src/formats/distribution/problems.ts"
import { fence, table } from "./markdown.ts"
import { SUBJECT_VERDICTS } from "./subject-verdicts.ts"

const INTRODUCTION = `What \`wheelproof build\` does with a project, what it finds wrong with a file, and how \`wheelproof digest\` writes and reads lists
of digests.`

const BUILDING = `## How a release is built

1. **The sdist** is built by [PyPA's build](https://build.pypa.io) in an isolated environment, from the tree as it is. That it is not as its
   commit is a note, or with \`--require-clean\` an error.
2. **It is opened and checked**, then unpacked by the same reader, and **the wheels are built from it**: with build, or with cibuildwheel
   where the project has a \`[tool.cibuildwheel]\` or \`--cibuildwheel\` is given. What a user builds from the sdist is what the wheels were built from.
3. **Every file is opened and checked**, each against what PyPI and installers refuse, and all of them against the declared set.
4. **The output folder** gets all files in one step, or none and keeps what it had. It must be empty, unless \`--clean\` says that what
   earlier builds left there may go; what no build leaves there is never removed. Files that are refused can be looked at in the cache folder
   until the next build of the project; a note says where.

Files get the time of the commit (\`SOURCE_DATE_EPOCH\`), or the one that is set. Sources are unpacked, and the isolated environment is made, at a path that
is the same in each build of a folder, because compilers write it into what they make; hash seeds and the time zone are fixed. Variables
that hold what signs and uploads (\`ACTIONS_ID_TOKEN_REQUEST_TOKEN\`, \`SIGSTORE_ID_TOKEN\`, \`TWINE_PASSWORD\` and the like) are kept
from the build, which runs code of many people. That is no sandbox: sign in another job.

Which build tools make a release is for its maintainer to choose, so nothing is installed: \`build\` is taken from the Python that
\`--python\` names, else from \`python3\` or \`python\`, else as the program \`pyproject-build\` that pipx and uv install. cibuildwheel is a module of the Python
that \`--python\` names, or the program in the \`PATH\`; it gets the sdist and \`--output-dir\`, its own \`CIBW_…\` variables reach it, and it passes
\`SOURCE_DATE_EPOCH\` on into its containers. Its containers cannot run where wheelproof is tested: how it is called and how its wheels
are collected is tested with a program in its place.`

const DECLARING = `## Declaring the files of a release

A wheel that is missing from a release is noticed by users, weeks later. Declare what a release has to have in \`pyproject.toml\`, or without
\`tool.wheelproof\` in a \`wheelproof.toml\` beside it. Keys that nobody knows are errors.

${fence(
  "toml",
  `[tool.wheelproof.expected]
sdist = true # as it is without this line

[[tool.wheelproof.expected.wheels]]
python = "cp310..cp314" # a range, or ["cp310", "cp312"]
platforms = ["manylinux_x86_64", "musllinux_x86_64", "macosx_arm64", "win_amd64"]

[[tool.wheelproof.expected.wheels]]
python = ["cp313t..cp314t", "pp311"] # free-threaded CPython, and PyPy
platforms = ["manylinux_x86_64"]

[[tool.wheelproof.expected.wheels]]
python = "cp39"
abi = "abi3" # otherwise the interpreter's own; none for py3
platforms = ["manylinux_2_28_x86_64", "win_amd64"]`,
)}

A pure project's one wheel is \`python = "py3"\`, \`platforms = "any"\`. \`manylinux_x86_64\` is any version of glibc on x86_64, \`macosx_arm64\` any
version of macOS, and so with \`musllinux\`, \`ios\`, \`android\` and \`pyemscripten\`; \`manylinux_2_28_x86_64\` is exactly that one, and
\`manylinux2014\` is \`manylinux_2_17\`. Each declared wheel has to be there once, every tag of every wheel has to be declared, and all files have to be of one version. One job
of a matrix builds with \`--partial\`: then what is missing is not asked, and what is surplus still is.`

const REPRODUCIBLE = `## Two builds, the same bytes

\`--check-reproducible\` builds twice and compares. Measured with build 1.6.1 on Python 3.11 (\`npm run test:peers:build\` measures again):

${table(
  ["backend", "sdist", "wheel"],
  [
    ["hatchling 1.33", "same", "same"],
    ["flit_core 4.2", "same", "same"],
    ["setuptools 84, pure Python", "differs: times of members and of the gzip header", "same"],
    ["setuptools 84, C extension", "differs, as above", "same"],
  ],
)}

What is not the same is named, with the member and the first byte that differs:`

const DIGESTS = `## Lists of digests

\`wheelproof digest dist/*\` prints what \`sha256sum\` prints in \`dist\`, byte for byte, and \`--base64\` what \`sha256sum * | base64 -w0\` prints: what the SLSA
generic generator takes as \`base64-subjects\`. \`--merge\` joins the lists of the jobs of a matrix, plain or base64; a line that several have counts once.

Reading accepts what the generator's parser accepts, except for what nobody should vouch for. All 42 texts that the parser is known by:`

/** The text of docs/distributions.md. */
export function renderDistributionDocs(): string {
  const problems = Object.entries(PROBLEMS).map(([code, text]) => problemSection(code, text))
  const differences = Object.entries(DIFFERENCE_TEXTS).map(([kind, text]) => [`\`${kind}\``, text])
  const verdicts = SUBJECT_VERDICTS.map(({ id, text, generator, wheelproof, note = "" }) => [
    `\`${id}\``,
    text,
    generator,
    wheelproof,
    note,
  ])
  return `${[
    "# Distributions",
    "<!-- Generated by `npm run docs` from src/formats/distribution and scripts/docs. Do not edit. -->",
    INTRODUCTION,
    BUILDING,
    DECLARING,
    REPRODUCIBLE,
    table(["kind", "where it usually comes from"], differences),
    DIGESTS,
    table(["text", "what it is", "generator", "wheelproof", "why"], verdicts),
    "## Problems",
    "A code is API: it is what `build --format json` prints and what `wheelproof explain` takes. Nothing is said of a file's classifiers: which ones exist only PyPI knows.",
    ...problems,
  ].join("\n\n")}\n`
}

function problemSection(code: string, { refusedBy, rule, why, next }: ProblemText): string {
  const who =
    refusedBy === "pypi"
      ? "PyPI; with `--private` it is a note"
      : "PyPI, installers or careful readers"
  return [
    `### \`${code}\``,
    `A distribution ${rule}.`,
    [`- **why it matters**: ${why}`, `- **refused by**: ${who}`, `- **what to do**: ${next}`].join(
      "\n",
    ),
  ].join("\n\n")
}
