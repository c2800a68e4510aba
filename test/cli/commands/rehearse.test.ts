import { expect, test } from "vitest"

import type { Rehearsal } from "../../../src/app/rehearse/report.ts"
import type { RehearseRequest } from "../../../src/app/rehearse/request.ts"
import { main } from "../../../src/cli/main.ts"
import { WheelproofError } from "../../../src/core/errors.ts"
import { fixedRehearsal } from "../../support/rehearsal.ts"
import { fakeTerminal, fakeUseCases, run, transcript } from "../support.ts"

/** A use case that plays its part and remembers what it was asked for. */
function playing(rehearsal: Rehearsal = fixedRehearsal()) {
  const asked: RehearseRequest[] = []
  const useCases = {
    rehearse: async (request: RehearseRequest) => {
      asked.push(request)
      return rehearsal
    },
  }
  return { asked, useCases }
}

test("the chain of each wheel, each attack with its reason, and a sum", async () => {
  const { asked, useCases } = playing()
  expect(await transcript("rehearse", useCases)).toMatchInlineSnapshot(`
    "$ wheelproof rehearse
    exit 0
    verified wheelproof_example_morse-1.0.0-py3-none-any.whl, from the commit to the installed files
      commit       https://github.com/wheelproof-examples/examples
      certificate  https://github.com/wheelproof-examples/examples/.github/workflows/release.yml@refs/tags/v1.0.0
      wheel        sha256:9cf55c03b18e6be10805bc3a7082e87354ce6549f2a6b21d75d339abc3c08851
      provenance   https://actions.github.io/buildtypes/workflow/v1
      log          http://127.0.0.1:40123
      installed    5 of 5 have the digest that the wheel's RECORD lists

    verified wheelproof_example_crc-1.0.0-cp311-cp311-manylinux1_x86_64.manylinux_2_5_x86_64.whl, from the commit to the installed files
      commit       https://github.com/wheelproof-examples/examples
      certificate  https://github.com/wheelproof-examples/examples/.github/workflows/release.yml@refs/tags/v1.0.0
      wheel        sha256:ecb88ebd0088159ed40d1c004b3f67740020d0d80cad32b29976332071cf4b7d
      provenance   https://actions.github.io/buildtypes/workflow/v1
      log          http://127.0.0.1:40123
      installed    5 of 5 have the digest that the wheel's RECORD lists

    refused A swapped wheel
      $ pip download --no-deps wheelproof-example-morse==1.0.0
      $ wheelproof verify wheelproof_example_morse-1.0.0-py3-none-any.whl --provenance wheelproof_example_morse-1.0.0-py3-none-any.whl.provenance --source github.com/wheelproof-examples/examples
      [subject-digest] required: the file's digest is among the statement's subjects
        expected  sha256:9cf55c03b18e6be10805bc3a7082e87354ce6549f2a6b21d75d339abc3c08851
        found     sha256:b5c1fb2efc6d6b4674c2fdcc48ce01b43a3b7c03763c0c3355de0099ee0f8c73
        why       the evidence is for another file, or the file was changed after it was attested

    refused Another repository
      $ wheelproof verify wheelproof_example_morse-1.0.0-py3-none-any.whl --source github.com/wheelproof-examples/examples
      [expect-source] required: the source repository is the one expected with --source
        expected  github.com/wheelproof-examples/examples
        found     github.com/mallory/examples
        why       a genuine build of another repository, such as a fork, is not the one you asked for

    refused A stripped attestation
      $ wheelproof verify wheelproof_example_morse-1.0.0-py3-none-any.whl
      [evidence-present] required: there is evidence that names this artifact
        expected  an attestation for sha256:b5c1fb2efc6d6b4674c2fdcc48ce01b43a3b7c03763c0c3355de0099ee0f8c73
        found     none
        why       without an attestation nothing is known of where the file came from

    rehearsed: 4 of 4 steps as promised, 3 of 3 attacks refused, 31.2 s
    "
  `)
  expect(asked).toEqual([{ keep: false }])
})

test("the options", async () => {
  const { asked, useCases } = playing({ ...fixedRehearsal(), folder: "/tmp/kept" })
  const { exit, stdout, stderr } = await run(
    ["rehearse", "project", "--keep", "--html", "page.html", "--force"],
    useCases,
  )
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "wrote page.html\n" })
  expect(stdout).toMatch(/\nkept in \/tmp\/kept\n$/)
  expect(asked).toMatchObject([
    { project: "project", keep: true, page: { file: "page.html", force: true } },
  ])
  expect(asked[0]?.page?.render(fixedRehearsal())).toMatch(/^<!doctype html>/)
})

test.each([
  ["passed", 0],
  ["failed", 1],
  ["undecided", 3],
] as const)("a step that %s ends in %d", async (outcome, exit) => {
  const rehearsal = fixedRehearsal()
  const [step, ...steps] = rehearsal.steps
  if (step === undefined) throw new Error("no step")
  const { useCases } = playing({ ...rehearsal, steps: [{ ...step, outcome }, ...steps] })
  expect(await run(["rehearse"], useCases)).toMatchObject({ exit })
  const { stdout } = await run(["rehearse", "--format", "json"], useCases)
  expect(JSON.parse(stdout)).toMatchObject({ outcome, exitCode: exit })
})

test("no step at all is no success", async () => {
  const { useCases } = playing({ ...fixedRehearsal(), steps: [] })
  expect(await run(["rehearse"], useCases)).toMatchObject({ exit: 3 })
})

test("JSON has everything, with moments as text and whole milliseconds", async () => {
  const { useCases } = playing()
  const { stdout } = await run(["rehearse", "--format", "json"], useCases)
  const { steps, chain, attacks, projects } = fixedRehearsal()
  expect(JSON.parse(stdout)).toEqual({
    schemaVersion: 1,
    tool: { name: "wheelproof", version: expect.any(String) as string },
    outcome: "passed",
    exitCode: 0,
    startedAt: "2026-11-29T01:47:03Z",
    milliseconds: 31_240,
    projects,
    notes: [],
    steps,
    chain,
    attacks,
  })
})

test("notes go to standard error", async () => {
  const { useCases } = playing({ ...fixedRehearsal(), notes: ["there is no C compiler"] })
  const noted = await run(["rehearse"], useCases)
  expect(noted.stderr).toBe("note: there is no C compiler\n")
  expect((await run(["rehearse", "--quiet"], useCases)).stderr).toBe("")
})

test("--force has something to replace", async () => {
  const { useCases } = playing()
  const refused = await run(["rehearse", "--force"], useCases)
  expect(refused).toMatchObject({ exit: 2, stdout: "" })
  expect(refused.stderr).toContain("--force needs --html")
})

test("an interrupt waits until everything is put away", async () => {
  const interrupt = new AbortController()
  const { terminal, written } = fakeTerminal({ signal: interrupt.signal })
  let isTidy = false
  const rehearse = async (): Promise<never> => {
    interrupt.abort()
    await new Promise((resolve) => setTimeout(resolve, 50))
    isTidy = true
    throw new WheelproofError("ERR_INTERRUPTED", "interrupted")
  }
  const context = { terminal, useCases: async () => fakeUseCases({ rehearse }) }
  expect(await main(["rehearse"], context)).toBe(130)
  expect(isTidy).toBe(true)
  expect(written).toEqual({ stdout: "", stderr: "error: interrupted (ERR_INTERRUPTED)\n" })
})
