import { parseJson } from "../core/json.ts"
import { WheelproofError } from "../core/errors.ts"
import { Shape } from "../core/shape.ts"
import { ask, type ToolEffects } from "./run.ts"

/** The program that builds: PyPA's `build`. */
export interface BuildFrontend {
  readonly command: readonly [string, ...string[]]
  /** As reports show it. */
  readonly name: string
  /** Whether it can be told where its isolated environment is. */
  readonly takesEnvironmentFolder: boolean
}

const PYTHONS = ["python3", "python"] as const

/** Prints what the interpreter is, and which `build` it has. It is run in a folder of ours: a project may have a folder named build. */
const PROBE = `
import importlib.metadata, json, platform, sys
try: version = importlib.metadata.version("build")
except importlib.metadata.PackageNotFoundError: version = None
print(json.dumps({"python": platform.python_version(), "build": version}))
`

/**
 * Finds PyPA's build: a module of the Python that was chosen, else of the first one in the PATH, else the program `pyproject-build` that pipx
 * and uv install. Nothing is installed here: which build tool makes a release is for its maintainer to choose. Throws `ERR_COMMAND` and
 * says what to type.
 */
export async function findFrontend(
  chosen: string | undefined,
  folder: string,
  effects: ToolEffects,
): Promise<BuildFrontend> {
  const pythons = chosen === undefined ? PYTHONS : [chosen]
  const found: string[] = []
  for (const python of pythons) {
    // oxlint-disable-next-line no-await-in-loop -- the first one that can is taken
    const version = await probe(python, folder, effects)
    if (version === undefined) continue
    if (version.build === undefined) {
      found.push(python)
      continue
    }
    const command = [python, "-m", "build"] as const
    const name = `build ${version.build} on Python ${version.python}`
    return await withHelp({ command, name }, folder, effects)
  }
  if (chosen === undefined) {
    const program = await ask(["pyproject-build", "--version"], folder, effects)
    if (program?.status === 0) {
      return await withHelp(
        { command: ["pyproject-build"], name: "pyproject-build" },
        folder,
        effects,
      )
    }
  }
  throw missing(chosen, found[0])
}

async function probe(
  python: string,
  folder: string,
  effects: ToolEffects,
): Promise<{ readonly python: string; readonly build: string | undefined } | undefined> {
  const end = await ask([python, "-c", PROBE], folder, effects)
  if (end?.status !== 0) return undefined
  const answer = new Shape(parseJson(Buffer.from(end.stdout), `the answer of ${python}`), python)
  return { python: answer.string("python"), build: answer.optionalString("build") }
}

async function withHelp(
  frontend: Pick<BuildFrontend, "command" | "name">,
  folder: string,
  effects: ToolEffects,
): Promise<BuildFrontend> {
  const help = await ask([...frontend.command, "--help"], folder, effects)
  if (help?.status !== 0) {
    throw new WheelproofError("ERR_COMMAND", `${frontend.command.join(" ")} --help failed`, {
      hint: "install PyPA's build anew",
    })
  }
  return { ...frontend, takesEnvironmentFolder: help.stdout.includes("--env-dir") }
}

function missing(chosen: string | undefined, python: string | undefined): WheelproofError {
  if (python === undefined) {
    const what = chosen === undefined ? "there is no Python" : `${chosen} is no Python that runs`
    return new WheelproofError("ERR_COMMAND", what, {
      hint: "install Python, or name one with --python",
    })
  }
  return new WheelproofError("ERR_COMMAND", `${python} has no module build`, {
    hint: `type \`${python} -m pip install build\`, or \`pipx install build\`, or \`uv tool install build\`, or name another Python with --python`,
  })
}

/**
 * Finds cibuildwheel: a module of the Python that was chosen, else the program in the PATH. Throws `ERR_COMMAND` and says what to type.
 */
export async function findCibuildwheel(
  chosen: string | undefined,
  folder: string,
  effects: ToolEffects,
): Promise<readonly [string, ...string[]]> {
  const module = chosen === undefined ? undefined : ([chosen, "-m", "cibuildwheel"] as const)
  for (const command of [module, ["cibuildwheel"] as const]) {
    if (command === undefined) continue
    // oxlint-disable-next-line no-await-in-loop -- the first one that can is taken
    const help = await ask([...command, "--help"], folder, effects)
    if (help?.status === 0) return command
  }
  throw new WheelproofError("ERR_COMMAND", "there is no cibuildwheel", {
    hint: `type \`${chosen ?? "python3"} -m pip install cibuildwheel\`, or pass --no-cibuildwheel for a wheel for this machine alone`,
  })
}
