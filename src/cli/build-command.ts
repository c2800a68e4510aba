import { BUILD_FLAGS } from "./build-flag-tables.ts"
import { type Command, defineCommand } from "./command.ts"

/** `build`, as a row of the command table. */
export const BUILD_COMMAND: Command = defineCommand(
  {
    name: "build",
    group: "publish",
    summary: "build an sdist and wheels, and check every one of them",
    description: [
      "Builds the sdist with PyPA's build in an isolated environment, and the wheels from the sdist: with build, or with cibuildwheel where the project has a [tool.cibuildwheel]. Times come from the commit (SOURCE_DATE_EPOCH).",
      "Every file is opened and checked against what PyPI and installers refuse, and all of them against the set that the project declares. The output folder gets all files or none.",
    ],
    positionals: {
      usage: "[DIR]",
      help: "the project's folder; without it the current one",
      kind: "path",
      minimum: 0,
      maximum: 1,
    },
    flags: BUILD_FLAGS,
    examples: [
      {
        about: "a release, of exactly what is committed",
        line: "wheelproof build --clean --require-clean --check-reproducible",
      },
      {
        about: "the wheels of one job of a matrix",
        line: "wheelproof build --only wheels --partial --output wheelhouse",
      },
    ],
    dialect: "strict",
    endsItself: true,
    exits: [0, 1, 2, 3, 130],
    exitTexts: {
      0: "everything built and right",
      1: "something refused: a file, the set, or not reproducible",
      2: "usage, configuration or an output that cannot be used",
      3: "a build tool is missing or failed",
    },
  },
  async () => (await import("./commands/build.ts")).runBuild,
)
