import { writeFileSync, mkdirSync } from "node:fs"
import { availableParallelism } from "node:os"
import path from "node:path"

import { createWorld } from "../../src/world/world.ts"
import { NOW, separateUploads } from "../evidence.ts"
import type { Group } from "../harness/bench.ts"
import { measureProcesses, processRow } from "../harness/processes.ts"

/** So many that starting a process more is nothing beside them. */
const FILES = 3000
/** The share of a further core that has to be of use. */
const SHARE = 0.9
const MOST_ROUNDS = 3

/** A long run on every core against the same run on one. */
export const cores: Group = async ({ folder, node, binary, rounds: wanted }) => {
  const rounds = Math.min(wanted, MOST_ROUNDS)
  const world = createWorld({ now: NOW })
  const dist = path.join(folder, "many")
  mkdirSync(dist)
  for (const { artifact, content, bundle } of separateUploads(world, FILES)) {
    writeFileSync(path.join(dist, artifact.name), content)
    writeFileSync(path.join(dist, `${artifact.name}.sigstore.json`), bundle)
  }
  const root = path.join(folder, "many-root.json")
  writeFileSync(root, JSON.stringify(world.trustedRoot()))
  const line = ["verify", dist, "--trusted-root", root, "--offline", "--format", "jsonl"]
  const usages = measureProcesses(
    [
      { name: "node", command: [...node, ...line] },
      { name: "node, one", command: [...node, ...line, "--concurrency", "1"] },
      { name: "binary", command: [...binary, ...line] },
      { name: "binary, one", command: [...binary, ...line, "--concurrency", "1"] },
    ],
    { rounds, cwd: folder },
  )
  const count = availableParallelism()
  return ["node", "binary"].map((name) =>
    processRow(
      {
        what: `verify ${FILES} files on ${count} cores (${name})`,
        against: "the same on one core",
        goal: { atLeast: SHARE * count },
      },
      [usages.get(name), usages.get(`${name}, one`)],
      rounds,
    ),
  )
}
