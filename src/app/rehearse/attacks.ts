import type { CheckId } from "../../core/checks.ts"
import { WheelproofError } from "../../core/errors.ts"
import type { Expectation } from "../../core/expectation.ts"
import type { Reason } from "../../core/verdict.ts"
import type { Report } from "../report.ts"
import type { BuiltFile } from "./distributions.ts"
import { PAYLOAD } from "./poisoned-wheel.ts"
import type { Attack, CommandLine } from "./report.ts"
import { type RehearseEffects, verification } from "./scene.ts"
import type { Script, StepNotes } from "./script.ts"
import type { ServedFile, Services } from "./services.ts"
import {
  downloadAll,
  fetchProvenance,
  type FollowedWheel,
  type User,
  type UserVerification,
  verifyAs,
} from "./user.ts"

/** What an attacker has to work with. */
export interface AttackStage {
  readonly script: Script
  readonly services: Services
  readonly effects: RehearseEffects
  /** The user who is attacked. */
  readonly user: User
  readonly wheel: BuiltFile
  readonly expectation: Expectation
  /** The attacker's version of the wheel. */
  readonly poisoned: Uint8Array
  /** The provenance object that the maintainer's upload got. */
  readonly genuineProvenance: unknown
  /** A provenance object for the attacker's version, signed for real in the attacker's own repository. */
  readonly foreignProvenance: unknown
  /** The attacker's repository, `owner/name`. */
  readonly foreignRepository: string
  /** Has the index serve this. */
  readonly serve: (file: ServedFile) => Promise<void>
}

/** One attack: what is served, and the check that has to refuse it. */
interface AttackPlan {
  readonly id: string
  readonly title: string
  readonly story: string
  readonly provenance: unknown
  readonly refusedBy: CheckId
  /** Whether the evidence is genuine, and only an expectation can tell. */
  readonly isGenuineElsewhere?: true
}

/** The three attacks. Each has the index serve the attacker's wheel with a page that fits, so that pip has no objection. */
export function planAttacks(stage: AttackStage): readonly AttackPlan[] {
  const { genuineProvenance, foreignProvenance, foreignRepository } = stage
  return [
    {
      id: "swapped-wheel",
      title: "a swapped wheel",
      story: `The index serves another wheel under the same name: ${PAYLOAD} was added, and RECORD and the index's page fit it. The attestations beside it are the maintainer's.`,
      provenance: genuineProvenance,
      refusedBy: "subject-digest",
    },
    {
      id: "other-repository",
      title: "another repository",
      story: `The same wheel, attested for real: by a workflow of ${foreignRepository}, which is the attacker's. Signature, certificate and log are genuine.`,
      provenance: foreignProvenance,
      refusedBy: "expect-source",
      isGenuineElsewhere: true,
    },
    {
      id: "stripped-attestation",
      title: "a stripped attestation",
      story: "The same wheel, and the index says that it has no provenance of it.",
      provenance: undefined,
      refusedBy: "evidence-present",
    },
  ]
}

/** Plays an attack. The step fails unless the verifier refuses the file, and for the reason it has to. */
export async function playAttack(
  plan: AttackPlan,
  stage: AttackStage,
  report: (attack: Attack) => void,
): Promise<void> {
  const { script, wheel, poisoned, serve } = stage
  const { id, title, provenance } = plan
  await script.step({ id, actor: "attacker", title }, async (notes) => {
    await serve({ filename: wheel.filename, content: poisoned, provenance })
    const { attack, ended } = await meetAttack(plan, stage, notes)
    report(attack)
    if (attack.refused) return
    throw new WheelproofError(
      "ERR_PROMISE",
      `${wheel.filename} was not refused by ${plan.refusedBy}: ${ended}`,
    )
  })
}

async function meetAttack(
  { id, title, story, refusedBy, isGenuineElsewhere }: AttackPlan,
  stage: AttackStage,
  notes: StepNotes,
): Promise<{ readonly attack: Attack; readonly ended: string }> {
  const { script, wheel, services, effects, user, expectation } = stage
  const commands: CommandLine[] = []
  const heard: StepNotes = {
    ...notes,
    command(line) {
      commands.push(line)
      notes.command(line)
    },
  }
  const folder = script.path("attacks", id)
  const followed = await downloadAll([wheel], folder, user, services, effects, heard)
  const provenance = await fetchAll(followed, services, effects)
  notes.made(...provenance)
  const targets = followed.map(({ downloaded }) => downloaded.file)
  const { trustedRoot } = services
  const what = { targets, provenance, expectation, trustedRoot }
  const report = await verifyAs(what, script, effects, heard)
  const reasons = reasonsOf(report)
  for (const { check, found } of reasons) notes.fact(`refused by ${check}`, found)
  const without = isGenuineElsewhere === true ? await verifyWithoutExpectation(what, effects) : []
  const attack = {
    id,
    title,
    story,
    withoutVerifier: ["pip took it without a word.", ...without].join(" "),
    commands,
    served: followed.map(({ downloaded }) => downloaded.sha256).join(" "),
    genuine: wheel.sha256,
    refused: reasons.some(({ check }) => check === refusedBy),
    reasons,
  }
  return { attack, ended: describeEnd(report) }
}

/** How the verification of an attack ended that was not refused as it has to be. */
function describeEnd({ results }: Report): string {
  const ends = results.map(({ verdict }) => {
    switch (verdict.kind) {
      case "verified":
        return "it verified"
      case "rejected":
        return `refused by ${verdict.reasons.map(({ check }) => check).join(", ")}`
      case "undecided":
        return `it could not be decided: ${verdict.message}`
    }
  })
  return ends.join("; ")
}

async function fetchAll(
  followed: readonly FollowedWheel[],
  services: Services,
  effects: RehearseEffects,
): Promise<readonly string[]> {
  const saved: string[] = []
  for (const one of followed) {
    const provenance = await fetchProvenance(one, services, effects)
    if (provenance !== undefined) saved.push(provenance)
  }
  return saved
}

/** Nothing but a rejection counts as one: what could not be decided was not refused. */
function reasonsOf({ results }: Report): readonly Reason[] {
  return results.flatMap(({ verdict }) => (verdict.kind === "rejected" ? verdict.reasons : []))
}

/** What a user would have learnt who expects nothing in particular. */
async function verifyWithoutExpectation(
  { targets, provenance, trustedRoot }: UserVerification,
  { verify }: RehearseEffects,
): Promise<readonly string[]> {
  const { request } = verification(targets, provenance, {}, trustedRoot)
  const { results } = await verify(request)
  return results.flatMap(({ verdict }) =>
    verdict.kind === "verified"
      ? [
          `Without --source it would verify too: origin ${verdict.proof.identity?.sourceRepository ?? "unknown"}. Genuine evidence is not yet the evidence that you want.`,
        ]
      : [],
  )
}
