import { ATTEST_FLAGS } from "./attest-flag-tables.ts"
import { BUILD_FLAGS } from "./build-flag-tables.ts"
import { type Command, defineCommand } from "./command.ts"

/** The row of `build`. */
export const build: Command = defineCommand(
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

/** The row of `attest`. */
export const attest: Command = defineCommand(
  {
    name: "attest",
    group: "publish",
    summary: "sign where files come from, as PyPI, GitHub and Sigstore take it",
    description: [
      "Signs SLSA provenance and a publish attestation for each sdist and wheel, and provenance over all of them together, with one short-lived certificate for the identity of the job, logs every signature, verifies everything that came back, and only then writes it: FILE.sigstore.json, FILE.slsa.attestation and FILE.publish.attestation (PEP 740), and multiple.intoto.jsonl.",
      "Runs on GitHub Actions (permissions: id-token: write), GitLab CI and CircleCI, with a token that is given, with a person who signs in, or with a key. What the statements say is read from the verified identity token, never from the environment. The SLSA build level that it amounts to is printed with its reason. A run that broke off is finished by running it again.",
    ],
    positionals: {
      usage: "[FILE...]",
      help: "sdists and wheels, patterns, or the folder that they are in",
      kind: "path",
      minimum: 0,
      maximum: Infinity,
    },
    flags: ATTEST_FLAGS,
    examples: [
      {
        about: "everything in a folder, in a job with an identity",
        line: "wheelproof attest dist",
      },
      {
        about: "what would be signed",
        line: "wheelproof attest dist --dry-run",
      },
      {
        about: "in a signing job of its own, exactly what the build jobs made",
        line: "wheelproof attest dist --subjects digests.txt",
      },
      {
        about: "for use of your own, with a key",
        line: "wheelproof attest dist --key key.pem",
      },
    ],
    dialect: "strict",
    exits: [0, 2, 3, 130],
  },
  async () => (await import("./commands/attest.ts")).runAttest,
)
