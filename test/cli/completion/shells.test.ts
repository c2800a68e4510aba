import { spawnSync } from "node:child_process"

import { expect, test } from "vitest"

import { COMMANDS } from "../../../src/cli/table.ts"
import { run } from "../support.ts"

const [ZSH, FISH] = ["zsh", "fish"] as const

function has(shell: string): boolean {
  return spawnSync(shell, ["-c", "exit 0"]).status === 0
}

async function script(shell: string): Promise<string> {
  return (await run(["completion", shell])).stdout
}

test.each([ZSH, FISH])("%s knows every command and every flag", async (shell) => {
  const text = await script(shell)
  for (const { name, flags } of COMMANDS) {
    expect(text).toContain(name)
    for (const flag of Object.keys(flags)) {
      expect(text).toContain(shell === "fish" ? `-l ${flag}` : `--${flag}`)
    }
  }
  // An apostrophe of a help text must not end the shell's quotation.
  expect(text).toContain(
    shell === "fish" ? String.raw`publisher\'s public key` : String.raw`publisher'\''s public key`,
  )
})

// Without the shell on the machine this is not tested at all; the notice is the skipped test.
test.skipIf(!has(ZSH))("zsh takes the script", async () => {
  const { status, stderr } = spawnSync(ZSH, ["-n"], { input: await script("zsh") })
  expect(stderr.toString()).toBe("")
  expect(status).toBe(0)
})

test.skipIf(!has(FISH))("fish takes the script and completes with it", async () => {
  const input = `${await script("fish")}\ncomplete -C 'wheelproof verify --format js'\n`
  const { status, stdout, stderr } = spawnSync(FISH, ["--no-config"], { input })
  expect(stderr.toString()).toBe("")
  expect(status).toBe(0)
  expect(stdout.toString().trim().split("\n")).toEqual(["json", "jsonl"])
})
