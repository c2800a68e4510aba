import { readFileSync } from "node:fs"
import process from "node:process"

import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { compareMutations, createTally, type Tally } from "./compare.ts"
import { LAXER, STRICTER } from "./differences.ts"
import { MUTATIONS } from "./mutate.ts"
import { realSpecimens } from "./real-specimens.ts"
import type { Specimen, SpecimenFile } from "./specimen.ts"

/**
 * We and `@sigstore/verify`, an independent verifier, answer alike about genuine bundles and about mutations of them, or the difference
 * is on one of two lists. Everything is seeded, so that it is the same on every run. `WHEELPROOF_DIFFERENTIAL=1000 npx vitest run
 * test/differential` makes a thousand mutations of each bundle; `WHEELPROOF_DIFFERENTIAL_SEED=7` makes others.
 */
const WANTED = Number(process.env["WHEELPROOF_DIFFERENTIAL"] ?? "0")
const SEED = Number(process.env["WHEELPROOF_DIFFERENTIAL_SEED"] ?? "2026")
const OF_OURS = WANTED === 0 ? 80 : WANTED
const OF_REAL = WANTED === 0 ? 3 : WANTED
const TIMEOUT = 4 * 3_600_000

const ours = readOwn()
const real = realSpecimens()
const stackTraceLimit = Error.stackTraceLimit

// The peer reads ASN.1 by trial and error; without stacks that costs a third.
beforeAll(() => {
  Error.stackTraceLimit = 0
})
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit
})

describe("the local world's bundles and their mutations", () => {
  const tally = createTally()

  test.each(ours.map((specimen, index) => ({ ...specimen, index })))(
    "$name: one answer, or an explained difference",
    (specimen) => {
      const before = tally.unexplained.length
      compareMutations(specimen, ours, OF_OURS, SEED + specimen.index, tally)
      expect(tally.unexplained.slice(before)).toEqual([])
    },
    TIMEOUT,
  )

  test("were many, of every kind", () => {
    print("bundles of the local world", ours.length, tally)
    expect(tally.cases).toBeGreaterThan(ours.length * OF_OURS * 0.9)
    expect(tally.accepted).toBeGreaterThan(ours.length)
    expect(tally.refused).toBeGreaterThan(tally.cases / 2)
    const rare = MUTATIONS.filter((kind) => (tally.mutations.get(kind) ?? 0) <= ours.length)
    expect(rare).toEqual([])
  })

  test("show every difference that the lists explain", () => {
    const unseen = [...STRICTER, ...LAXER].filter((one) => !tally.differences.has(one))
    expect(unseen.map(({ what }) => what)).toEqual([])
  })
})

describe.skipIf(real.length === 0)("real bundles and their mutations", () => {
  const tally = createTally()

  test(
    "get one answer, or an explained difference",
    () => {
      for (const [index, specimen] of real.entries()) {
        compareMutations(specimen, real, OF_REAL, SEED + 1000 + index, tally)
      }
      expect(tally.unexplained).toEqual([])
    },
    TIMEOUT,
  )

  test("were many", () => {
    print("real bundles", real.length, tally)
    expect(real.length).toBeGreaterThan(100)
    expect(tally.cases).toBeGreaterThan(real.length * OF_REAL * 0.9)
    expect(tally.accepted).toBeGreaterThan(100)
  })
})

function readOwn(): readonly Specimen[] {
  const text = readFileSync(new URL("specimens.json", import.meta.url), "utf8")
  const { trustedRoot, specimens }: SpecimenFile = JSON.parse(text)
  return specimens.map((specimen) => ({ ...specimen, trustedRoot }))
}

function print(what: string, count: number, tally: Tally): void {
  const { cases, accepted, refused, stricter, laxer } = tally
  process.stdout.write(
    `differential: ${count} ${what}, ${cases} cases: both accept ${accepted}, both refuse ${refused}, ` +
      `we alone refuse ${stricter}, the peer alone refuses ${laxer}\n`,
  )
}
