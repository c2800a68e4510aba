import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { afterAll, beforeAll, expect, test } from "vitest"

import type { FileResult } from "../../../src/app/report.ts"
import { type AttackStage, planAttacks, playAttack } from "../../../src/app/rehearse/attacks.ts"
import { openBuiltFile } from "../../../src/app/rehearse/distributions.ts"
import type { Attack } from "../../../src/app/rehearse/report.ts"
import type { RehearseEffects } from "../../../src/app/rehearse/scene.ts"
import { Script, StepFailed } from "../../../src/app/rehearse/script.ts"
import { describeServices } from "../../../src/app/rehearse/services.ts"
import type { VerifyRequest } from "../../../src/app/verify.ts"
import type { Verdict } from "../../../src/core/verdict.ts"
import { readProjectPage } from "../../../src/publish/index-page.ts"
import { type LocalWorld, startLocalWorld } from "../../../src/world/local-world.ts"
import { WHEEL_NAME, wheelBytes } from "../../support/archives.ts"
import { PROOF } from "../../cli/support.ts"
import { access } from "../../publish/support.ts"
import { DEAF, withoutIndex } from "./support.ts"

let folder: string
let world: LocalWorld
let effects: RehearseEffects

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "wheelproof-test-"))
  world = await startLocalWorld()
  effects = await withoutIndex()
  await world.index.addRelease({
    project: "rocket",
    version: "1.0.0",
    files: [{ filename: WHEEL_NAME, content: wheelBytes() }],
  })
})
afterAll(async () => {
  await world.close()
  rmSync(folder, { recursive: true })
})

/** Instead of a virtual environment with pip: asks the index for the wheel's page, and fetches what it names. */
async function download(indexUrl: URL, into: string): Promise<void> {
  const page = await readProjectPage(indexUrl, "rocket", access())
  const url = page.find(({ filename }) => filename === WHEEL_NAME)?.url ?? ""
  writeFileSync(path.join(into, WHEEL_NAME), Buffer.from(await (await fetch(url)).arrayBuffer()))
}

/** A stage on which the verifier says what it is told to. */
async function stageWith(verdict: Verdict): Promise<AttackStage> {
  const root = mkdtempSync(path.join(folder, "stage-"))
  mkdirSync(path.join(root, "trust"))
  const services = describeServices(world, path.join(root, "trust"), effects.files)
  const verify = async ({ targets: [target = ""] }: VerifyRequest) => {
    const result: FileResult = { target, verdict }
    return { results: [result], notes: [] }
  }
  const genuine = path.join(root, WHEEL_NAME)
  writeFileSync(genuine, wheelBytes())
  const stageEffects: RehearseEffects = {
    ...effects,
    verify,
    run: async ({ folder: into }) => {
      await download(services.indexUrl, into)
      return { status: 0, stdout: "", stderr: "" }
    },
  }
  return {
    script: new Script(root, stageEffects, DEAF),
    services,
    effects: stageEffects,
    user: {
      access: { run: stageEffects.run, environment: {}, signal: effects.signal },
      venv: { folder: root, python: "python", pip: ["pip"] },
    },
    wheel: await openBuiltFile(genuine, effects.files),
    expectation: { source: "github.com/acme/rocket" },
    poisoned: wheelBytes({ files: { "rocket/__init__.py": "thrust = 2\n" } }),
    genuineProvenance: { version: 1, attestation_bundles: [] },
    foreignProvenance: { version: 1, attestation_bundles: [] },
    foreignRepository: "mallory/rocket",
    serve: ({ filename, content, provenance }) =>
      world.index.replaceFile(filename, content, provenance),
  }
}

function rejectedBy(check: "subject-digest" | "signature"): Verdict {
  return { kind: "rejected", reasons: [{ check, expected: "one", found: "another" }] }
}

async function play(
  verdict: Verdict,
): Promise<{ readonly attack: Attack; readonly stage: AttackStage }> {
  const stage = await stageWith(verdict)
  const [plan] = planAttacks(stage)
  if (plan === undefined) throw new Error("no attack")
  const attacks: Attack[] = []
  const playing = playAttack(plan, stage, (attack) => attacks.push(attack))
  await playing.catch((error: unknown) => {
    if (!(error instanceof StepFailed)) throw error
  })
  const [attack] = attacks
  if (attack === undefined) throw new Error("no report")
  return { attack, stage }
}

test("an attack that is refused for its own reason", async () => {
  const { attack, stage } = await play(rejectedBy("subject-digest"))
  expect(stage.script.steps).toMatchObject([{ id: "swapped-wheel", outcome: "passed" }])
  expect(attack).toMatchObject({ refused: true, reasons: [{ check: "subject-digest" }] })
  expect(attack.served).not.toBe(attack.genuine)
})

test.each([
  ["it verified", { kind: "verified", proof: PROOF }, "it verified"],
  ["it was refused for another reason", rejectedBy("signature"), "refused by signature"],
  [
    "it could not be decided",
    { kind: "undecided", code: "ERR_NETWORK", message: "no network" },
    "it could not be decided: no network",
  ],
] as const)("an attack fails the step where %s", async (_, verdict, words) => {
  const { attack, stage } = await play(verdict)
  expect(attack.refused).toBe(false)
  expect(stage.script.steps).toMatchObject([
    {
      id: "swapped-wheel",
      outcome: "failed",
      error: {
        code: "ERR_PROMISE",
        message: `${WHEEL_NAME} was not refused by subject-digest: ${words}`,
      },
    },
  ])
})
