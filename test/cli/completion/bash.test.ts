import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { afterAll, beforeAll, expect, test } from "vitest"

import { COMMANDS } from "../../../src/cli/table.ts"
import { run } from "../support.ts"

const BASH = ["/bin/bash", "/usr/bin/bash"].find((file) => existsSync(file))
const folder = mkdtempSync(path.join(tmpdir(), "wheelproof-completion-"))

beforeAll(async () => {
  const { stdout } = await run(["completion", "bash"])
  writeFileSync(path.join(folder, "script.bash"), stdout)
  const files = path.join(folder, "files")
  mkdirSync(path.join(files, "dist"), { recursive: true })
  writeFileSync(path.join(files, "a b.whl"), "")
  writeFileSync(path.join(files, "key.pem"), "")
})
afterAll(() => rmSync(folder, { recursive: true }))

// The words are given as bash splits them: `--format=js` is three.
function complete(...words: readonly string[]): readonly string[] {
  const script = `
    source ../script.bash
    COMP_WORDS=(wheelproof "$@") COMP_CWORD=$#
    _wheelproof
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const output = execFileSync(BASH ?? "", ["--norc", "-c", script, "bash", ...words], {
    cwd: path.join(folder, "files"),
    encoding: "utf8",
  })
  return output.split("\n").filter((line) => line !== "")
}

test.skipIf(BASH === undefined)("bash really completes", () => {
  expect(complete("")).toEqual([...COMMANDS.map(({ name }) => name), "--help", "--version"])
  expect(complete("verify-")).toEqual([
    "verify-artifact",
    "verify-github-attestation",
    "verify-vsa",
  ])
  expect(complete("verify", "--source")).toEqual([
    "--source",
    "--source-tag",
    "--source-ref",
    "--source-commit",
  ])
  expect(complete("verify", "--format", "js")).toEqual(["json", "jsonl"])
  expect(complete("verify", "--format", "=", "js")).toEqual(["json", "jsonl"])
  expect(complete("verify", "x", "--color", "=")).toEqual(["auto", "always", "never"])
  expect(complete("verify", "--key", "k")).toEqual(["key.pem"])
  expect(complete("verify", "a")).toEqual(["a b.whl"])
  expect(complete("verify", "--source", "k")).toEqual([])
  expect(complete("trust", "s")).toEqual(["show"])
  expect(complete("completion", "")).toEqual(["bash", "zsh", "fish"])
  expect(complete("help", "dig")).toEqual(["digest"])
  expect(complete("unknown", "")).toEqual([])
})

test.skipIf(BASH === undefined)("the function is registered for the command", () => {
  const output = execFileSync(
    BASH ?? "",
    ["--norc", "-c", "source ../script.bash; complete -p wheelproof"],
    { cwd: path.join(folder, "files"), encoding: "utf8" },
  )
  expect(output).toBe("complete -F _wheelproof wheelproof\n")
})
