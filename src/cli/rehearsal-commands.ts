import { type Command, defineCommand } from "./command.ts"
import { REHEARSE_FLAGS, WORLD_FLAGS } from "./flag-tables.ts"

/** The row of `rehearse` in the table of commands. */
export const rehearse: Command = defineCommand(
  {
    name: "rehearse",
    group: "rehearse",
    summary: "a whole release and installation, on local services",
    description: [
      "Builds a project, signs its provenance, publishes it, and then downloads, verifies and installs it as a user would, on services of its own: Sigstore, a package index and GitHub, started for the occasion. Then three attacks, each of which has to be refused.",
      "Without DIR, two examples are rehearsed: a pure package, and one with a compiled extension. It needs Python, git, and the package index that pip is configured with; no account, and nothing is published anywhere.",
    ],
    positionals: {
      usage: "[DIR]",
      help: "a project's folder, with a pyproject.toml",
      kind: "path",
      minimum: 0,
      maximum: 1,
    },
    flags: REHEARSE_FLAGS,
    examples: [
      { about: "the examples", line: "wheelproof rehearse" },
      {
        about: "a project of yours, with a page to look at",
        line: "wheelproof rehearse path/to/project --html rehearsal.html",
      },
    ],
    dialect: "strict",
    exits: [0, 1, 2, 3, 130],
    endsItself: true,
  },
  async () => (await import("./commands/rehearse.ts")).runRehearse,
)

/** The row of `world`. */
export const world: Command = defineCommand(
  {
    name: "world",
    group: "rehearse",
    summary: "a whole supply chain on this machine, for other tools to use",
    description: [
      "Runs an identity provider, Fulcio, Rekor v1 and v2, a timestamp authority, a TUF repository, a package index with PyPI's rules and GitHub's releases and attestations, on loopback and on ports of its choosing, until it is interrupted. They check what the real ones check; nothing that they sign is trusted anywhere else.",
      "Prints the variables that point other tools at it, the WHEELPROOF_ ones as values for flags such as --trusted-root. What is to go wrong is told to each service at /-/faults, as docs/world.md says.",
    ],
    positionals: { usage: "", help: "", kind: "none", minimum: 0, maximum: 0 },
    flags: WORLD_FLAGS,
    examples: [
      {
        about: "in one terminal; then `. ./world.env` in another",
        line: "wheelproof world --state ./world > world.env",
      },
      {
        about: "for a program that starts it",
        line: "wheelproof world --format json --repository owner/name --ref refs/tags/v2.0",
      },
    ],
    dialect: "strict",
    endsItself: true,
    exits: [0, 2, 3],
  },
  async () => (await import("./commands/world.ts")).runWorld,
)
