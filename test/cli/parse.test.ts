import * as fc from "fast-check"
import { expect, test } from "vitest"

import { parseCommandLine, parseGoBoolean } from "../../src/cli/parse.ts"
import { COMMANDS, findCommand } from "../../src/cli/table.ts"
import { WheelproofError } from "../../src/core/errors.ts"
import { run } from "./support.ts"

async function complaint(line: string): Promise<string> {
  const { exit, stdout, stderr } = await run(line.split(" "))
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" })
  const [first = "", hint] = stderr.split("\n")
  expect(hint).toBe(`hint: run \`wheelproof ${line.split(" ")[0]} --help\``)
  return first.replace(/^error: (.*) \(ERR_USAGE\)$/, "$1")
}

test.each([
  ["verify x --sorce y", "unknown flag `--sorce`; did you mean `--source`?"],
  ["verify x --xyzzy", "unknown flag `--xyzzy`"],
  ["verify x --__proto__ y", "unknown flag `--__proto__`"],
  ["verify x --constructor=y", "unknown flag `--constructor`"],
  ["verify x -z", "unknown flag `-z`"],
  ["verify x --source", "--source needs a value: --source REPOSITORY"],
  ["verify x --source=", "the value of --source is empty"],
  [
    "verify x --source --offline",
    "--source needs a value, but `--offline` comes next; if that is the value, write `--source=--offline`",
  ],
  ["verify x --source a --source a", "--source is given twice"],
  ["verify x --offline --offline", "--offline is given twice"],
  ["verify x --offline=false", "--offline takes no value, got `false`"],
  ["verify x --timeout -5", "--timeout takes a number from 0.1 to 3600, got `-5`"],
  ["verify x --timeout 1e3", "--timeout takes a number from 0.1 to 3600, got `1e3`"],
  ["verify x --concurrency 1.5", "--concurrency takes a whole number from 1 to 256, got `1.5`"],
  [
    "verify x --format jsn",
    "--format is one of human, json, jsonl, sarif, github, markdown (did you mean `json`?), got `jsn`",
  ],
  [
    "verify x --rekor-url http://rekor.example",
    "--rekor-url takes an https address (http only on this machine), got `http://rekor.example`",
  ],
  ["verify", "WHAT... is missing"],
  ["verify --offline", "WHAT... is missing"],
  ["verify ", "argument 1 is empty"],
  ["seal a b", "`seal` takes FILE only, got `b`"],
  ["version x", "`version` takes no arguments, got `x`"],
  ["completion tcsh", "`completion` takes bash|zsh|fish, got `tcsh`"],
  ["trust shwo", "`trust` takes show|refresh|export, got `shwo`; did you mean `show`?"],
])("%s", async (line, message) => {
  expect(await complaint(line)).toBe(message)
})

test("`--` ends the flags, and `-` is an argument", () => {
  expect(parse("verify", ["-", "--offline", "--", "--source", "-x"])).toEqual({
    kind: "run",
    input: {
      positionals: ["-", "--source", "-x"],
      values: new Map([["offline", ["true"]]]),
    },
  })
})

test("short switches can be joined", () => {
  expect(parse("verify", ["-qv", "x"])).toMatchObject({
    input: {
      values: new Map([
        ["quiet", ["true"]],
        ["verbose", ["true"]],
      ]),
    },
  })
})

// `verify *` in a folder that somebody else fills must not end in 0 because of a file's name.
test("help stands alone, or it is a mistake", () => {
  for (const name of ["verify", "verify-artifact"]) {
    for (const flag of ["--help", "-h"]) {
      expect(parse(name, [flag])).toEqual({ kind: "help" })
      for (const argv of [
        ["a.whl", flag],
        [flag, "a.whl"],
        [flag, flag],
      ]) {
        expect(() => parse(name, argv)).toThrow(/--help stands alone/)
      }
    }
  }
  expect(parse("verify", ["--", "--help"])).toMatchObject({ input: { positionals: ["--help"] } })
})

test("slsa-verifier's dialect: last value, empty values, Go's booleans", () => {
  const argv = ["a", "--source-uri", "x", "--source-uri=", "--provenance-path", "-p"]
  expect(parse("verify-artifact", [...argv, "--print-provenance=T"])).toMatchObject({
    input: {
      values: new Map([
        ["source-uri", ["x", ""]],
        ["provenance-path", ["-p"]],
        ["print-provenance", ["true"]],
      ]),
    },
  })
  expect(parseGoBoolean("yes")).toBe(undefined)
  expect(parseGoBoolean("F")).toBe(false)
})

test("any arguments end in a command line or a usage error", () => {
  const words = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("--", "-", "--source", "--source=x", "-qv", "--offline", "--timeout", "1"),
  )
  fc.assert(
    fc.property(fc.constantFrom(...COMMANDS), fc.array(words), (command, argv) => {
      expect(["run", "help", "ERR_USAGE"]).toContain(
        end(() => parseCommandLine(command, argv).kind),
      )
    }),
  )
})

function end(parsing: () => string): string {
  try {
    return parsing()
  } catch (error) {
    if (error instanceof WheelproofError) return error.code
    throw error
  }
}

function parse(name: string, argv: readonly string[]) {
  const command = findCommand(name)
  if (command === undefined) throw new Error(`no command ${name}`)
  return parseCommandLine(command, argv)
}
