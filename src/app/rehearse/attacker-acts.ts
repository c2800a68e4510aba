import path from "node:path"

import type { Expectation } from "../../core/expectation.ts"
import { LIMITS } from "../../core/limits.ts"
import { parseJson } from "../../core/json.ts"
import { cleanEnvironment } from "../../install/clean-environment.ts"
import { type AttackStage, planAttacks, playAttack } from "./attacks.ts"
import { openBuiltFile } from "./distributions.ts"
import { attestationsOf, attestFiles } from "./maintainer.ts"
import { PAYLOAD, poisonWheel } from "./poisoned-wheel.ts"
import type { Performance } from "./scene.ts"
import { startRelease, WORKFLOW } from "./services.ts"
import type { UsedWheel } from "./user-acts.ts"
import type { User } from "./user.ts"

/** Who is attacked. */
export interface Victim {
  readonly user: User
  readonly used: readonly UsedWheel[]
  readonly expectation: Expectation
}

const ATTACKER = "mallory"

/** The attacker's acts: a wheel of their own, signed in a repository of their own, and what they then do with it. */
export async function playAttacks(performance: Performance, victim: Victim): Promise<void> {
  const { plot } = performance
  const [target] = victim.used
  if (target === undefined) return
  const stage = await prepare(target, victim, performance)
  for (const plan of planAttacks(stage)) {
    await playAttack(plan, stage, (attack) => plot.attacks.push(attack))
  }
}

async function prepare(
  { wheel, downloaded }: UsedWheel,
  { user, expectation }: Victim,
  performance: Performance,
): Promise<AttackStage> {
  const { script, effects, services, world, tools } = performance
  const { files, environment } = effects
  const folder = script.path("attacker")
  const repository = `${ATTACKER}/${expectation.source?.split("/").at(-1) ?? "project"}`
  const title = `make another ${wheel.filename}, and sign it in ${repository}`
  const evil = await script.step({ id: "attacker", actor: "attacker", title }, async (notes) => {
    const clean = cleanEnvironment(environment, folder)
    const file = await poisonWheel(wheel, tools.python, folder, effects, clean)
    notes.made(file)
    notes.fact("added", PAYLOAD)
    const opened = await openBuiltFile(file, files)
    const { environment: job } = startRelease(world, {
      repository,
      commit: "b".repeat(40),
      tag: "v1.0.0",
      projects: [],
    })
    await attestFiles([opened], path.join(folder, "attestations"), job, services, effects, notes)
    return opened
  })
  const attestations = attestationsOf(evil, path.join(folder, "attestations"), effects)
  return {
    script,
    services,
    effects,
    user,
    wheel,
    expectation,
    poisoned: evil.content,
    genuineProvenance: parseJson(
      files.read(`${downloaded.file}.provenance`, LIMITS.documentBytes),
      "provenance",
    ),
    foreignProvenance: {
      version: 1,
      attestation_bundles: [
        {
          publisher: { kind: "GitHub", repository, workflow: WORKFLOW, environment: null },
          attestations: attestations.map((text) => parseJson(Buffer.from(text), "attestation")),
        },
      ],
    },
    foreignRepository: repository,
    serve: async ({ filename, content, provenance }) =>
      world.index.replaceFile(filename, content, provenance),
  }
}
