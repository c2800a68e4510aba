import { ask } from "../../build/run.ts"
import { WheelproofError } from "../../core/errors.ts"
import { definedOnly, type RehearseEffects } from "./scene.ts"

/** What of the machine a rehearsal works with. */
export interface Tools {
  readonly python: string
  readonly hasCompiler: boolean
  /** Whether its pip can serve another environment (pip 22.3 and later, which Python has from 3.11 on). */
  readonly hasFarReachingPip: boolean
  readonly notes: readonly string[]
}

/** Prints the interpreter's own path if it is one that a rehearsal can work with, and the C compiler that it would build with. */
const PROBE = `
import os, shutil, sys, sysconfig
if sys.version_info < (3, 9): sys.exit(3)
compiler = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cl"
print(sys.executable)
print(shutil.which(compiler.split()[0]) or "")
print("far" if sys.version_info >= (3, 11) else "")
`

/** Looks for Python and git. Throws `ERR_COMMAND` where one of them is not there, and says what to do. */
export async function findTools(effects: RehearseEffects): Promise<Tools> {
  const python = await findPython(effects)
  const git = await probe(["git", "--version"], effects)
  if (git === undefined) {
    throw new WheelproofError("ERR_COMMAND", "there is no git", {
      hint: "install git, or put it in your PATH: a release is of a commit",
    })
  }
  const hasCompiler = python.compiler !== ""
  return {
    python: python.program,
    hasCompiler,
    hasFarReachingPip: python.reach !== "",
    notes: hasCompiler
      ? []
      : [
          "there is no C compiler, so the example with a compiled extension is left out; install one to see it",
        ],
  }
}

async function findPython(
  effects: RehearseEffects,
): Promise<Readonly<Record<"program" | "compiler" | "reach", string>>> {
  for (const name of ["python3", "python", "py"]) {
    const output = await probe([name, "-c", PROBE], effects)
    const [program = "", compiler = "", reach = ""] = output?.split(/\r?\n/) ?? []
    if (program !== "") return { program, compiler, reach }
  }
  throw new WheelproofError("ERR_COMMAND", "there is no Python of version 3.9 or later", {
    hint: "install Python, or put it in your PATH as python3",
  })
}

async function probe(
  command: readonly [string, ...string[]],
  { run, environment, signal, folders }: RehearseEffects,
): Promise<string | undefined> {
  const effects = { run, signal, environment: definedOnly(environment) }
  const end = await ask(command, folders.temporary, effects)
  return end?.status === 0 ? end.stdout : undefined
}
