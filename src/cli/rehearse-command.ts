import { type Command, defineCommand } from "./command.ts"
import { REHEARSE_FLAGS } from "./flag-tables.ts"

/** The row of `rehearse` in the table of commands. */
export const rehearse: Command = defineCommand(
  {
    name: "rehearse",
    group: "publish",
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
    tidiesUp: true,
  },
  async () => (await import("./commands/rehearse.ts")).runRehearse,
)
