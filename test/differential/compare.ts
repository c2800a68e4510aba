import { mkdirSync, writeFileSync } from "node:fs"
import path from "node:path"

import { type Choices, drawChoices } from "./choices.ts"
import { type Difference, LAXER, STRICTER } from "./differences.ts"
import { mutate, type Mutation, MUTATIONS } from "./mutate.ts"
import type { Specimen } from "./specimen.ts"
import { createOwnJudge, createPeerJudge, type Judge } from "./verdicts.ts"

/** How often what came out, over all bundles that were compared. */
export interface Tally {
  cases: number
  accepted: number
  refused: number
  stricter: number
  laxer: number
  readonly mutations: Map<Mutation, number>
  readonly differences: Map<Difference, number>
  /** Differences that nothing on the lists explains. */
  readonly unexplained: string[]
}

export function createTally(): Tally {
  return {
    cases: 0,
    accepted: 0,
    refused: 0,
    stricter: 0,
    laxer: 0,
    mutations: new Map(),
    differences: new Map(),
    unexplained: [],
  }
}

/** Where documents go whose answers differ without an explanation. */
const FOLDER = path.join("node_modules", ".cache", "differential")

/** Compares the answers to a bundle and to `count` mutations of it; `others` is what it swaps members with. */
export function compareMutations(
  specimen: Specimen,
  others: readonly Specimen[],
  count: number,
  seed: number,
  tally: Tally,
): void {
  const judges = { own: createOwnJudge(specimen), peer: createPeerJudge(specimen) }
  compareOne(specimen, Buffer.from(JSON.stringify(specimen.bundle)), "as it is", judges, tally)
  drawChoices(seed, count).forEach((choices, index) => {
    const { kind, document } = mutation(specimen, others, choices)
    if (document === undefined) return
    tally.mutations.set(kind, (tally.mutations.get(kind) ?? 0) + 1)
    compareOne(specimen, document, `${kind}, seed ${seed}, number ${index}`, judges, tally)
  })
}

function mutation(
  { bundle }: Specimen,
  others: readonly Specimen[],
  choices: Choices,
): { readonly kind: Mutation; readonly document: Uint8Array | undefined } {
  const kind = choices.pick(MUTATIONS)
  const other = choices.pick(others).bundle
  return { kind, document: mutate(bundle, other, kind, choices) }
}

function compareOne(
  specimen: Specimen,
  document: Uint8Array,
  label: string,
  judges: { readonly own: Judge; readonly peer: Judge },
  tally: Tally,
): void {
  const [own, peer] = [judges.own(document), judges.peer(document)]
  tally.cases += 1
  if (own.accepted && peer.accepted) tally.accepted += 1
  else if (own.accepted) {
    tally.laxer += 1
    explain(LAXER, whyOf(peer), specimen, document, `${label}: we accept, the peer says`, tally)
  } else if (peer.accepted) {
    tally.stricter += 1
    explain(STRICTER, whyOf(own), specimen, document, `${label}: the peer accepts, we say`, tally)
  } else tally.refused += 1
}

function whyOf(answer: ReturnType<Judge>): string {
  return answer.accepted ? "" : answer.why
}

function explain(
  list: readonly Difference[],
  why: string,
  { name }: Specimen,
  document: Uint8Array,
  label: string,
  tally: Tally,
): void {
  const difference = list.find(({ says, of }) => says.test(why) && of?.test(name) !== false)
  if (difference !== undefined) {
    tally.differences.set(difference, (tally.differences.get(difference) ?? 0) + 1)
    return
  }
  mkdirSync(FOLDER, { recursive: true })
  const file = path.join(FOLDER, `${tally.unexplained.length + 1}.json`)
  writeFileSync(file, document)
  tally.unexplained.push(`${name}, ${label} ${JSON.stringify(why)} (${file})`)
}
