/** The flags of `build`. */
export const BUILD_FLAGS = {
  python: {
    kind: "path",
    group: "what to build",
    value: "PROGRAM",
    help: "the Python to build with; without it python3, python, or the program pyproject-build",
  },
  only: {
    kind: "choice",
    group: "what to build",
    value: "KIND",
    choices: ["sdist", "wheels"],
    help: "put out files of this kind only",
  },
  cibuildwheel: {
    kind: "switch",
    group: "what to build",
    help: "build wheels with cibuildwheel, also without a [tool.cibuildwheel]",
  },
  "no-cibuildwheel": {
    kind: "switch",
    group: "what to build",
    help: "build one wheel for this machine with PyPA's build, in spite of a [tool.cibuildwheel]",
  },
  "config-setting": {
    kind: "text",
    group: "what to build",
    value: "KEY=VALUE",
    short: "C",
    repeatable: true,
    help: "a setting for the build backend",
  },
  "require-clean": {
    kind: "switch",
    group: "expectations",
    help: "refuse to build a tree that is not as its commit; otherwise it is a note",
  },
  "check-reproducible": {
    kind: "switch",
    group: "expectations",
    help: "build twice, and refuse files whose bytes differ; says in what",
  },
  partial: {
    kind: "switch",
    group: "expectations",
    help: "this is one job of several: what is missing of the declared set is another's",
  },
  private: {
    kind: "switch",
    group: "expectations",
    help: "for an index of your own: what PyPI alone refuses is a note",
  },
  output: {
    kind: "folder",
    group: "output",
    value: "FOLDER",
    help: "the folder that gets the files; without it dist in the project's folder. It must be empty",
  },
  clean: {
    kind: "switch",
    group: "output",
    help: "replace what earlier builds left in the output folder",
  },
  format: {
    kind: "choice",
    group: "output",
    value: "FORMAT",
    choices: ["human", "json"],
    help: "form of the output",
  },
  quiet: {
    kind: "switch",
    group: "output",
    short: "q",
    help: "say nothing about what is right; no progress, no notes",
  },
  verbose: {
    kind: "switch",
    group: "output",
    short: "v",
    help: "show everything that the build tools write",
  },
} as const
