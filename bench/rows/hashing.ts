import { randomFillSync } from "node:crypto"
import { closeSync, openSync, rmSync, writeSync } from "node:fs"
import path from "node:path"

import type { Bench, Group } from "../harness/bench.ts"
import { systemTool } from "../harness/peers.ts"
import { measureProcesses, memoryRow, processRow, type Usage } from "../harness/processes.ts"
import type { Row } from "../harness/row.ts"

const BLOCK = 1024 ** 2
const MOST_ROUNDS = 5
const PEERS = ["openssl dgst -sha256", "sha256sum"]
/** What memory may differ by and still be called flat. */
const FLAT = 1.25

/** Hashing one large file, by `digest` and by `verify`. */
export const hashing: Group = async ({ folder, node, binary, rounds: wanted, megabytes }) => {
  const rounds = Math.min(wanted, MOST_ROUNDS)
  const [large, small] = [path.join(folder, "large.whl"), path.join(folder, "small.whl")]
  try {
    fill(large, megabytes)
    fill(small, 2)
    const usages = measureProcesses(
      [
        ...PEERS.map((name) => ({ name, command: systemTool(...words(name), large) })),
        ...each({ node, binary }, (name, command) => [
          { name: `${name} digest`, command: [...command, "digest", large] },
          // Nothing vouches for these files: 1 is what verifying them has to end in.
          {
            name: `${name} verify`,
            command: [...command, "verify", large, "--offline"],
            status: 1,
          },
          { name: `${name} small`, command: [...command, "verify", small, "--offline"], status: 1 },
        ]),
      ],
      { rounds, cwd: folder },
    )
    return each({ node, binary }, (name) => rowsOf(name, usages, { megabytes, rounds }))
  } finally {
    rmSync(large, { force: true })
  }
}

function words(command: string): [string, ...string[]] {
  const [first = "", ...rest] = command.split(" ")
  return [first, ...rest]
}

function each<Item>(
  { node, binary }: Pick<Bench, "node" | "binary">,
  make: (name: string, command: readonly string[]) => readonly Item[],
): readonly Item[] {
  return [...make("node", node), ...make("binary", binary)]
}

function rowsOf(
  name: string,
  usages: ReadonlyMap<string, Usage>,
  { megabytes, rounds }: { readonly megabytes: number; readonly rounds: number },
): readonly Row[] {
  const digest = { what: `digest of ${megabytes} MiB (${name})`, goal: { atLeast: 0.9 } }
  const memory = {
    what: `peak memory of verify, ${megabytes} MiB (${name})`,
    against: "the same for 2 MiB",
    goal: { atMost: FLAT },
  }
  return [
    ...PEERS.map((against) =>
      processRow(
        { ...digest, against },
        [usages.get(`${name} digest`), usages.get(against)],
        rounds,
      ),
    ),
    memoryRow(memory, [usages.get(`${name} verify`), usages.get(`${name} small`)], rounds),
  ]
}

/** A file of this size that is really on the disk: random, so that no file system can do without writing it. */
function fill(file: string, megabytes: number): void {
  const block = randomFillSync(Buffer.alloc(BLOCK))
  const descriptor = openSync(file, "wx")
  try {
    for (let written = 0; written < megabytes; written += 1) {
      block.writeUInt32BE(written)
      writeSync(descriptor, block)
    }
  } finally {
    closeSync(descriptor)
  }
}
