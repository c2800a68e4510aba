import { expect, test } from "vitest"

import type { UseCases } from "../../../src/app/use-cases.ts"
import { run, transcript } from "../support.ts"

const RUNNING = {
  environment: { PIP_INDEX_URL: "http://127.0.0.1:1/simple/", ODD: "it's" },
  services: { fulcio: "http://127.0.0.1:2", oidc: "http://127.0.0.1:3" },
  ended: Promise.resolve(),
}
const world: UseCases["world"] = async () => RUNNING

test("world prints the variables for a shell, and where everything is", async () => {
  expect(await transcript("world", { world })).toMatchInlineSnapshot(`
    "$ wheelproof world
    exit 0
    export PIP_INDEX_URL='http://127.0.0.1:1/simple/'
    export ODD='it'\\''s'
    --- stderr
    the local world is up:
      fulcio  http://127.0.0.1:2
      oidc    http://127.0.0.1:3
    note: nothing is kept; --state DIR keeps keys, logs, files and addresses for the next time
    note: it runs until it is interrupted (Ctrl-C)
    the local world has ended
    "
  `)
})

test("world prints one line of JSON for programs", async () => {
  const { stdout, exit } = await run(["world", "--format", "json"], { world })
  const { services, environment } = RUNNING
  expect([exit, stdout]).toEqual([0, `${JSON.stringify({ services, environment })}\n`])
})

test("flags become the request, and a kept world says nothing of forgetting", async () => {
  const seen: unknown[] = []
  const watch: UseCases["world"] = async (request) => {
    seen.push(request)
    return RUNNING
  }
  const flags = "--state w --repository o/n --ref refs/heads/x --commit c --workflow w.yml --job"
  const { stderr } = await run(["world", ...flags.split(" ")], { world: watch })
  await run(["world"], { world: watch })
  expect(stderr).not.toContain("nothing is kept")
  expect(seen).toEqual([
    {
      state: "w",
      repository: "o/n",
      ref: "refs/heads/x",
      commit: "c",
      workflow: "w.yml",
      job: true,
    },
    { job: false },
  ])
})

test("an interrupt is how it ends: what it says is not discarded", async () => {
  const interrupt = new AbortController()
  const ended = new Promise<void>((resolve) => {
    interrupt.signal.addEventListener("abort", () => setImmediate(resolve))
  })
  const running: UseCases["world"] = async () => {
    setImmediate(() => interrupt.abort())
    return { ...RUNNING, ended }
  }
  const { exit, stderr } = await run(["world"], { world: running }, { signal: interrupt.signal })
  expect(exit).toBe(0)
  expect(stderr).toContain("the local world has ended\n")
})

test("it takes no arguments", async () => {
  expect((await run(["world", "x"], { world })).exit).toBe(2)
})
