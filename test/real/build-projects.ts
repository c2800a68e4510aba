import { execFileSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import path from "node:path"
import process from "node:process"

/** A project of a build backend, and what is known of its files. */
export interface BuildProject {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  /** What Python prints when it imports what was built and asks for its thrust. */
  readonly thrust: string
  /** Kinds of differences between two builds of the sdist; empty where they are the same. Wheels are the same for each of them. */
  readonly sdistDiffersIn: readonly string[]
}

const PURE = {
  "src/rocket/__init__.py":
    '"""Goes up."""\n__version__ = "1.0.0"\n\n\ndef thrust():\n    return 42\n',
}

function pyproject(requires: string, backend: string, more = ""): string {
  return `[build-system]
requires = ["${requires}"]
build-backend = "${backend}"

[project]
name = "rocket"
version = "1.0.0"
description = "Goes up"
readme = "README.md"
license = "MIT"
${more}`
}

const README = {
  "README.md": "# Rocket\n\nGoes up: räkete.\n",
  ".gitignore": "dist/\nbuild/\n*.egg-info/\n",
}

const C_SOURCE = `#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *thrust(PyObject *self, PyObject *args) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"thrust", thrust, METH_NOARGS, "thrust"}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_thrust", NULL, -1, methods};
PyMODINIT_FUNC PyInit__thrust(void) { return PyModule_Create(&module); }
`

const EXTENSION = `
[[tool.setuptools.ext-modules]]
name = "rocket._thrust"
sources = ["src/rocket/_thrust.c"]
`

/** One project for each backend that is used most, and one with a compiled extension. */
export const BUILD_PROJECTS: readonly BuildProject[] = [
  {
    name: "hatchling",
    files: {
      ...README,
      ...PURE,
      "pyproject.toml": pyproject("hatchling==1.33.0", "hatchling.build"),
    },
    thrust: "42",
    sdistDiffersIn: [],
  },
  {
    name: "flit",
    files: {
      ...README,
      ...PURE,
      "pyproject.toml": pyproject("flit_core==4.2.0", "flit_core.buildapi"),
    },
    thrust: "42",
    sdistDiffersIn: [],
  },
  {
    name: "setuptools",
    files: {
      ...README,
      ...PURE,
      "pyproject.toml": pyproject("setuptools==84.2.1", "setuptools.build_meta"),
    },
    thrust: "42",
    sdistDiffersIn: ["modified"],
  },
  {
    name: "c-extension",
    files: {
      ...README,
      "src/rocket/__init__.py": "from ._thrust import thrust\n",
      "src/rocket/_thrust.c": C_SOURCE,
      "pyproject.toml": pyproject("setuptools==84.2.1", "setuptools.build_meta", EXTENSION),
    },
    thrust: "42",
    sdistDiffersIn: ["modified"],
  },
]

/** Writes a project into a folder and commits it. */
export function writeBuildProject({ files }: BuildProject, folder: string): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), content)
  }
  const who = ["-c", "user.name=a", "-c", "user.email=a@rocket.test"]
  for (const args of [
    ["init", "-q"],
    ["add", "-A"],
    [...who, "commit", "-q", "-m", "first"],
  ]) {
    execFileSync("git", args, {
      cwd: folder,
      env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" },
    })
  }
}
