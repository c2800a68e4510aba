import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"

/** Writes a program into a folder: what a test puts into the PATH in the place of one that cannot run here. `body` is for a POSIX shell. */
export function writeProgram(folder: string, name: string, body: string): string {
  mkdirSync(folder, { recursive: true })
  const file = path.join(folder, name)
  writeFileSync(file, `#!/bin/sh\nset -eu\n${body}\n`)
  chmodSync(file, 0o755)
  return file
}

/** How a stand-in was called. */
export interface Call {
  readonly args: readonly string[]
  readonly cwd: string
  /** What was in the folder that is its last argument; the argument itself for a file. */
  readonly seen: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

/** Writes down a call in `$folder/calls`. */
const RECORD = `
number=$(ls "$folder/calls" 2>/dev/null | wc -l | tr -d ' ')
call="$folder/calls/$number"
mkdir -p "$call"
printf '%s\\0' "$@" > "$call/args"
pwd > "$call/cwd"
env -0 > "$call/environment"
for last; do :; done
if [ -d "$last" ]; then (cd "$last" && find . ! -name . | sort) > "$call/seen"; else echo "$last" > "$call/seen"; fi
`

/**
 * A Python, or a pyproject-build, whose build copies files that a test prepared: the sdist from `FOLDER/sdist`, wheels from `FOLDER/wheels`,
 * and where there is a `FOLDER/sdist.2`, the second time from there. With a `FOLDER/fail` it fails.
 */
export function writeStandInPython(bin: string, folder: string, name = "python3"): string {
  return writeProgram(
    bin,
    name,
    `folder='${folder}'
if [ "$1" = -c ]; then echo '{"python": "3.12.1", "build": "1.6.1"}'; exit; fi
kind=wheels
outdir=
before=
for arg; do
  case "$arg" in
    --help) echo 'usage: build [--outdir PATH] [--env-dir PATH]'; exit ;;
    --version) echo 'build 1.6.1'; exit ;;
    --sdist) kind=sdist ;;
  esac
  if [ "$before" = --outdir ]; then outdir=$arg; fi
  before=$arg
done
${RECORD}
echo "making the $kind"
if [ -e "$folder/fail" ]; then echo 'the backend is broken' >&2; exit 1; fi
from="$folder/$kind"
if [ -e "$folder/$kind.made" ] && [ -d "$folder/$kind.2" ]; then from="$folder/$kind.2"; fi
: > "$folder/$kind.made"
cp "$from"/* "$outdir"`,
  )
}

/** A cibuildwheel that copies wheels from `FOLDER/wheels`, and writes down how it was called. */
export function writeStandInCibuildwheel(bin: string, folder: string): string {
  return writeProgram(
    bin,
    "cibuildwheel",
    `folder='${folder}'
if [ "$1" = --help ]; then exit; fi
${RECORD}
cp "$folder"/wheels/* "$2"`,
  )
}

/** The calls of a stand-in, in order. */
export function readCalls(folder: string): readonly Call[] {
  const calls = path.join(folder, "calls")
  if (!existsSync(calls)) return []
  const numbers = readdirSync(calls).toSorted((one, other) => Number(one) - Number(other))
  return numbers.map((number) => {
    const text = (name: string): string => readFileSync(path.join(calls, number, name), "utf8")
    const variables = text("environment")
      .split("\0")
      .filter((entry) => entry !== "")
    return {
      args: text("args").split("\0").slice(0, -1),
      cwd: text("cwd").trim(),
      seen: text("seen")
        .trim()
        .split("\n")
        .map((entry) => entry.replace(/^\.\//, "")),
      environment: Object.fromEntries(
        variables.map((entry) => [
          entry.slice(0, entry.indexOf("=")),
          entry.slice(entry.indexOf("=") + 1),
        ]),
      ),
    }
  })
}
