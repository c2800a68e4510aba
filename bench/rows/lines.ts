import { appendFileSync, writeFileSync } from "node:fs"
import path from "node:path"

import { createWorld } from "../../src/world/world.ts"
import { NOW, separateUploads, type Signed } from "../evidence.ts"
import type { Group } from "../harness/bench.ts"
import { measureProcesses, memoryRow } from "../harness/processes.ts"

const MANY = 30_000
/** Enough that the collector of either runtime has found its pace. */
const FEW = 10_000
const DISTINCT = 200
const MOST_ROUNDS = 3
/** What memory may differ by and still be called flat. */
const FLAT = 1.25

/** One attestation to find among those of many thousand other files, in JSON Lines. */
export const lines: Group = async ({ folder, node, binary, rounds: wanted }) => {
  const rounds = Math.min(wanted, MOST_ROUNDS)
  const world = createWorld({ now: NOW })
  const [own, ...others] = separateUploads(world, DISTINCT + 1)
  if (own === undefined) throw new Error("nothing was signed")
  const root = path.join(folder, "lines-root.json")
  writeFileSync(root, JSON.stringify(world.trustedRoot()))
  const [many, few] = [path.join(folder, "many.jsonl"), path.join(folder, "few.jsonl")]
  writeLines(many, others, MANY / DISTINCT, own)
  writeLines(few, others, FEW / DISTINCT, own)
  const { name, digests } = own.artifact
  const line = ["verify", `sha256:${digests.sha256}`, "--name", name, "--trusted-root", root]
  const programs = Object.entries({ node, binary })
  const usages = measureProcesses(
    programs.flatMap(([program, command]) => [
      {
        name: `${program} many`,
        command: [...command, ...line, "--offline", "--provenance", many],
      },
      { name: `${program} few`, command: [...command, ...line, "--offline", "--provenance", few] },
    ]),
    { rounds, cwd: folder },
  )
  return programs.map(([program]) =>
    memoryRow(
      {
        what: `peak memory of verify, ${MANY} lines of evidence (${program})`,
        against: `the same for ${FEW} lines`,
        goal: { atMost: FLAT },
      },
      [usages.get(`${program} many`), usages.get(`${program} few`)],
      rounds,
    ),
  )
}

/** JSON Lines: the others so many times over, and the one that is looked for at the very end. */
function writeLines(file: string, others: readonly Signed[], times: number, own: Signed): void {
  const text = Buffer.concat(others.map(({ bundle }) => Buffer.concat([bundle, Buffer.from("\n")])))
  writeFileSync(file, "")
  for (let time = 0; time < times; time += 1) appendFileSync(file, text)
  appendFileSync(file, own.bundle)
}
